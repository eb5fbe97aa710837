"""The machine's clocks, read together."""

from __future__ import annotations

import time

from trinity_tui.core.wall_clock import Moment


def moment() -> Moment:
    """This moment."""
    return Moment(time.time(), time.clock_gettime(time.CLOCK_BOOTTIME))
