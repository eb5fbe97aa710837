"""What a search found as lines: group by group, of each thing where it comes from and the place in its text.

::

    Messages 12 ────────────────────────────────────────────
     14:02:07  builder-1 → lead-1   finding
       auth.py: the refresh path is untested

Where there is room both stand in one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.address import BROADCAST, HUMAN
from trinity_tui.core.seeking import GROUPS
from trinity_tui.tui.safe_text import fit
from trinity_tui.tui.text.finding import find, toned
from trinity_tui.tui.text.listed import Line, short, shown, that_fit
from trinity_tui.tui.text.rows import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.wire.search import Hit
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row, Span

DAY_SECONDS = 86_400.0
NAME_CELLS = 32
WHEN_CELLS = 11
BESIDE_FROM = 140
"""From this width on the text stands beside where it comes from."""


def found_lines(hits: Sequence[Hit], words: Sequence[str], width: int, clock: Clock, glyphs: Glyphs) -> list[Line]:
    """All of them; the key of each is its place among the hits."""
    lines: list[Line] = []
    column = _column(hits, width, clock, glyphs) if width >= BESIDE_FROM else 0
    for group in GROUPS:
        numbered = [(number, hit) for number, hit in enumerate(hits) if hit.group == group]
        if numbered:
            lines += _heading(f"{group.capitalize()} {len(numbered)}", width, glyphs)
        for number, hit in numbered:
            source = _source(hit, width, clock, glyphs)
            gap = column - cells(source)
            text = _text(hit, words, width - column if gap >= 0 else width, glyphs)
            rows = [(*source, (" " * gap, "text"), *text)] if column and gap >= 0 else [source, text]
            lines += [Line(row, str(number)) for row in rows]
    return lines


def _column(hits: Sequence[Hit], width: int, clock: Clock, glyphs: Glyphs) -> int:
    """How wide stands where things come from; what takes more than half of the width has a line for itself."""
    needed = (cells(_source(hit, width, clock, glyphs)) for hit in hits)
    return max((size for size in needed if size <= width // 2), default=0)


def _heading(title: str, width: int, glyphs: Glyphs) -> list[Line]:
    rule = glyphs.frame[4] * max(0, width - len(title) - 1)
    return [Line(((title, "md-heading"), (f" {rule}", "frame")))]


def _source(hit: Hit, width: int, clock: Clock, glyphs: Glyphs) -> Row:
    who: list[Span] = []
    if hit.who:
        who.append((short(_name(hit.who), NAME_CELLS, glyphs), "person" if hit.who == HUMAN else "name"))
    if hit.to:
        who += [(f" {glyphs.to} ", "faint"), (short(_name(hit.to), NAME_CELLS, glyphs), "dim")]
    head = ((f"{_when(hit, clock)} ", "faint"), *who)
    rest = that_fit(
        [(shown(hit.kind, glyphs), "accent"), (shown(hit.source, glyphs), "dim")], max(0, width - cells(head) - 2)
    )
    if cells(head) > width:
        return ((fit("".join(text for text, _ in head), width, glyphs.more), "dim"),)
    gap = ("  ", "text") if who else ("", "text")
    return (*head, gap, *rest) if rest else head


def _name(who: str) -> str:
    return "you" if who == HUMAN else "all" if who == BROADCAST else who


def _when(hit: Hit, clock: Clock) -> str:
    if hit.at is None:
        return " " * WHEN_CELLS
    is_today = clock.at(hit.at, "%Y-%m-%d") == clock.at(clock.now(), "%Y-%m-%d")
    return clock.at(hit.at, "%H:%M:%S" if is_today else "%m-%d %H:%M").rjust(WHEN_CELLS)


def _text(hit: Hit, words: Sequence[str], width: int, glyphs: Glyphs) -> Row:
    row: Row = (("  ", "text"), (short(hit.text, max(0, width - 2), glyphs), "text"))
    places = sorted((mark.start, mark.end, "found") for word in words for match in find([row], word) for mark in match)
    # Where two words overlap the first one is marked.
    apart = [place for number, place in enumerate(places) if not number or place[0] >= places[number - 1][1]]
    return tuple(toned(row, apart))
