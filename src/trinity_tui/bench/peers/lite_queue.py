"""litequeue: a queue in one SQLite file; it wakes nobody, so it is polled."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from trinity_tui.bench.peers.port import Poll
from trinity_tui.core import message

if TYPE_CHECKING:
    from trinity_tui.core.message import Message


class LiteQueue:
    """One queue."""

    def __init__(self, place: str) -> None:
        self._queue: Any = importlib.import_module("litequeue").LiteQueue(f"{place}/queue.sqlite3")
        self._poll = Poll()

    async def open(self) -> None:
        """It is open already."""

    async def publish(self, messages: list[Message]) -> None:
        """One row each; it knows no windows."""
        for item in messages:
            self._queue.put(message.encode(item).decode())

    async def subscribe(self) -> None:
        """A queue hands everything to whoever takes."""

    async def receive(self) -> list[Message]:
        """One message, taken and acknowledged."""
        return [await self.handle()]

    async def claim(self) -> None:
        """A queue hands everything to whoever takes."""

    async def handle(self) -> Message:
        """Pop and mark as done."""
        while (task := self._queue.pop()) is None:
            await self._poll.wait()
        self._poll.reset()
        self._queue.done(task.message_id)
        return message.decode(task.data.encode())

    async def aclose(self) -> None:
        """Close the file."""
        self._queue.close()
