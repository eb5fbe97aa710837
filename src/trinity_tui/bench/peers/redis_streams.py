"""Redis Streams with an append-only file, by redis-py and hiredis. The place is ``PORT/STREAM``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from trinity_tui.core import message

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

GROUP, WORKER = "bench", "agent-1"
BATCH = 1000
Answer = list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]
"""For each stream: its name, and the ids and fields of its entries."""


class RedisStreams:
    """One stream."""

    def __init__(self, place: str) -> None:
        port, _, self._stream = place.partition("/")
        redis: Any = importlib.import_module("redis.asyncio")
        self._client: Any = redis.Redis(host="127.0.0.1", port=int(port), protocol=2)
        self._last = b"0-0"

    async def open(self) -> None:
        """Connect."""
        await self._client.ping()

    async def publish(self, messages: list[Message]) -> None:
        """One is an XADD; a window is a pipeline of them."""
        if len(messages) == 1:
            await self._client.xadd(self._stream, {b"m": message.encode(messages[0])})
            return
        pipeline = self._client.pipeline(transaction=False)
        for item in messages:
            pipeline.xadd(self._stream, {b"m": message.encode(item)})
        await pipeline.execute()

    async def subscribe(self) -> None:
        """Read from the stream's end."""
        newest = await self._client.xrevrange(self._stream, count=1)
        self._last = newest[0][0] if newest else b"0-0"

    async def receive(self) -> list[Message]:
        """XREAD that blocks."""
        answer: Answer = []
        while not answer:
            answer = await self._client.xread({self._stream: self._last}, count=BATCH, block=1000)
        entries = answer[0][1]
        self._last = entries[-1][0]
        return [message.decode(fields[b"m"]) for _, fields in entries]

    async def claim(self) -> None:
        """Be the worker of a group."""
        await self._client.xgroup_create(self._stream, GROUP, id="0", mkstream=True)

    async def handle(self) -> Message:
        """XREADGROUP of one, XACK."""
        answer: Answer = await self._client.xreadgroup(GROUP, WORKER, {self._stream: ">"}, count=1, block=1000)
        [(number, fields)] = answer[0][1]
        await self._client.xack(self._stream, GROUP, number)
        return message.decode(fields[b"m"])

    async def aclose(self) -> None:
        """Disconnect."""
        await self._client.aclose()
