"""A wall clock that is set while something waits for its time.

What is to hold beyond a process is kept by the wall clock, the only one a machine still knows after a start. While a
process lives, a clock that nobody sets tells how far the wall clock was set: whatever waits is moved along, and lasts
neither longer nor shorter. What a start finds ends when it says, and at the latest after as long as it was granted for;
where the clock was set forward while no process watched, it ends early, which nobody can know.
"""

from __future__ import annotations

import msgspec

STEP_SECONDS = 2.0
"""A wall clock that is off by less is being brought right slowly, and was not set."""


class Moment(msgspec.Struct, frozen=True):
    """One moment, on both clocks."""

    wall: float
    """Seconds since the epoch."""
    steady: float
    """Seconds since an unknown beginning, a machine's sleep included; nobody sets this clock."""


def set_seconds(before: Moment, now: Moment) -> float:
    """How far the wall clock was set between two moments, back where it is negative; 0 where it was not."""
    seconds = (now.wall - before.wall) - (now.steady - before.steady)
    return seconds if abs(seconds) >= STEP_SECONDS else 0.0


def found_end(until: float, granted_seconds: float, now: float) -> float:
    """When what a start finds is over.

    Args:
        until: When it says it is.
        granted_seconds: For how long it was granted.
        now: Seconds since the epoch, as is the answer.
    """
    return min(until, now + granted_seconds)
