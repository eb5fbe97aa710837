"""persist-queue's SQLiteAckQueue in a folder; it wakes nobody, so it is polled."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from trinity_tui.bench.peers.port import Poll
from trinity_tui.core import message

if TYPE_CHECKING:
    from trinity_tui.core.message import Message


class PersistQueue:
    """One queue."""

    def __init__(self, place: str) -> None:
        self._module: Any = importlib.import_module("persistqueue")
        self._queue: Any = self._module.SQLiteAckQueue(place, multithreading=True, auto_commit=True)
        self._poll = Poll()

    async def open(self) -> None:
        """It is open already."""

    async def publish(self, messages: list[Message]) -> None:
        """One row each; it knows no windows."""
        for item in messages:
            self._queue.put(message.encode(item))

    async def subscribe(self) -> None:
        """A queue hands everything to whoever takes."""

    async def receive(self) -> list[Message]:
        """One message, taken and acknowledged."""
        return [await self.handle()]

    async def claim(self) -> None:
        """A queue hands everything to whoever takes."""

    async def handle(self) -> Message:
        """Get and acknowledge."""
        while True:
            try:
                item: Any = self._queue.get(block=False)
            except self._module.Empty:
                await self._poll.wait()
                continue
            self._poll.reset()
            self._queue.ack(item)
            return message.decode(item)

    async def aclose(self) -> None:
        """Close the file."""
        self._queue.close()
