"""The moment a person needs to see what is asked: keys pressed before it has gone by meant something else."""

from __future__ import annotations

from math import inf

import msgspec

SECONDS = 0.4
"""Nobody reads faster; whoever types a word leaves shorter gaps."""


class Moment(msgspec.Struct):
    """One question that has just come up.

    Attributes:
        seconds: How long it has to be seen, and how long no key may have been pressed before one counts.
        ready_at: From when on keys count; never while it is not painted yet.
    """

    seconds: float
    ready_at: float = inf

    def painted(self, now: float) -> None:
        """It is on the screen now."""
        self.ready_at = now + self.seconds

    def takes(self, pressed_at: float) -> bool:
        """Whether a key pressed then counts. One that does not puts the moment off: the word may go on."""
        if pressed_at >= self.ready_at:
            return True
        self.ready_at = max(self.ready_at, pressed_at + self.seconds)
        return False

    def left(self, now: float) -> float:
        """How many seconds it still takes."""
        return max(0.0, self.ready_at - now)
