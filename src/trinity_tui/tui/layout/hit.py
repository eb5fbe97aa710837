"""Which node a cell belongs to, and which one lies beside another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trinity_tui.tui.layout.geometry import Point

if TYPE_CHECKING:
    from trinity_tui.tui.layout.placement import Placement

Direction = Literal["left", "right", "up", "down"]
ROW_CELLS = 2
"""A row is as high as so many cells are wide."""
_TOWARDS: dict[Direction, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def node_at(placement: Placement, x: int, y: int) -> str | None:
    """The node whose box holds the cell."""
    point = Point(x, y)
    return next((name for name, box in placement.boxes.items() if box.holds(point)), None)


def neighbour(placement: Placement, name: str, direction: Direction) -> str | None:
    """The nearest node that lies more in this direction than aside, else the nearest that lies in it at all.

    So every node is reached from every other one by some arrows; None where nothing lies in the direction.
    """
    here = placement.boxes[name].centre
    step_x, step_y = _TOWARDS[direction]
    best: tuple[bool, int, str] | None = None
    for other, box in placement.boxes.items():
        across_x, across_y = box.centre.x - here.x, ROW_CELLS * (box.centre.y - here.y)
        ahead = across_x * step_x + across_y * step_y
        if ahead <= 0:
            continue
        aside = abs(across_x * step_y) + abs(across_y * step_x)
        found = (aside > ahead, ahead + aside, other)
        best = found if best is None else min(best, found)
    return best[2] if best else None
