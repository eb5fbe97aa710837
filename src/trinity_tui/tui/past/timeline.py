"""The kept log as a line of time: how much was said in each column, what is marked there, and where one is."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.happening import MILESTONES
from trinity_tui.core.record import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SECONDS = 1.0
"""A log of one moment is still a line."""


class Timeline(msgspec.Struct, frozen=True):
    """As the coordinator tells it."""

    first: Position = 0
    end: Position = 0
    samples: list[tuple[Position, float]] = []
    """Positions and what time it was there, both rising."""
    marks: list[tuple[Position, float, str]] = []
    """The newest first."""
    marked_from: Position | None = None
    """Before this one nothing was looked for yet."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to go about in."""
        return not self.samples

    @property
    def is_whole(self) -> bool:
        """Whether everything was looked through for marks."""
        return self.marked_from is not None and self.marked_from <= self.first

    def span(self, now: float) -> tuple[float, float]:
        """From when to when it goes.

        Args:
            now: The time, which it goes to where nothing younger is in it.
        """
        start = self.samples[0][1] if self.samples else now
        end = max(self.samples[-1][1], self.marks[0][1] if self.marks else 0.0) if self.samples else now
        return start, max(end, start + LEAST_SECONDS)

    def position_at(self, moment: float) -> float:
        """About where the log stood at a moment, between the places that are known."""
        if not self.samples:
            return 0.0
        after = bisect.bisect_right(self.samples, moment, key=lambda sample: sample[1])
        if after == 0:
            return float(self.samples[0][0])
        position, at = self.samples[after - 1]
        following, until = self.samples[after] if after < len(self.samples) else (self.end, at)
        return float(following) if until <= at else position + (following - position) * (moment - at) / (until - at)


def density(line: Timeline, span: tuple[float, float], width: int, top: int) -> list[int]:
    """For each column how much was said, from 0 (nothing) to ``top``; the most of all columns is ``top``."""
    edges = [column_moment(span, column, width) for column in range(width + 1)]
    places = [line.position_at(edge) for edge in edges]
    places[-1] = float(line.end)
    amounts = [max(0.0, after - before) for before, after in zip(places, places[1:], strict=False)]
    most = max(amounts, default=0.0)
    # What is little beside the most is still something: its root is shown. What is next to nothing is a silence, in
    # which no place was looked at.
    return [round(top * (amount / most) ** 0.5) if most else 0 for amount in amounts]


def column_moment(span: tuple[float, float], column: int, width: int) -> float:
    """When a column begins."""
    return span[0] + (span[1] - span[0]) * column / max(1, width)


def column_of(span: tuple[float, float], moment: float, width: int) -> int:
    """In which column a moment is."""
    share = (moment - span[0]) / (span[1] - span[0])
    return max(0, min(width - 1, int(share * width)))


def marked_columns(line: Timeline, span: tuple[float, float], width: int) -> dict[int, str]:
    """By column the gravest mark in it."""
    found: dict[int, str] = {}
    for _, moment, mark in line.marks:
        column = column_of(span, moment, width)
        if column not in found or _gravity(mark) < _gravity(found[column]):
            found[column] = mark
    return found


def mark_beside(marks: Sequence[tuple[Position, float, str]], position: Position, by: int) -> Position | None:
    """Where the next mark after a position stands, or the one before; ``position`` is after what is shown last."""
    places = sorted(place for place, _, _ in marks)
    if by > 0:
        index = bisect.bisect_left(places, position)
        return places[index] if index < len(places) else None
    index = bisect.bisect_left(places, position - 1) - 1
    return places[index] if index >= 0 else None


def _gravity(mark: str) -> int:
    return next((number for number, name in enumerate(MILESTONES) if name == mark), len(MILESTONES))
