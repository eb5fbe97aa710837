"""NATS JetStream with a file store, by nats-py. The place is ``PORT/STREAM``."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any

from trinity_tui.core import message

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

ACK_WAIT_SECONDS = 60.0


class JetStream:
    """One stream with one subject."""

    def __init__(self, place: str) -> None:
        self._port, _, self._stream = place.partition("/")
        self._client: Any = None
        self._context: Any = None
        self._pull: Any = None
        self._came: list[Message] = []
        self._news = asyncio.Event()

    async def open(self) -> None:
        """Connect and make the stream."""
        self._client = await importlib.import_module("nats").connect(f"nats://127.0.0.1:{self._port}")
        self._context = self._client.jetstream()
        await self._context.add_stream(name=self._stream, subjects=[self._stream])

    async def publish(self, messages: list[Message]) -> None:
        """One waits for its acknowledgement; a window is sent whole before its acknowledgements are waited for."""
        if len(messages) == 1:
            await self._context.publish(self._stream, message.encode(messages[0]))
            return
        waiting = [await self._context.publish_async(self._stream, message.encode(item)) for item in messages]
        await asyncio.gather(*waiting)

    async def subscribe(self) -> None:
        """A push consumer that acknowledges nothing."""
        api = importlib.import_module("nats.js.api")
        config = api.ConsumerConfig(ack_policy=api.AckPolicy.NONE, deliver_policy=api.DeliverPolicy.NEW)
        await self._context.subscribe(self._stream, stream=self._stream, cb=self._take, config=config)

    async def _take(self, delivery: Any) -> None:
        self._came.append(message.decode(delivery.data))
        self._news.set()

    async def receive(self) -> list[Message]:
        """What came since the last call."""
        await self._news.wait()
        self._news.clear()
        came, self._came = self._came, []
        return came

    async def claim(self) -> None:
        """A durable pull consumer."""
        self._pull = await self._context.pull_subscribe(self._stream, durable="bench", stream=self._stream)

    async def handle(self) -> Message:
        """Fetch one, wait until its acknowledgement is confirmed."""
        [delivery] = await self._pull.fetch(1, timeout=ACK_WAIT_SECONDS)
        found = message.decode(delivery.data)
        await delivery.ack_sync()
        return found

    async def aclose(self) -> None:
        """Disconnect."""
        await self._client.close()
