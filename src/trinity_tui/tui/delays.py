"""Things to be done a little later, each once, however often they are asked for meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer


class Delays:
    """What is to be done, by what it is for.

    Args:
        later: Calls something after so many seconds, as ``set_timer`` does.
    """

    def __init__(self, later: Callable[[float, Callable[[], None]], Timer]) -> None:
        self._later = later
        self._waits: dict[str, Timer] = {}

    def soon(self, what: str, seconds: float, do: Callable[[], None]) -> None:
        """Do it once nothing more of it has come for so long."""
        if what in self._waits:
            self._waits.pop(what).stop()
        self.before_long(what, seconds, do)

    def before_long(self, what: str, seconds: float, do: Callable[[], None]) -> None:
        """Do it after so long, whatever more of it comes meanwhile."""

        def due() -> None:
            # One that was stopped may be on its way already.
            if self._waits.get(what) is timer:
                del self._waits[what]
                do()

        if what not in self._waits:
            timer = self._waits[what] = self._later(seconds, due)
