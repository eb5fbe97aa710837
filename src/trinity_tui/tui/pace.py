"""When the screen looks again: by itself as rarely as what it shows allows, and at what changed not more often than is
read."""

from __future__ import annotations

import math
from typing import Literal

from trinity_tui.tui.traffic import BUCKET_SECONDS

Pace = Literal["moving", "flashing", "ticking", "fading", "still"]
"""A mark is on its way; a node flashes; a duration in seconds is shown; the last minute still holds something that
will leave it; nothing of all that."""
FRAME_SECONDS = 1 / 20
FLASH_LOOK_SECONDS = 0.2
STEPS: dict[Pace, float] = {"ticking": 1.0, "fading": BUCKET_SECONDS, "still": 60.0}


def next_look(now: float, pace: Pace) -> float:
    """Seconds until the next look; ``now`` is in seconds since the epoch."""
    if pace == "moving":
        return FRAME_SECONDS
    if pace == "flashing":
        return FLASH_LOOK_SECONDS
    step = STEPS[pace]
    # Just after the boundary, so that what is shown has changed when it is looked at.
    return (math.floor(now / step) + 1) * step - now + 0.01


UPDATE_SECONDS = 1 / 30
BUSY_UPDATE_SECONDS = 1 / 10
BUSY_UPDATES = 5
"""After so many updates without a pause between them, the longer interval: nobody reads faster than that scrolls."""


class Rhythm:
    """Updates of one kind: the first after a pause at once, those that follow at a distance.

    Attributes:
        due_at: From when on the next one may be; seconds of a monotonic clock.
    """

    def __init__(self) -> None:
        self.due_at = 0.0
        self._in_a_row = 0

    def beat(self, now: float) -> bool:
        """Something has changed: whether that is told now."""
        if now < self.due_at:
            return False
        # What is told as soon as it may be had waited for it.
        self._in_a_row = self._in_a_row + 1 if now - self.due_at < UPDATE_SECONDS else 0
        self.due_at = now + (BUSY_UPDATE_SECONDS if self._in_a_row >= BUSY_UPDATES else UPDATE_SECONDS)
        return True
