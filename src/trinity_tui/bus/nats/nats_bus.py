"""The bus over a NATS JetStream: positions are the stream's sequences, which the server gives and never gives twice."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import blobs
from trinity_tui.bus.acks import Acks
from trinity_tui.bus.consumer import MAX_DELIVER, Consumer
from trinity_tui.bus.consumers import Consumers
from trinity_tui.bus.layout import NATS_FOLDER, Layout
from trinity_tui.bus.nats import computers, stream, subjects
from trinity_tui.bus.nats.inbox import Inbox
from trinity_tui.bus.nats.link import Link
from trinity_tui.bus.nats.publish import Outgoing, Publisher
from trinity_tui.bus.nats.pull import Puller
from trinity_tui.bus.nats.readable_stream import ReadableStream
from trinity_tui.core import message, record
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from trinity_tui.bus.carrier import Stats
    from trinity_tui.bus.layout import Format
    from trinity_tui.bus.nats.place import Place
    from trinity_tui.bus.nats.pull import Raw
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position, Record

RECALL_SEQUENCES = 80_000
"""How far back a consumer that starts for the first time looks for direct messages."""
FOLLOW_SECONDS = 20.0


async def open_nats_bus(
    root: Path,
    who: str,
    place: Place,
    *,
    clock: Callable[[], float] = time.monotonic,
    wall_clock: Callable[[], float] = time.time,
) -> NatsBus:
    """Connect to the stream, making it where there is none.

    Args:
        root: The bus's folder, ``.trinity/bus``.
        who: Whose bus this is, for the server's lists.
        place: Servers and stream.
        clock: Monotonic seconds, for ageing and back-off.
        wall_clock: Seconds since the epoch, for expiry.

    Raises:
        BusError: No server answers, it refuses us, or the stream is somebody else's.
    """
    local = Layout(root / NATS_FOLDER)
    Layout(root).create()
    local.create()
    link = Link(place, who)
    await link.open()
    async with AsyncExitStack() as unless_opened:
        unless_opened.push_async_callback(link.aclose)
        identity, info = await stream.ensure(link)
        notes = stream.Notes(local)
        known, format_ = notes.settle(identity, info.state.last_seq + 1)
        await computers.claim(link, known.workspace)
        bus = NatsBus(Layout(root), local, link, format_, known, info, clock, wall_clock)
        await bus.start()
        unless_opened.pop_all()
    return bus


class NatsBus(ReadableStream):
    """One process's way to the stream. Belongs to the loop it was opened in."""

    def __init__(
        self,
        layout: Layout,
        local: Layout,
        link: Link,
        format_: Format,
        known: stream.Known,
        info: stream.Info,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        super().__init__(link, layout, local, format_, info, clock, wall_clock)
        self._known = known
        self._publisher = Publisher(link, self.stats_now)
        self._consumers = Consumers()
        self._closed = asyncio.Event()
        self._failure: BusError | None = None

    async def start(self) -> None:
        """Begin to publish and to look after the stream."""
        await self._publisher.open()
        self.link.verify_with(self._verify)

    @property
    def carrier(self) -> str:
        """The servers, without a password."""
        return self.link.place.shown

    @property
    def dead(self) -> Path:
        """The folder of dead letters."""
        return self.layout.dead

    def watch(self, told: Callable[[str], None]) -> None:
        """Have a sentence when the servers do not answer, and an empty one when they do again."""
        self.link.watch(told)

    def stats(self) -> Stats:
        """What this bus has done and met since it was opened."""
        return msgspec.structs.replace(self.stats_now)

    def lock_holder(self) -> tuple[int, float] | None:
        """Nobody: the server keeps the order."""
        return None

    async def publish(self, *messages: Message) -> list[Position]:
        """Send messages and return where they stand; they are accepted when this returns.

        Raises:
            MessageError: One of them may not be published; none was.
            BusError: The server did not accept them. Trying again keeps the ids.
        """
        ready: list[Message] = []
        for item in messages:
            message.check(item)
            if blobs.is_long(item.content):
                item = await self._blobs.put(item)
                self.stats_now.blobs += 1
                message.check(item)
            ready.append(item)
        return await self.append(ready)

    async def append(self, messages: list[Message]) -> list[Position]:
        """Send messages as they are.

        Raises:
            MessageError: One is over the limit of a line.
            BusError: The server did not accept them.
        """
        place = self.link.place
        outgoing = [
            Outgoing(subjects.subject_of(place.stream, item, place.computer), item.id, record.encode(item)[:-1])
            for item in messages
        ]
        if not outgoing:
            return []
        positions = await self._publisher.submit(outgoing)
        self.known_end = max(self.known_end, self._publisher.last + 1)
        return positions

    async def follow(self, start: Position) -> AsyncIterator[list[Record]]:
        """The records from ``start``, in bounded batches, until the bus is closed.

        Raises:
            BusError: The stream is another one since.
        """
        puller = Puller(self.link, start)
        taking: asyncio.Task[list[Raw]] | None = None
        closed = asyncio.create_task(self._closed.wait(), name="bus: following until closed")
        try:
            while not self._closed.is_set():
                taking = taking or asyncio.create_task(puller.take(FOLLOW_SECONDS), name="bus: following")
                await asyncio.wait({taking, closed}, return_when=asyncio.FIRST_COMPLETED)
                self.check()
                if not taking.done():
                    continue
                found = self._taken(taking)
                taking = None
                if found and (records := self._records(found)):
                    yield records
        finally:
            closed.cancel()
            if taking:
                taking.cancel()
                await asyncio.wait({taking})
            await puller.aclose()

    def _taken(self, taking: asyncio.Task[list[Raw]]) -> list[Raw]:
        try:
            return taking.result()
        except BusError:
            # The servers are away: whoever watches was told, and following goes on when they are back.
            self.check()
            return []

    def consumer(
        self, name: str, role: str, *, since: Position | None = None, max_deliver: int = MAX_DELIVER
    ) -> Consumer:
        """See ``Bus.consumer``."""
        role = self._consumers.admit(name, role)
        recall = max(self.first_known, self.known_end - RECALL_SEQUENCES)
        begin = (recall if since is None else since, self.known_end)
        own = Acks(self.local.acks(name), self._format, lambda: begin)
        return self._consumers.add(Consumer(self, name, role, Inbox(self, name, role, own), max_deliver))

    def forget(self, consumer: Consumer) -> None:
        """A consumer was closed."""
        self._consumers.forget(consumer)

    async def body(self, message: Message) -> str:
        """The whole content of a message, fetched where it travels apart.

        Raises:
            BusError: It is not there, or not what was stored.
        """
        reference = blobs.reference_of(message)
        return message.content if reference is None else await self._blobs.get(*reference)

    # The stream is the one it was

    def check(self) -> None:
        """Make sure that the stream is the one it was.

        Raises:
            BusError: It is another one.
        """
        if self._failure:
            raise self._failure

    async def _verify(self) -> None:
        """After a reconnection: nothing of ours is for another stream, so all of it ends where there is one."""
        info = await stream.info_of(self.link, at_once=True)
        is_ours = info is not None and stream.id_of(self.link, info) == self._known.stream
        if info is None or not is_ours or info.state.last_seq + 1 < self.known_end:
            self._failure = self._other()
            self._publisher.fail(self._failure)

    async def aclose(self) -> None:
        """Wait a little for what is on its way, end the readers, disconnect."""
        if self._closed.is_set():
            return
        await self._consumers.aclose()
        self._closed.set()
        await self._publisher.aclose()
        await self.link.aclose()
