"""The bus itself, as an instance uses it: lock, fence, bells, messages, acknowledgements."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.bus import open_bus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from trinity_tui.bus import Consumer
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record

NAME = "agent-1"


class Ours:
    """A bus in a folder."""

    def __init__(self, place: str) -> None:
        self._bus = open_bus(Path(place), "bench")
        self._batches: AsyncIterator[list[Record]] | None = None
        self._ahead: asyncio.Future[list[Record]] | None = None
        self._consumer: Consumer | None = None

    async def open(self) -> None:
        """It is open already."""

    async def publish(self, messages: list[Message]) -> None:
        """Accepted: written to the log, synced within 100 ms."""
        await self._bus.publish(*messages)

    async def subscribe(self) -> None:
        """Follow from the log's end."""
        self._batches = self._bus.follow(await self._bus.end())
        self._ahead = asyncio.ensure_future(anext(self._batches))
        await asyncio.sleep(0)

    async def receive(self) -> list[Message]:
        """The next batch."""
        assert self._batches
        ahead, self._ahead = self._ahead, None
        batch = await (ahead or anext(self._batches))
        return [record.message for record in batch]

    async def claim(self) -> None:
        """Be a consumer."""
        self._consumer = self._bus.consumer(NAME, "", since=0)

    async def handle(self) -> Message:
        """Take by priority, acknowledge into the consumer's file."""
        assert self._consumer
        delivery = await self._consumer.next()
        self._consumer.ack(delivery)
        return delivery.message

    async def aclose(self) -> None:
        """Close the bus."""
        await self._bus.aclose()
