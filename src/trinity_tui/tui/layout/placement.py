"""Which node stands where. Every node has a seat for life, and a seat has one place for a size and density.

A canvas that has room for all as boxes shows boxes, else rows of one line, else cells. Each canvas has one grid of
wide, one of roomy and one of compact boxes, whose seats are taken from the outside in, so few nodes stand apart and
many fill the gaps, and none ever moves because another one came for which there is room.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.tui.layout.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

Density = Literal["box", "row", "cell", "line"]
"""A line is what is said in words alone: one node on each, whatever there is room for."""

MARGIN_X = 1
ROW_WIDTHS = (64, 34)
"""A row node that also has room for what was said last, and the least one."""
MOST_SEATS = 1_000
CELL_WIDTHS = (18, 14, 5, 2)
"""A cell node with its id, with a short one, with its seat number, with its glyph alone."""


class Size(msgspec.Struct, frozen=True):
    """What boxes of one kind measure."""

    least_width: int
    most_width: int
    height: int
    tall_height: int
    tall_pitch: int
    """Rows from one box to the next from which boxes are taller."""
    gap_x: int
    gap_y: int
    least_columns: int = 1
    """With fewer of them beside each other a canvas is too narrow for this kind."""


WIDE = Size(least_width=50, most_width=56, height=6, tall_height=7, tall_pitch=9, gap_x=4, gap_y=2, least_columns=2)
"""Boxes that say a task or a reason whole; where few stand on a canvas as wide as that of a large terminal."""
ROOMY = Size(least_width=32, most_width=40, height=6, tall_height=7, tall_pitch=9, gap_x=4, gap_y=2)
"""Boxes that also say what their instance said last; where all fit."""
COMPACT = Size(least_width=20, most_width=28, height=4, tall_height=5, tall_pitch=7, gap_x=3, gap_y=1)


class Grid(msgspec.Struct, frozen=True):
    """The one grid of boxes that a canvas size has."""

    columns: tuple[int, ...]
    """The left edge of each column."""
    rows: tuple[int, ...]
    """The top edge of each row."""
    box_width: int
    box_height: int

    @property
    def capacity(self) -> int:
        """How many boxes there is room for."""
        return len(self.columns) * len(self.rows)


class Placement(msgspec.Struct, frozen=True):
    """Where every node stands.

    Attributes:
        height: Of what is drawn; more than the canvas where rows or cells have to be scrolled to.
        pitch: The width given to one node.
    """

    density: Density
    width: int
    height: int
    pitch: int
    boxes: dict[str, Box] = msgspec.field(default_factory=dict[str, Box])
    grid: Grid | None = None
    slots: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict[str, tuple[int, int]])
    """Column and row of every box in the grid; empty at other densities."""


def take_seats(wishes: Mapping[str, int], seats: Mapping[str, int]) -> dict[str, int]:
    """The seats of these nodes, each for life.

    Args:
        wishes: For every node the seat it is configured for; a negative one is no wish.
        seats: Who has a seat already, and keeps it. A newcomer gets the one it wishes where that is free, else the
            lowest nobody has or wishes.
    """
    found = {name: seats[name] for name in wishes if name in seats}
    taken = set(found.values())
    for name, wish in wishes.items():
        if name not in found and 0 <= wish < MOST_SEATS and wish not in taken:
            found[name] = wish
            taken.add(wish)
    free = (seat for seat in range(2 * MOST_SEATS) if seat not in taken)
    return found | {name: next(free) for name in wishes if name not in found}


def place(seats: Mapping[str, int], width: int, height: int, density: Density | None = None) -> Placement:
    """Place every node of a canvas.

    Args:
        seats: The seat of each, from ``take_seats``.
        width: Of the canvas, in cells.
        height: Of the canvas, in cells.
        density: Asked for, where the screen has no room for a choice; otherwise the roomiest that fits all.
    """
    needed = max(seats.values(), default=-1) + 1
    for size in (WIDE, ROOMY, COMPACT) if density in (None, "box") else ():
        grid = box_grid(width, height, size)
        if grid.columns and needed <= grid.capacity:
            return _as_boxes(seats, grid, width, height)
    if density == "line":
        return _in_rows(seats, width, height, 1, "line")
    row_width = next((size for size in ROW_WIDTHS if _fit(needed, size, width, height)), None)
    if density == "row" or row_width is not None:
        return _in_rows(seats, width, height, max(1, width // (row_width or ROW_WIDTHS[-1])), "row")
    cell_width = next((size for size in CELL_WIDTHS if _fit(needed, size, width, height)), CELL_WIDTHS[-1])
    return _in_rows(seats, width, height, max(1, width // cell_width), "cell", cell_width)


def _fit(needed: int, size: int, width: int, height: int) -> bool:
    return needed <= max(1, width // size) * height


@lru_cache(maxsize=32)
def box_grid(width: int, height: int, size: Size) -> Grid:
    """The grid of boxes of a canvas; without columns where not even one box fits."""
    inner = width - 2 * MARGIN_X
    columns = max(0, (inner + size.gap_x) // (size.least_width + size.gap_x))
    rows = max(0, (height + size.gap_y) // (size.height + size.gap_y))
    if columns < size.least_columns or not rows:
        return Grid((), (), 0, 0)
    box_width = min(size.most_width, (inner + size.gap_x) // columns - size.gap_x)
    is_tall = (height + size.gap_y) // rows >= size.tall_pitch
    box_height = size.tall_height if is_tall else size.height
    return Grid(
        _spread(MARGIN_X, inner - box_width, columns), _spread(0, height - box_height, rows), box_width, box_height
    )


def _spread(start: int, room: int, count: int) -> tuple[int, ...]:
    if count == 1:
        return (start + room // 2,)
    return tuple(start + index * room // (count - 1) for index in range(count))


@lru_cache(maxsize=32)
def seat_order(columns: int, rows: int) -> tuple[tuple[int, int], ...]:
    """The slots of a grid in the order they are taken: the corners as one reads, then always the loneliest."""
    slots = [(column, row) for row in range(rows) for column in range(columns)]
    corners = [slot for slot in slots if slot[0] in (0, columns - 1) and slot[1] in (0, rows - 1)]
    order = list(corners)
    nearest = {slot: min(_apart(slot, taken) for taken in order) for slot in slots if slot not in order}
    while nearest:
        loneliest = max(nearest, key=lambda slot: (nearest[slot], -_off_centre(slot, columns, rows)))
        order.append(loneliest)
        del nearest[loneliest]
        for slot, distance in nearest.items():
            nearest[slot] = min(distance, _apart(slot, loneliest))
    return tuple(order)


def _apart(one: tuple[int, int], other: tuple[int, int]) -> float:
    # A column is wider than a row is high, though a cell is twice as high as wide.
    return (2.0 * (one[0] - other[0])) ** 2 + (1.2 * (one[1] - other[1])) ** 2


def _off_centre(slot: tuple[int, int], columns: int, rows: int) -> float:
    return abs(slot[0] - (columns - 1) / 2) + abs(slot[1] - (rows - 1) / 2)


def _as_boxes(seats: Mapping[str, int], grid: Grid, width: int, height: int) -> Placement:
    order = seat_order(len(grid.columns), len(grid.rows))
    slots = {name: order[seat] for name, seat in seats.items()}
    boxes = {
        name: Box(grid.columns[column], grid.rows[row], grid.box_width, grid.box_height)
        for name, (column, row) in slots.items()
    }
    return Placement("box", width, height, grid.box_width, boxes, grid, slots)


def _in_rows(
    seats: Mapping[str, int], width: int, height: int, columns: int, density: Density, pitch: int = 0
) -> Placement:
    pitch = pitch or width // columns
    gap = 2 if density == "row" and columns > 1 else 0
    boxes = {name: Box(seat % columns * pitch, seat // columns, max(1, pitch - gap), 1) for name, seat in seats.items()}
    bottom = max((box.bottom for box in boxes.values()), default=0)
    return Placement(density, width, max(height, bottom), pitch, boxes)
