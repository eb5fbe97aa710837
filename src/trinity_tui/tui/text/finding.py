"""Where a text stands in rows that were broken out of a longer one: also where a row ends in the middle of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.tui.text.rows import Row, Span


class Stretch(msgspec.Struct, frozen=True):
    """A part of one row, in characters."""

    row: int
    start: int
    end: int


Match = tuple[Stretch, ...]
"""One place where it stands: more than one stretch where a row ends within it."""


def find(rows: Sequence[Row], wanted: str) -> list[Match]:
    """Every place, from the first row on; large and small letters are one."""
    wanted = " ".join(_fold(wanted).split())
    if not wanted:
        return []
    text, places = _joined(rows)
    found: list[Match] = []
    at = text.find(wanted)
    while at >= 0:
        found.append(_marks(places[at : at + len(wanted)]))
        at = text.find(wanted, at + len(wanted))
    return [match for match in found if match]


def _joined(rows: Sequence[Row]) -> tuple[str, list[tuple[int, int]]]:
    """All rows as one text, and where each of its characters stands; the blank between two rows stands nowhere."""
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        line = "".join(text for text, _ in row)
        start = len(line) - len(line.lstrip())
        body = _fold(line.strip())
        characters += [body, " "]
        places += [(number, start + index) for index in range(len(body))]
        places.append((-1, 0))
    return "".join(characters), places


def _fold(text: str) -> str:
    # Some letters are two when they are small: those stay as they are, or every place after them would be another one.
    return "".join(small if len(small := character.lower()) == 1 else character for character in text)


def _marks(places: list[tuple[int, int]]) -> Match:
    by_row: dict[int, list[int]] = {}
    for row, at in places:
        if row >= 0:
            by_row.setdefault(row, []).append(at)
    return tuple(Stretch(row, columns[0], columns[-1] + 1) for row, columns in by_row.items())


def toned(row: Row, marks: Sequence[tuple[int, int, str]]) -> list[Span]:
    """The row with parts of it in other tones.

    Args:
        row: As it is.
        marks: Start, end and tone of each part, in their order.
    """
    spans: list[Span] = []
    at = 0
    for text, tone in row:
        start = at
        for begin, end, other in marks:
            first, last = max(begin, start), min(end, at + len(text))
            if first < last:
                spans += [(text[start - at : first - at], tone), (text[first - at : last - at], other)]
                start = last
        spans.append((text[start - at :], tone))
        at += len(text)
    return [span for span in spans if span[0]]
