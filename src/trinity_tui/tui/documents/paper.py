"""A page of the four tiers as rows, each with the lines of the file it was made of, and whether those changed.

What stands in a document is data: it is laid out as Markdown that leads nowhere and loads nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.core.handoff import tiers
from trinity_tui.core.handoff.views import Told
from trinity_tui.tui.documents.items import STAMP
from trinity_tui.tui.safe_text import clean, fit
from trinity_tui.tui.text.markdown import NOWHERE, layout, lined, parse
from trinity_tui.tui.text.rows import Row, Span, cells, clean_all, flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trinity_tui.core.handoff.tiers import Tier
    from trinity_tui.core.handoff.views import Overview, Page, Passage
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

_MARK = re.compile(r"[ \t]*<!--\s*/?\s*trinity:\w+\b.*-->\s*\Z")
KEPT = "Kept up to date by Trinity. What you write outside of this part stays as it is."
NARROWEST = 16


class Line(NamedTuple):
    """One row of a page.

    Attributes:
        passage: Which of the page's passages it is of.
        file: Which file it was made of; empty for what is said beside it.
        first: The first of its lines in the file, 1-based; 0 where it was made of none.
        last: The last of them.
        is_own: Whether Trinity keeps it.
    """

    row: Row
    passage: int = 0
    file: str = ""
    first: int = 0
    last: int = 0
    is_changed: bool = False
    is_own: bool = False


def about(found: Page | Told, overview: Overview, clock: Clock, glyphs: Glyphs) -> str:
    """What the frame of a page says: whose it is, or which document and section."""
    if isinstance(found, Told):
        return f"Told to {found.instance}"
    place = found.place
    if not place.session:
        return f"{place.file} {glyphs.dot} {place.section}" if place.section else place.file
    one = next((one for one in overview.sessions if one.id == place.session), None)
    stamp = clock.at(one.moment, STAMP) if one is not None and one.moment is not None else ""
    who = one.who or one.title if one is not None else place.session
    return f" {glyphs.dot} ".join(part for part in (who, stamp, place.file) if part)


def page_lines(page: Page, width: int, glyphs: Glyphs) -> list[Line]:
    """What stands at a place."""
    found: list[Line] = []
    for number, passage in enumerate(page.passages):
        gap = [Line((), number)] * bool(found)
        lines = _joined(list(_passage(passage, max(NARROWEST, width), glyphs)))
        found += [*gap, *(line._replace(passage=number) for line in lines)]
    if page.more:
        told = f"and {page.more} older session{'s' * (page.more > 1)}: choose one in the list"
        found += [Line(()), Line(((told, "faint"),))]
    return found


def _passage(passage: Passage, width: int, glyphs: Glyphs) -> Iterator[Line]:
    first, file = passage.first_line, passage.place.file
    source = "\n".join("" if _MARK.match(line) else line for line in passage.text.split("\n"))
    own = passage.own if not passage.place.session else ()
    is_told = False
    for row, lines in lined(parse(source), width, glyphs):
        begin, end = (0, 0) if lines == NOWHERE else (first + lines[0], first + lines[1] - 1)
        if not is_told and begin and any(one <= begin <= last for one, last in own):
            is_told = True
            yield from (Line(part, is_own=True) for part in flow([(KEPT, "faint")], width))
        yield Line(
            row, 0, file, begin, end, bool(begin) and _any_in(passage.changed, begin, end),
            any(one <= (begin or 0) and end <= last for one, last in passage.own),
        )  # fmt: skip
    if passage.gone:
        many = "a line that stood here is" if passage.gone == 1 else f"{passage.gone} lines that stood here are"
        yield from (Line(part, is_changed=True) for part in flow([(f"({many} gone)", "faint")], width))
    if passage.left_out_bytes:
        told = f"{glyphs.more} {passage.left_out_bytes // 1024 + 1} KB more: choose a section, or e opens all of it"
        yield from (Line(part) for part in flow([(told, "faint")], width))


def _joined(lines: list[Line]) -> list[Line]:
    """The lines, with the empty ones between two of Trinity's being its as well."""
    around = zip([Line(()), *lines], lines, [*lines[1:], Line(())], strict=False)
    return [
        line._replace(is_own=True) if not line.row and before.is_own and after.is_own else line
        for before, line, after in around
    ]


def _any_in(numbers: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(numbers, first)
    return at < len(numbers) and numbers[at] <= last


def told_lines(told: Told, width: int, glyphs: Glyphs) -> list[Line]:
    """What an instance is told when it starts: how much, in which order, what was left out, and then all of it."""
    room = max(NARROWEST, width)
    rows: list[Row] = []
    head = f"{clean(told.instance)} starts with {told.tokens:,} of at most {told.limit_tokens:,} tokens"
    rows += flow([(head, "strong")], room)
    rows += flow([(_window(told), "faint")], room)
    rows += [(), *_contents(told, room, glyphs)]
    for text in told.left_out:
        rows += flow([(f"{glyphs.state('OFFLINE')} left out: {glyphs.text(clean_all(text))}", "warning")], room)
    if told.left_out:
        why = f"There is no room for it in {told.limit_tokens:,} tokens; what is worth least to it goes first."
        rows += flow([(why, "faint")], room)
    for number, part in enumerate(told.parts, 1):
        rows += [(), ((f"{number} {glyphs.frame[4] * 2} {glyphs.text(clean(part.name))} ", "md-heading"),)]
        for line in part.text.split("\n"):
            rows += flow([(glyphs.text(clean_all(line)), "text")], room)
    return [Line(row) for row in rows]


def _window(told: Told) -> str:
    brain = clean(told.brain) or "its brain"
    if not told.window_tokens:
        return f"How much {brain} takes in is not known without asking it: counted as a small model."
    return f"Counted for {brain}, which takes in {told.window_tokens:,} tokens."


def _contents(told: Told, room: int, glyphs: Glyphs) -> list[Row]:
    """The parts in their order, with their tokens; first what is the same at every start."""
    rows: list[Row] = []
    if not told.parts:
        return [(("It is told nothing: there is no document and no session yet.", "dim"),)]
    for number, part in enumerate(told.parts, 1):
        count: Span = (f"{part.tokens:>7,} tokens", "dim")
        kind: Span = ("  stable" if part.is_stable else "  fresh ", "faint")
        left = room - cells((count, kind)) - 5
        name = fit(glyphs.text(clean(part.name)), max(4, left), glyphs.more)
        rows.append(((f"{number:>3}  ", "faint"), (name, "name"), count, kind))
    return rows


def word_lines(text: str, width: int, glyphs: Glyphs) -> list[Line]:
    """Words of our own, as Markdown."""
    return [Line(row) for row in layout(parse(text), max(NARROWEST, width), glyphs)]


def missing(tier: Tier, *, is_alone: bool) -> str:
    """What a tier that is nowhere would say, and what makes it, as Markdown.

    Args:
        tier: Which.
        is_alone: Whether others of the four are there.
    """
    text = "" if is_alone else f"{_FOUR}\n\n"
    text += f"## {tiers.FILES[tier]}\n\nIt is not there. It says {tiers.PURPOSES[tier]}"
    text += f", on at most {tiers.PAGES[tier]} pages{' a session' if tier == 'log' else ''}.\n\n"
    if tiers.SECTIONS[tier]:
        text += "Its sections:\n\n" + "".join(f"- {title}\n" for title in tiers.SECTIONS[tier]) + "\n"
    return text + _MAKES[tier]


TOLD = """\
# What a fresh one is told

An instance that starts is told what stands in these documents, as much as its model takes in: what changes least first,
and last what its predecessor left for it. Choose one to see exactly that, and what is left out.
"""
_FOUR = """\
# What sessions leave for the next

An instance that starts knows what stands in four documents, and nothing else of what was before it:

- **Portfolio**: which projects there are, where they are, how they relate
- **Project**: how this project is built and why
- **Briefing**: what is happening now
- **Session log**: what each session did, and what it left for the next

None of them has to be there. In a workspace that `trinity init` made, Trinity keeps the briefing and the session log by
itself, from the first session on that has something to say. The other two are yours to write: `e` begins the chosen
one."""
_KEPT_BY_US = (
    "Trinity writes it where `trinity init` made the workspace, once there is something to say; or anywhere with"
    ' `documents = "always"` under `[handoff]` in `instances.toml`.'
)
_MAKES: dict[Tier, str] = {
    "portfolio": "Write it yourself, at the top of the workspace: `e` opens it. A list with a line a project is enough,"
    " such as `- **Shop**: sells things (shop/)`.",
    "project": "Write it yourself, at the top of the workspace or in the project's folder: `e` opens it.",
    "briefing": _KEPT_BY_US,
    "log": _KEPT_BY_US,
}
