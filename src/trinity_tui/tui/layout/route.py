"""The way of a line from one box to another, along lanes that cross no third box.

Between the columns and rows of the box grid run lanes, and an empty slot may be crossed in its middle. A route is the
cheapest way over the crossings of these lanes: short, and with few turns. It is the same in both directions.
"""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.tui.layout.geometry import Box, Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.tui.layout.placement import Placement

OUTSIDE_COST = 24
"""A lane outside the grid is for where there is no other way."""
TURN_COST = 9
ROW_COST = 2
"""A cell is twice as high as wide."""

Crossing = tuple[int, int]
"""Indices into the lanes; odd ones run through the middle of a column or row, even ones beside it."""


class Lanes(msgspec.Struct, frozen=True):
    """Where the lanes of a placement run."""

    xs: dict[int, int]
    ys: dict[int, int]
    blocked: dict[Crossing, str]
    """The crossings inside boxes, and whose they are."""

    last: Crossing
    """The lanes right of the last column and below the last row, whether there is room for them or not."""

    def toll(self, at: Crossing) -> int:
        """What it costs to use a crossing."""
        is_outside = at[0] in (0, self.last[0]) or at[1] in (0, self.last[1])
        return OUTSIDE_COST if is_outside else 0


NO_LANES = Lanes({}, {}, {}, (0, 0))


def lanes(placement: Placement) -> Lanes:
    """The lanes between and through the slots of a placement of boxes."""
    grid = placement.grid
    if grid is None:
        return NO_LANES
    blocked = {(2 * column + 1, 2 * row + 1): name for name, (column, row) in placement.slots.items()}
    return Lanes(
        _along(grid.columns, grid.box_width, placement.width),
        _along(grid.rows, grid.box_height, placement.height),
        blocked,
        (2 * len(grid.columns), 2 * len(grid.rows)),
    )


def _along(starts: tuple[int, ...], size: int, limit: int) -> dict[int, int]:
    found = {2 * index + 1: start + size // 2 for index, start in enumerate(starts)}
    for index, (left, right) in enumerate(pairwise(starts)):
        found[2 * index + 2] = (left + size + right - 1) // 2
    if starts[0] > 0:
        found[0] = starts[0] - 1
    if starts[-1] + size < limit:
        found[2 * len(starts)] = starts[-1] + size
    return found


def route(placement: Placement, network: Lanes, one: str, other: str) -> tuple[Point, ...]:
    """The cells of the line between two boxes, without those of the boxes; empty where there is no way."""
    first, last = sorted((one, other))
    if first == last or first not in placement.slots or last not in placement.slots:
        return ()
    turns = _cheapest(network, placement.slots[first], placement.slots[last])
    points = [Point(network.xs[x], network.ys[y]) for x, y in turns]
    ends = (placement.boxes[first], placement.boxes[last])
    cells = tuple(cell for cell in _cells(points) if not any(end.holds(cell) for end in ends))
    return cells if one == first else cells[::-1]


def _cheapest(network: Lanes, start_slot: tuple[int, int], end_slot: tuple[int, int]) -> list[Crossing]:
    start, end = (2 * start_slot[0] + 1, 2 * start_slot[1] + 1), (2 * end_slot[0] + 1, 2 * end_slot[1] + 1)
    came: dict[tuple[Crossing, int], tuple[Crossing, int]] = {}
    cost: dict[tuple[Crossing, int], int] = {(start, 0): 0}
    queue: list[tuple[int, Crossing, int]] = [(0, start, 0)]
    while queue:
        spent, at, heading = heapq.heappop(queue)
        if at == end:
            return _walked(came, (at, heading))
        if spent > cost[at, heading]:
            continue
        for step, new_heading, length in _steps(network, at):
            if step in network.blocked and step != end:
                continue
            price = spent + length + (TURN_COST if heading not in (0, new_heading) else 0) + network.toll(step)
            if price < cost.get((step, new_heading), price + 1):
                cost[step, new_heading] = price
                came[step, new_heading] = (at, heading)
                heapq.heappush(queue, (price, step, new_heading))
    return []


def _steps(network: Lanes, at: Crossing) -> Iterator[tuple[Crossing, int, int]]:
    x, y = at
    for next_x in (x - 1, x + 1):
        if next_x in network.xs:
            yield (next_x, y), 1, abs(network.xs[next_x] - network.xs[x])
    for next_y in (y - 1, y + 1):
        if next_y in network.ys:
            yield (x, next_y), 2, ROW_COST * abs(network.ys[next_y] - network.ys[y])


def _walked(came: dict[tuple[Crossing, int], tuple[Crossing, int]], at: tuple[Crossing, int]) -> list[Crossing]:
    path = [at[0]]
    while at in came:
        at = came[at]
        path.append(at[0])
    return path[::-1]


def _cells(points: list[Point]) -> Iterator[Point]:
    if points:
        yield points[0]
    for one, other in pairwise(points):
        step_x, step_y = _sign(other.x - one.x), _sign(other.y - one.y)
        for index in range(1, max(abs(other.x - one.x), abs(other.y - one.y)) + 1):
            yield Point(one.x + index * step_x, one.y + index * step_y)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


NORTH, EAST, SOUTH, WEST = 1, 2, 4, 8


def joints(cells: tuple[Point, ...], start: Box, end: Box) -> dict[Point, int]:
    """For every cell of a route, to which sides the line goes on, so that lines which meet can be joined.

    Args:
        cells: From ``route``.
        start: The box the first cell lies at.
        end: The box the last cell lies at.
    """
    found: dict[Point, int] = {}
    last = len(cells) - 1
    for index, cell in enumerate(cells):
        before = _side_of_box(cell, start) if index == 0 else _side(cell, cells[index - 1])
        after = _side_of_box(cell, end) if index == last else _side(cell, cells[index + 1])
        found[cell] = found.get(cell, 0) | before | after
    return found


def _side(cell: Point, neighbour: Point) -> int:
    if neighbour.x != cell.x:
        return EAST if neighbour.x > cell.x else WEST
    return SOUTH if neighbour.y > cell.y else NORTH


def _side_of_box(cell: Point, box: Box) -> int:
    if box.x <= cell.x < box.right:
        return SOUTH if cell.y < box.y else NORTH
    return EAST if cell.x < box.x else WEST
