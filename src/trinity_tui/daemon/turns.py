"""Waits for the end of an instance's turn before something is done to it; never longer than a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_SECONDS = 60.0
"""How long a turn may go on when its instance is to be restarted or to leave."""


class Turns:
    """What waits for the end of a turn, one thing for each instance.

    Args:
        is_busy: Whether an instance is in a turn.
        wait_seconds: How long one is waited for at most.
    """

    def __init__(self, is_busy: Callable[[str], bool], wait_seconds: float = WAIT_SECONDS) -> None:
        self.is_busy = is_busy
        self._wait_seconds = wait_seconds
        self._waiting: dict[str, tuple[Callable[[], None], asyncio.TimerHandle]] = {}

    @property
    def waiting(self) -> set[str]:
        """Whose turn is waited for."""
        return set(self._waiting)

    def after(self, instance: str, act: Callable[[], None]) -> None:
        """Do this when the turn is over: now, where none runs. What waited before is not done any more."""
        self.forget(instance)
        if not self.is_busy(instance):
            act()
            return
        timer = asyncio.get_running_loop().call_later(self._wait_seconds, self._do, instance)
        self._waiting[instance] = (act, timer)

    def heard(self, instance: str) -> None:
        """The instance said what it does now."""
        if instance in self._waiting and not self.is_busy(instance):
            self._do(instance)

    def forget(self, instance: str) -> None:
        """Wait for this one no more, and do nothing."""
        waited = self._waiting.pop(instance, None)
        if waited is not None:
            waited[1].cancel()

    def _do(self, instance: str) -> None:
        act, timer = self._waiting.pop(instance)
        timer.cancel()
        act()

    def close(self) -> None:
        """No timer goes off any more."""
        for instance in list(self._waiting):
            self.forget(instance)
