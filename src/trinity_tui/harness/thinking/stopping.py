"""What the person may stop: the parts of a turn are done one after the other, and none is begun after that."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

STOPPED = "stopped by you"
T = TypeVar("T")


class StoppedError(Exception):
    """The person stopped this turn."""


class Stop:
    """The person's way to stop one turn, whatever it is at.

    Args:
        turn: The id of the message that is answered.

    Attributes:
        is_stopped: Whether the person did.
        on_stop: Called when the person does, for what is done elsewhere because of this turn.
    """

    def __init__(self, turn: str) -> None:
        self.turn = turn
        self._running: asyncio.Task[Any] | None = None
        self.is_stopped = False
        self.on_stop: Callable[[], None] = lambda: None

    def stop(self) -> None:
        """Cut what runs, and begin no other part."""
        self.is_stopped = True
        if self._running is not None:
            self._running.cancel()
        self.on_stop()

    async def obey(self, work: Coroutine[Any, Any, T]) -> T:
        """Do a part of the turn.

        Raises:
            StoppedError: The person stopped it.
        """
        if self.is_stopped:
            work.close()
            raise StoppedError
        self._running = task = asyncio.create_task(work, name=f"part of {self.turn}")
        try:
            await asyncio.wait({task})
        finally:
            self._running = None
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        if self.is_stopped and task.cancelled():
            raise StoppedError
        return task.result()
