"""The part of ``SESSION_BRIEFING.md`` that is renewed: between its two marks, and nowhere else.

::

    anything a person writes
    <!-- trinity:briefing -->
    ## What's Being Worked On …
    <!-- /trinity:briefing -->
    anything a person writes

What is outside stays byte for byte. Where the marks cannot be understood, all of it stays, and a sentence says why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import fence
from trinity_tui.core.handoff import claims, code_fences, dates
from trinity_tui.core.handoff.document import find, items, says_nothing
from trinity_tui.core.handoff.session import who_of
from trinity_tui.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trinity_tui.core.handoff.document import Entry, Handoff
    from trinity_tui.core.handoff.measures import Event

OPENING = "<!-- trinity:briefing -->"
CLOSING = "<!-- /trinity:briefing -->"
TITLE = "# Session briefing"
ITEMS_MOST = 8
"""Of a section: the newest."""
ITEM_CHARACTERS = 300
LOOKED_AT = 20
"""How many of the last sessions are looked at."""
_MARK = re.compile(r"[ \t]*<!--\s*(/?)\s*trinity:briefing\s*-->[ \t]*\r?\n?\Z")
_REFRESHED = re.compile(r"(?m)^Refreshed .*$")


class News(msgspec.Struct, frozen=True):
    """What there is to say, newest first."""

    worked_on: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()


class Renewed(msgspec.Struct, frozen=True):
    """A briefing as it is to be."""

    text: str
    problem: str = ""
    """Why nothing was renewed, as a sentence; empty where nothing stood in the way."""


def renew(text: str, news: News, now: float) -> Renewed:
    """The briefing with its part renewed; as it was where there is nothing new to say.

    Args:
        text: All of the file, with the line ends it has; empty where there is none.
        news: What there is to say.
        now: In seconds since the epoch.
    """
    lines = text.splitlines(keepends=True) if "\n" in text else [text] if text else []
    marks = _marks(lines)
    if len(marks) not in (0, 2) or (marks and [closes for _, closes in marks] != [False, True]):
        return Renewed(text, _problem(marks))
    end = "\r\n" if "\r\n" in text else "\n"
    part = end.join(_part(news, now))
    if not marks:
        head = text if text.strip() else f"{TITLE}{end}"
        gap = "" if head.endswith(end * 2) else end if head.endswith("\n") else end * 2
        return Renewed(f"{head}{gap}{OPENING}{end}{part}{end}{CLOSING}{end}")
    (first, _), (last, _) = marks
    there = "".join(lines[first + 1 : last])
    if _undated(there) == _undated(part):
        return Renewed(text)
    return Renewed("".join((*lines[:first], _ended(lines[first], end), part, end, *lines[last:])))


def own_lines(text: str) -> tuple[int, int] | None:
    """The first and the last line of the part that is renewed, its marks included; None where there is none."""
    marks = _marks(text.splitlines(keepends=True))
    if [closes for _, closes in marks] != [False, True]:
        return None
    (first, _), (last, _) = marks
    return first + 1, last + 1


def news_of(handoff: Handoff, events: Sequence[Event], working: Sequence[str] = ()) -> News:
    """What the journal says is being worked on, was decided and blocks.

    Args:
        handoff: Everything that was read.
        events: What happened, on every computer.
        working: What runs right now, in words; said before what the last sessions left to be done.
    """
    recent = handoff.entries[-LOOKED_AT:][::-1]
    newest: dict[str, Entry] = {}
    for entry in recent:
        newest.setdefault(who_of(entry.document) or entry.id, entry)
    left = [line for entry in newest.values() for line in _said(entry, "For Next Instance")]
    blocked = [line for entry in newest.values() for line in _open_blockers(entry, recent)]
    settled = sorted((one for one in events if one.event == "decision"), key=lambda one: -one.ts)
    decided = [f"{one.key}: {one.value} ({one.instance}, {dates.said_day(one.ts)})" for one in settled]
    return News(_most([*working, *left]), _most(decided), _most(blocked))


def _open_blockers(entry: Entry, recent: Sequence[Entry]) -> Iterator[str]:
    later = recent[: recent.index(entry)]
    for line in _said(entry, "Blockers"):
        if not any(claims.resolves(other, line) for other in (entry, *later)):
            yield line


def _said(entry: Entry, section: str) -> Iterator[str]:
    found = find(entry.document, section)
    who = who_of(entry.document)
    for item in items(found) if found is not None else ():
        if not says_nothing(item.text):
            yield f"{item.text} ({who})" if who else item.text


def _most(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_line(line) for line in lines))[:ITEMS_MOST]


def _line(text: str) -> str:
    line = " ".join(fence.clean(redact(text)).split()).replace("<!--", "‹!--")
    return line if len(line) <= ITEM_CHARACTERS else line[: ITEM_CHARACTERS - 1] + "…"


def _part(news: News, now: float) -> list[str]:
    sections = (
        ("What's Being Worked On", news.worked_on),
        ("Recent Decisions", news.decisions),
        ("Immediate Blockers", news.blockers),
    )
    lines = [f"Refreshed {dates.said(now)} from what the sessions left."]
    for title, said in sections:
        lines += ["", f"## {title}", "", *(f"- {line}" for line in said or ("None",))]
    return lines


def _marks(lines: list[str]) -> list[tuple[int, bool]]:
    """The lines with marks, and whether each closes; what stands in a code fence is none."""
    fenced = code_fences.inside([line.rstrip("\r\n") for line in lines])
    found = ((index, _MARK.match(line)) for index, line in enumerate(lines) if not fenced[index])
    return [(index, bool(match[1])) for index, match in found if match]


def _problem(marks: Sequence[tuple[int, bool]]) -> str:
    places = ", ".join(f"line {index + 1}" for index, _ in marks)
    wanted = f"one line {OPENING} and after it one line {CLOSING}"
    return f"SESSION_BRIEFING.md is not renewed: it needs {wanted}, or neither; there are marks at {places}"


def _ended(line: str, end: str) -> str:
    return line if line.endswith("\n") else line + end


def _undated(part: str) -> str:
    """Alike for parts that differ in when they were made, or in their line ends."""
    return _REFRESHED.sub("", part.replace("\r\n", "\n"), count=1).strip()


def same(one: str, other: str) -> bool:
    """Whether two briefings differ in nothing but when they were made."""
    return _undated(one) == _undated(other)
