"""The time as the screen sees it; tests hand in a frozen one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, tzinfo

import msgspec

from trinity_tui.core.message import parse_time
from trinity_tui.core.told import duration as duration  # one way to say it, for faces that have a clock and others


class Clock(msgspec.Struct, frozen=True):
    """Seconds since the epoch, and how a moment is written where the person is."""

    now: Callable[[], float] = time.time
    zone: tzinfo | None = None
    """None: the zone of this machine."""

    def at(self, seconds: float, pattern: str = "%H:%M:%S") -> str:
        """A moment as the person's wall clock shows it."""
        return datetime.fromtimestamp(seconds, self.zone).strftime(pattern)

    def offset(self) -> float:
        """How far the person's wall clock is ahead of UTC now, in seconds."""
        ahead = datetime.fromtimestamp(self.now(), self.zone).astimezone(self.zone).utcoffset()
        return ahead.total_seconds() if ahead is not None else 0.0

    def stamp(self, timestamp: str) -> str:
        """The time of a record as the person's wall clock shows it; blank where it is none."""
        moment = seconds_of(timestamp)
        return self.at(moment) if moment is not None else " " * 8


def seconds_of(timestamp: str) -> float | None:
    """Seconds since the epoch of a record's time; None where it is none that a clock could show."""
    try:
        moment = parse_time(timestamp)
        datetime.fromtimestamp(moment)
    except (ValueError, OverflowError, OSError):
        return None
    return moment
