"""When a screen looks again by itself: one look at a time, at the earliest moment that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump
    from textual.timer import Timer

    from trinity_tui.tui.clock import Clock


class NextLook:
    """The look that comes next.

    Args:
        screen: Whose timer it is.
        clock: The time.
        name: What the timer is called.
        look: Looks; asks for the look after that.
    """

    def __init__(self, screen: MessagePump, clock: Clock, name: str, look: Callable[[], None]) -> None:
        self._screen = screen
        self._clock = clock
        self._name = name
        self._look = look
        self._timer: Timer | None = None
        self._due = 0.0

    def within(self, seconds: float) -> None:
        """Look after so long; what is due earlier stays, what is due later is not waited for."""
        now = self._clock.now()
        due = now + seconds
        if self._timer is not None:
            # One that should have come already, as the time was set, comes too late or never.
            if now < self._due <= due:
                return
            self._timer.stop()
        self._due = due
        self._timer = self._screen.set_timer(seconds, self._now, name=self._name)

    def with_this(self, seconds: float) -> None:
        """Something is painted now: what would be looked at within so long is looked at with it, in one frame."""
        if self._timer is not None and self._due - self._clock.now() <= seconds:
            self._timer.stop()
            self._now()

    def _now(self) -> None:
        self._timer = None
        self._look()
