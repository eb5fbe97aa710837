"""A session as it is put into the log: the sections of a block, and the text they become.

What is in them was said by others: it is redacted, cleaned, and set so that no line of it is a heading or a mark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import fence
from trinity_tui.core.handoff import code_fences, dates
from trinity_tui.core.handoff.blocks import Version, is_id, tidy
from trinity_tui.core.redact import redact

if TYPE_CHECKING:
    from trinity_tui.core.handoff.document import Document

_DASH = re.compile(r"\s[-\u2013\u2014]\s")
_ON_COMPUTER = re.compile(r"\son\s+C\d+\Z")
TITLE_CHARACTERS = 300
ITEM_BYTES = 2_000
ITEMS_MOST = 40
"""Of a section; of more, the last are left out and counted."""


class Session(msgspec.Struct, frozen=True):
    """What one instance's session was, section by section; an empty one says *None*."""

    who: str
    """The instance."""
    computer: str
    moment: float
    """When it ended, in seconds since the epoch."""
    epoch: int = 0
    """Which run of the instance it was."""
    how: str = ""
    """How it ended, in words: *stopped by you*, *crashed: signal 9*."""
    started: float = 0.0
    """When it began; told again, a run must have the same."""
    starting_context: tuple[str, ...] = ()
    work_accomplished: tuple[str, ...] = ()
    code_changes: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    for_next_instance: tuple[str, ...] = ()
    test_status: tuple[str, ...] = ()


def session_id(session: Session) -> str:
    """The name of its block: one a run, unlike that of any other computer's, or of a run after all was deleted."""
    return f"{session.computer}-{session.who}-{session.epoch}-{int(session.started)}"


def block_of(session: Session) -> Version:
    """The block a session becomes.

    Raises:
        ValueError: Instance and computer make no name.
    """
    name = session_id(session)
    if not is_id(name):
        raise ValueError(f"{name!r} names no block")
    parts = (
        ("Starting Context", session.starting_context),
        ("Work Accomplished", session.work_accomplished),
        ("Code Changes", session.code_changes),
        ("Blockers", session.blockers),
        ("For Next Instance", session.for_next_instance),
        ("Test Status", session.test_status),
    )
    how = f" ({_one_line(session.how)})" if session.how else ""
    head = f"## Session: {dates.said(session.moment)} - {session.who} on {session.computer}{how}"
    return Version(name, tidy("\n\n".join((head, *(f"### {title}\n\n{_list(items)}" for title, items in parts)))))


def _list(items: tuple[str, ...]) -> str:
    lines = [_item(item) for item in items[:ITEMS_MOST] if item.strip()]
    if len(items) > ITEMS_MOST:
        lines.append(f"- … and {len(items) - ITEMS_MOST} more")
    return "\n".join(lines) or "- None"


def _item(text: str) -> str:
    """One entry: every line of it indented, a fence deep enough to be none."""
    lines = fence.cut(fence.clean(redact(text)), ITEM_BYTES).strip().split("\n")
    first = lines[0].strip()
    if code_fences.opening(first):
        first = f"\\{first}"
    rest = [
        f"      {line.strip()}" if code_fences.opening(line.strip()) else f"  {line.rstrip()}" for line in lines[1:]
    ]
    return "\n".join((f"- {first}", *(line.rstrip() for line in rest)))


def _one_line(text: str) -> str:
    return " ".join(fence.clean(redact(text)).split())[:200]


def handed_over(to: str) -> str:
    """How a session ended whose work another instance goes on with."""
    return f"handed over to {to}"


def is_for(document: Document, who: str) -> bool:
    """Whether a block tells a session of an instance, or one that was handed over to it."""
    return who_of(document) == who or (is_session(document) and f"({handed_over(who)})" in document.sections[0].title)


def is_session(document: Document) -> bool:
    """Whether a block tells a session; somebody may have written a note between two."""
    return bool(document.sections) and document.sections[0].title.casefold().startswith("session")


def who_of(document: Document) -> str:
    """Whose session a block tells; empty where it does not say."""
    if not is_session(document):
        return ""
    _, *said = _DASH.split(document.sections[0].title[:TITLE_CHARACTERS], maxsplit=1)
    name = said[0].partition(" (")[0].strip() if said else ""
    return " ".join(_ON_COMPUTER.sub("", name).split())
