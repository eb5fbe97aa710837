"""One instance's way to what is for it: waits for the log and for the moment, while ``queue`` has the rules."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus.queue import Queue
from trinity_tui.core.errors import BusError, MessageError

if TYPE_CHECKING:
    from trinity_tui.bus.queue import Delivery
    from trinity_tui.bus.source import Home, Source
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

MAX_DELIVER = 5


class Consumer:
    """What is for one instance. Made by ``Bus.consumer``; belongs to the loop it was made in."""

    def __init__(self, bus: Home, name: str, role: str, source: Source, max_deliver: int) -> None:
        self.name = name
        self.role = role
        self._bus = bus
        self._source = source
        self._queue = Queue(bus, name, source, max_deliver)
        self._changed = asyncio.Event()
        self._failure: BusError | None = None
        self._start = asyncio.create_task(self._catch_up(), name=f"bus consumer {name}: catching up")

    # What the log has

    async def _catch_up(self) -> None:
        await self._source.start(self._on_news, self._queue.take_in)
        self._queue.is_catching_up = False
        self._changed.set()

    async def _caught_up(self) -> None:
        if self._queue.is_catching_up:
            await asyncio.wait([self._start])
            if self._start.cancelled():
                raise BusError("the bus is closed")
            self._start.result()

    def _on_news(self) -> None:
        if self._queue.is_catching_up or self._failure:
            return
        try:
            if not self._queue.take_in():
                self._source.check_there()
            elif self._source.is_behind:
                asyncio.get_running_loop().call_soon(self._on_news)
        except BusError as error:
            self._failure = error
        self._changed.set()

    def _take_news(self) -> None:
        if self._failure:
            raise self._failure
        while self._queue.take_in():
            pass

    # Waiting, and taking

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return len(self._queue)

    def has_urgent(self) -> bool:
        """Whether an urgent message waits, counting what was appended up to now."""
        if not self._queue.is_catching_up:
            self._take_news()
        return self._queue.has_urgent()

    async def wait(self) -> None:
        """Return when a message can be taken.

        Raises:
            BusError: The log was deleted, or the bus closed.
        """
        await self._caught_up()
        self._take_news()
        while not self._queue.is_ready():
            await self._sleep()
            self._take_news()

    async def next(self) -> Delivery:
        """The next message: the most pressing, then the oldest.

        Raises:
            BusError: The log was deleted, or the bus closed.
        """
        await self._caught_up()
        while (delivery := self.next_nowait()) is None:
            await self._sleep()
        return delivery

    def next_nowait(self) -> Delivery | None:
        """The next message if there is one; None also until the log's end of the start has been reached.

        Raises:
            BusError: The log was deleted, or the bus closed.
        """
        if self._queue.is_catching_up:
            return None
        self._take_news()
        return self._queue.hand_out()

    async def _sleep(self) -> None:
        self._changed.clear()
        due = self._queue.next_due()
        if due is None:
            await self._changed.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - self._bus.clock())):
                await self._changed.wait()

    # What becomes of a delivery

    def read(self, delivery: Delivery) -> None:
        """A message has entered the brain's context: its sender will know."""
        self._queue.read(delivery.position)

    def ack(self, delivery: Delivery) -> None:
        """A message is done with; noted durably when this returns. A second time does nothing.

        Raises:
            BusError: It could not be noted; the message counts as not done with.
        """
        self._queue.ack(delivery.position)

    async def answered(self, delivery: Delivery, reply: Message) -> Position:
        """Publish the answer to a message, which acknowledges it; returns where the answer stands.

        Raises:
            MessageError: The answer is not from this consumer, or may not be published.
            BusError: It could not be written; the message counts as not done with.
        """
        if reply.from_ != self.name:
            raise MessageError("from", f"an answer of {self.name} cannot be from {reply.from_!r}")
        if reply.reply_to != delivery.message.id:
            reply = msgspec.structs.replace(reply, reply_to=delivery.message.id)
        [position] = await self._bus.publish(reply)
        self._queue.answered(delivery.position)
        return position

    def retry(self, delivery: Delivery, reason: str) -> None:
        """A message could not be handled: it comes again after a while, or was tried often enough and is a dead letter.

        Raises:
            BusError: It could not be noted; the message counts as delivered still.
        """
        self._queue.retry(delivery.position, reason)
        self._changed.set()

    def give_up(self, delivery: Delivery, reason: str) -> None:
        """A message will not be handled, however often it is tried: it is a dead letter at once.

        Raises:
            BusError: It could not be noted; the message counts as delivered still.
        """
        self._queue.give_up(delivery.position, reason)

    async def aclose(self) -> None:
        """Tell what is still to be told and give everything back; what is not acknowledged comes again."""
        self._failure = BusError("the bus is closed")
        self._start.cancel()
        await asyncio.wait([self._start])
        if not self._start.cancelled():
            self._start.exception()
        self._bus.forget(self)
        await self._queue.aclose()
        await self._source.aclose()
        self._changed.set()
