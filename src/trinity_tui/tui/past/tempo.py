"""How fast the past goes by: the time of then, and up to which record it has come when some of ours is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.message import format_time
from trinity_tui.tui.clock import seconds_of

if TYPE_CHECKING:
    from trinity_tui.core.record import Record
    from trinity_tui.tui.past.window import Window

SPEEDS = (1, 2, 5, 10, 50, 100)
A_TICK_RECORDS = 500
"""So many are folded at most each time it plays on; where more was said, it plays slower than it should."""
LONGEST_TICK_SECONDS = 0.25
"""Where the screen was held up it plays on from where it was, and leaves nothing out."""
IDLE_SECONDS = 4.0
"""Longer than this, as one sees it, nothing happens while it plays: what comes next is gone to."""


class Tempo:
    """A clock of then, and how much faster than ours it goes."""

    def __init__(self) -> None:
        self.now = 0.0
        """The time of then, in seconds since the epoch."""
        self.speed = SPEEDS[0]
        self.is_slowed = False
        """Whether more was said than can be played so fast."""

    def faster(self, by: int) -> None:
        """Another speed."""
        place = SPEEDS.index(self.speed) + by
        self.speed = SPEEDS[max(0, min(place, len(SPEEDS) - 1))]

    def stand_at(self, record: Record | None) -> None:
        """It is the time at which this was said, where it says one."""
        moment = seconds_of(record.message.timestamp) if record is not None else None
        self.now = moment if moment is not None else self.now

    def go_by(self, window: Window, seconds: float, *, is_over: bool) -> int:
        """Have so much of our time go by.

        Args:
            window: What is at hand.
            seconds: Of ours.
            is_over: Whether nothing comes after what is at hand.

        Returns:
            Up to which record the time of then has come.
        """
        self.now += min(seconds, LONGEST_TICK_SECONDS) * self.speed
        if window.index < len(window.records):
            coming = seconds_of(window.records[window.index].message.timestamp)
            if coming is not None and coming - self.now > IDLE_SECONDS * self.speed:
                self.now = coming - self.speed / 2
        due, most = window.index_at(format_time(self.now)), window.index + A_TICK_RECORDS
        stop, self.is_slowed = min(due, most), due > most
        is_all_at_hand = stop == len(window.records) and not is_over
        if stop and (self.is_slowed or is_all_at_hand):
            # The clock of then does not run ahead of what is shown.
            self.now = seconds_of(window.records[stop - 1].message.timestamp) or self.now
        return stop
