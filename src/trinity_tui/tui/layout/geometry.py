"""Points and boxes in cells, as every part of the layout uses them."""

from __future__ import annotations

import msgspec


class Point(msgspec.Struct, frozen=True, order=True):
    """One cell."""

    x: int
    y: int


class Box(msgspec.Struct, frozen=True):
    """A rectangle of cells; ``right`` and ``bottom`` are the first cells outside."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """The cell in the middle, or the one right and below of it."""
        return Point(self.x + self.width // 2, self.y + self.height // 2)

    def holds(self, point: Point) -> bool:
        """Whether the cell is inside."""
        return self.x <= point.x < self.right and self.y <= point.y < self.bottom

    def overlaps(self, other: Box) -> bool:
        """Whether the two share a cell."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def grown(self, by_x: int, by_y: int) -> Box:
        """The box, larger on every side."""
        return Box(self.x - by_x, self.y - by_y, self.width + 2 * by_x, self.height + 2 * by_y)
