"""Whether the loop that waits for answers stood still meanwhile: stopped, or without a processor itself.

It beats only while an answer is waited for; what an answer took is then known to be somebody else's time or our own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.instance import STANDSTILL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

BEAT_SECONDS = STANDSTILL_SECONDS / 4


class Pulse:
    """Beats while it is needed.

    Args:
        clock: Monotonic seconds.
        on_beat: Called at every beat; asks how long it stood still, and says whether another beat is needed.
    """

    def __init__(self, clock: Callable[[], float], on_beat: Callable[[], bool]) -> None:
        self._clock = clock
        self._on_beat = on_beat
        self._at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat, where it does not."""
        if self._timer is None:
            self._at = self._clock()
            self._arm()

    def stood_still(self) -> float:
        """For how many seconds nobody got here since this was last asked; 0.0 when for no longer than is usual."""
        if self._timer is None:
            return 0.0
        before, self._at = self._at, self._clock()
        still = self._at - before
        return still if still > STANDSTILL_SECONDS else 0.0

    def stop(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        is_needed = self._on_beat()
        self.stop()
        if is_needed:
            self._arm()
