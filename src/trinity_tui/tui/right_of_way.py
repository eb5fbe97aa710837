"""Keys go before everything else: while one is on its way to the screen, what would hold it up waits.

A key passes several queues before its paint, and between them everything that is ready gets its turn: changes are
handed out, panes painted, garbage looked for. While a key has the right of way none of that begins. It ends with the
paint of what has the focus, or with the key's own end; one that comes to none lets go after a moment, and the next one
does not take it before everything else had its turn.
"""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import TimerHandle

MOST_SECONDS = 0.1
"""For so long a picture may be late, where a key never comes to its end."""


class RightOfWay:
    """Who goes first in the one loop of the screen."""

    def __init__(self) -> None:
        self._lapse: TimerHandle | None = None
        self._free_from = float("-inf")
        """Before this, on the loop's clock, no key takes it."""
        self._is_clear = asyncio.Event()
        self._is_clear.set()
        self._is_announced = False
        self._holds_garbage = False

    @property
    def is_taken(self) -> bool:
        """Whether a key is under way."""
        return self._is_announced or self._lapse is not None

    def announce(self) -> None:
        """A key was read, and is soon to come: may be called from another thread, and needs no turn in the loop."""
        self._is_announced = True

    def take(self) -> None:
        """A key came."""
        self._is_announced = False
        loop = asyncio.get_running_loop()
        if self._lapse is None and loop.time() >= self._free_from:
            self._lapse = loop.call_later(MOST_SECONDS, self._lapsed)
            self._is_clear.clear()
            self._holds_garbage = gc.isenabled()
            gc.disable()

    def release(self) -> None:
        """What the key did is painted."""
        if self._lapse is not None:
            self._lapse.cancel()
            self._lapse = None
            self._is_clear.set()
            if self._holds_garbage:
                gc.enable()

    def _lapsed(self) -> None:
        self._free_from = asyncio.get_running_loop().time() + MOST_SECONDS
        self.release()

    async def clear(self) -> None:
        """Let whatever is ready go first, and a key that is under way reach the screen."""
        await asyncio.sleep(0)
        await self._is_clear.wait()
