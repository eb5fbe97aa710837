"""Which digit addresses whom, on every screen the same: a seat is kept for as long as its instance is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.layout.placement import take_seats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.room import InstanceView


class Seats:
    """The seats of all instances.

    Attributes:
        taken: By instance, from 0.
    """

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}

    def take(self, views: Iterable[InstanceView]) -> dict[str, int]:
        """Seat those that are there now, each where it was or where the configuration wants it."""
        ordered = sorted(views, key=lambda view: (view.order, view.id))
        self.taken = take_seats({view.id: view.order - 1 for view in ordered}, self.taken)
        return self.taken

    @property
    def names(self) -> list[str]:
        """Those that are seated, by their seats."""
        return sorted(self.taken, key=lambda name: self.taken[name])

    def by_digit(self, digit: int) -> str:
        """The instance a digit addresses; empty where there is none."""
        return next((name for name, seat in self.taken.items() if seat == digit - 1), "")
