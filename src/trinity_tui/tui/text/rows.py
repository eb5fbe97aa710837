"""Toned text broken into rows of at most so many cells; nothing of it is lost.

A span names its tone instead of having a colour, so rows outlive a change of theme and are compared in tests.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from trinity_tui.tui.safe_text import MOST_CHARACTERS, clean, head, width

Span = tuple[str, str]
"""A cleaned text and the name of its tone."""
Row = tuple[Span, ...]


def clean_all(text: str) -> str:
    """One line made harmless, however long it is: ``clean`` looks at a row's worth only."""
    if len(text) <= MOST_CHARACTERS:
        return clean(text)
    return "".join(clean(text[start : start + MOST_CHARACTERS]) for start in range(0, len(text), MOST_CHARACTERS))


def cells(row: Row) -> int:
    """How wide a row is."""
    return sum(width(text) for text, _ in row)


def flow(spans: list[Span], room: int) -> list[Row]:
    """Spans broken at spaces into rows of at most ``room`` cells; a line feed in a text begins a new row."""
    text = "".join(part for part, _ in spans)
    begins = list(accumulate((len(part) for part, _ in spans), initial=0))
    rows: list[Row] = []
    start = 0
    for line in text.split("\n"):
        rows += [_slice(spans, begins, start + begin, start + end) for begin, end in _breaks(line, max(1, room))]
        start += len(line) + 1
    return rows


def _breaks(line: str, room: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start, is_plain = 0, line.isascii()
    while True:
        rest = line[start : start + room] if is_plain else head(line[start : start + 4 * room], room)
        end = start + (len(rest) or 1)
        if end >= len(line):
            return [*found, (start, len(line))]
        space = line.rfind(" ", start, end + 1)
        # A word longer than a third of a row is broken rather than leave most of the row empty.
        if space > start + len(rest) // 3:
            found.append((start, space))
            start = space + 1
        else:
            found.append((start, end))
            start = end


def _slice(spans: list[Span], begins: list[int], start: int, end: int) -> Row:
    """What stands between two places; where each span begins is known, as a paragraph may have ten thousand."""
    parts: list[Span] = []
    for index in range(bisect_right(begins, start) - 1, len(spans)):
        (text, tone), at = spans[index], begins[index]
        if at >= end:
            break
        piece = text[max(0, start - at) : end - at]
        if piece:
            parts.append((piece, tone))
    return tuple(parts)
