"""Makes the past move: folds what came, a slice at a time, and plays on as the clock does.

Between two slices keys have their turn, however much there is to fold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump
    from textual.timer import Timer

    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.past.reel import Reel

TICK_SECONDS = 0.1
FOLD_SECONDS = 0.001


class Player:
    """Folds and plays one reel.

    Args:
        reel: What is played.
        clock: The time that goes by meanwhile.
        host: Whose timers are used.
        moved: Told that it played on, began or stopped.
    """

    def __init__(self, reel: Reel, clock: Clock, host: MessagePump, moved: Callable[[], None]) -> None:
        self._reel = reel
        self._clock = clock
        self._host = host
        self._moved = moved
        self._folding: Timer | None = None
        self._ticking: Timer | None = None
        self._ticked_at = 0.0

    def fold(self) -> None:
        """Fold what there is to fold."""
        if self._folding is None:
            self._fold_slice()

    def _fold_slice(self) -> None:
        self._folding = None
        self._reel.fold()
        if self._reel.is_folding:
            self._folding = self._host.set_timer(FOLD_SECONDS, self._fold_slice, name="fold")

    def toggle(self) -> None:
        """Play, or stop."""
        if self._reel.is_playing:
            self.stop()
        elif self._reel.window is not None:
            self._halt()
            self._reel.begin()
            self._ticked_at = self._clock.now()
            self._ticking = self._host.set_interval(TICK_SECONDS, self._tick, name="play")
            self._moved()

    def stop(self) -> None:
        """Stand still."""
        self._reel.is_playing = False
        self._halt()
        self._moved()

    def _halt(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None

    def _tick(self) -> None:
        now = self._clock.now()
        elapsed, self._ticked_at = now - self._ticked_at, now
        self._reel.play(max(0.0, elapsed))
        if not self._reel.is_playing:
            self._halt()
        self._moved()

    def faster(self, by: int) -> None:
        """Play by so many steps faster, or slower."""
        self._reel.faster(by)
        self._moved()
