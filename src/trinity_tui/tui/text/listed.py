"""A line of a list or of a page: what stands in it, and what it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.tui.safe_text import clean, cut, fit
from trinity_tui.tui.text.rows import cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row, Span


class Line(NamedTuple):
    """One line; lines of one key stand together and are chosen together."""

    row: Row = ()
    key: str = ""
    """Empty where it cannot be chosen."""


def shown(text: str, glyphs: Glyphs) -> str:
    """A text of somebody's, harmless and as this terminal can show it."""
    return glyphs.text(clean(text))


def apart(left: Iterable[Span], right: Iterable[Span], width: int, glyphs: Glyphs) -> Row:
    """Spans at both edges; the last of the left ones is cut where there is too little room."""
    head, tail = list(left), tuple(right)
    room = width - cells(tail)
    *before, (text, tone) = head
    room -= cells(tuple(before))
    return (*before, (fit(text, max(0, room), glyphs.more), tone), *tail)


def that_fit(spans: Iterable[Span], width: int) -> Row:
    """The spans from the first one on that fit, with two spaces between them."""
    found: list[Span] = []
    used = 0
    for text, tone in spans:
        size = cells(((text, tone),)) + (2 if found else 0)
        if text and used + size <= width:
            found += [("  ", tone)] if found else []
            found.append((text, tone))
            used += size
    return tuple(found)


def beside(left: Iterable[Row], right: Iterable[Row], width: int, bar: str) -> list[Row]:
    """Two texts in columns of the same width with a line between them."""
    ours, theirs = list(left), list(right)
    half = (width - 3) // 2
    height = max(len(ours), len(theirs))
    ours += [()] * (height - len(ours))
    theirs += [()] * (height - len(theirs))
    return [
        (*row, (" " * max(0, half - cells(row)), "text"), (f" {bar} ", "frame"), *other)
        for row, other in zip(ours, theirs, strict=True)
    ]


def half_of(width: int) -> int:
    """How wide one of two columns is."""
    return (width - 3) // 2


def short(text: str, width: int, glyphs: Glyphs) -> str:
    """A text of somebody's in at most so many cells."""
    return cut(shown(text, glyphs), width, glyphs.more)
