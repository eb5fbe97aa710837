"""Where a moving mark is: functions of time and nothing else, so a frame that was missed is no drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.layout.geometry import Box, Point

if TYPE_CHECKING:
    from collections.abc import Iterator

CELLS_PER_SECOND = 40.0
LEAST_SECONDS = 0.35
MOST_SECONDS = 1.5
RING_SECONDS = 0.7
RING_REACH = 5
"""How many rows a ring has moved away from its box when it is gone."""


def travel_seconds(length: int) -> float:
    """How long a mark is on its way over this many cells."""
    return min(MOST_SECONDS, max(LEAST_SECONDS, length / CELLS_PER_SECOND))


def travel_index(length: int, born: float, now: float) -> int | None:
    """At which cell of its way a mark is; None when it is not under way."""
    share = (now - born) / travel_seconds(length)
    return int(share * length) if length and 0.0 <= share < 1.0 else None


def ring_radius(born: float, now: float) -> int | None:
    """How far a ring has left its box, in rows, from 1; None when there is none."""
    share = (now - born) / RING_SECONDS
    return 1 + int(share * RING_REACH) if 0.0 <= share < 1.0 else None


def ring_cells(box: Box, radius: int, width: int, height: int) -> Iterator[Point]:
    """The cells of a ring round a box that are on the canvas; rows are counted double in width, as cells are high."""
    ring = box.grown(2 * radius, radius)
    for x in range(ring.x + 2, ring.right - 2):
        for y in (ring.y, ring.bottom - 1):
            if 0 <= x < width and 0 <= y < height:
                yield Point(x, y)
    for y in range(ring.y + 1, ring.bottom - 1):
        for x in (ring.x, ring.right - 1):
            if 0 <= x < width and 0 <= y < height:
                yield Point(x, y)
