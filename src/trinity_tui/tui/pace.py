"""When the screen has to look again by itself: as rarely as what it shows allows, and not at all while all is still."""

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
