"""The bus over files: one shared log in a folder, no server. Puts this room's parts together and owns their lives.

``file_opening`` opens one.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import bells, blobs, layout, sidecar
from trinity_tui.bus.acks import Acks
from trinity_tui.bus.append import Appender
from trinity_tui.bus.bells import Ringer
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.consumer import MAX_DELIVER, Consumer
from trinity_tui.bus.consumers import Consumers
from trinity_tui.bus.file_source import FileSource, bells_of
from trinity_tui.bus.intake import Intake
from trinity_tui.bus.kept_log import KeptLog
from trinity_tui.bus.lock import AppendLock, LockObserver
from trinity_tui.bus.publish import Publisher
from trinity_tui.bus.reading import LineFetcher, LogReader
from trinity_tui.bus.sync import Syncer
from trinity_tui.bus.wakeup import Watcher
from trinity_tui.core import message, record
from trinity_tui.core.carrier import FILES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from trinity_tui.bus.carrier import Durability, Wakeup
    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position, Record

RECALL_SEGMENTS = 4
"""How far back a consumer that starts for the first time looks for direct messages."""


class FileBus(KeptLog):
    """One process's way to the log. Not to be carried over a fork."""

    def __init__(
        self,
        paths: Layout,
        format_: Format,
        lock: AppendLock,
        who: str,
        durability: Durability,
        wakeup: Wakeup,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        super().__init__(paths, format_, wall_clock)
        self.who = who
        self.clock = clock
        self.stats_now = Stats()
        self._lock = lock
        self._wakeup: Wakeup = wakeup
        self._appender = Appender(paths, lock, format_.segment_bytes, self.stats_now)
        self._syncer = Syncer(paths, self._appender, durability)
        self._ringer = Ringer(paths.bells)
        self._publisher = Publisher(lock, self._appender, self._syncer, self._ringer, durability, self.stats_now)
        self._watcher: Watcher | None = None
        self._observer: LockObserver | None = None
        self._consumers = Consumers()
        self._readers: set[LogReader] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._summing: set[Position] = set()
        self._is_closed = False

    # What everything above knows.

    @property
    def carrier(self) -> str:
        """What carries it, as a person may read it."""
        return FILES

    @property
    def dead(self) -> Path:
        """The folder of dead letters."""
        return self.layout.dead

    def watch(self, told: Callable[[str], None]) -> None:
        """Nobody has to answer for files to be there: there is nothing to tell."""

    async def publish(self, *messages: Message) -> list[Position]:
        """Append messages together and return where they stand; they are accepted when this returns.

        Raises:
            MessageError: One of them may not be published; none was.
            BusError: The log refused: full disk, deleted folder, closed bus. Trying again keeps the ids.
        """
        lines: list[bytes] = []
        rings = {bells.LOG}
        for item in messages:
            if len(item.content) > blobs.SURELY_SHORT_CHARACTERS and blobs.is_long(item.content):
                message.check(item)
                item = await self._syncer.run(partial(blobs.put, self.layout.blobs, item))
                self.stats_now.blobs += 1
            message.check(item)
            lines.append(record.encode(item))
            if bell := bells.bell_of(item):
                rings.add(bell)
        if self._publisher.is_full:
            await self._publisher.room()
        if not lines:
            return []
        placed = self._publisher.write(lines, rings)
        return placed if isinstance(placed, list) else await placed

    async def read(self, start: Position, stop: Position | None = None) -> AsyncIterator[Record]:
        """The records from ``start`` up to ``stop`` (the log's end when called).

        Raises:
            BusError: The log cannot be read.
        """
        limit = self.end_now() if stop is None else stop
        reader = self.open_reader(start)
        try:
            while reader.position < limit and (batch := reader.records()):
                for item in batch:
                    if item.position >= limit:
                        return
                    yield item
                await asyncio.sleep(0)
        finally:
            self.close_reader(reader)

    async def follow(self, start: Position) -> AsyncIterator[list[Record]]:
        """The records from ``start``, in bounded batches, until the bus is closed.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        news = asyncio.Event()
        watcher = self.watcher()
        watcher.listen([bells.LOG], news.set)
        reader = self.open_reader(start)
        try:
            while not self._is_closed:
                news.clear()
                if batch := reader.records():
                    yield batch
                else:
                    reader.check_there()
                if batch and reader.is_behind:
                    await asyncio.sleep(0)
                else:
                    await news.wait()
        finally:
            watcher.forget(news.set)
            self.close_reader(reader)

    def consumer(
        self, name: str, role: str, *, since: Position | None = None, max_deliver: int = MAX_DELIVER
    ) -> Consumer:
        """See ``Bus.consumer``."""
        role = self._consumers.admit(name, role)
        format_ = layout.read_format(self.layout) or self._format
        own = Acks(self.layout.acks(name), format_, partial(self._begin, since), role, self.first_now())
        wanted = sidecar.wanted_by(self.layout, name, role, self._sum_up)
        intake = Intake(name, role, own, self.stats_now)
        source = FileSource(self, bells_of(name, role), own, intake, self.open_reader(own.low, wanted))
        return self._consumers.add(Consumer(self, name, role, source, max_deliver))

    def _begin(self, since: Position | None) -> tuple[Position, Position]:
        bases = self.layout.bases()[-RECALL_SEGMENTS:]
        return (bases[0] if bases else 0) if since is None else since, self.end_now()

    async def end(self) -> Position:
        """Where the next record will stand.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        return self.end_now()

    async def body(self, message: Message) -> str:
        """The whole content of a message, fetched where it travels apart.

        Raises:
            BusError: It is not there, or not what was stored.
        """
        reference = blobs.reference_of(message)
        if reference is None:
            return message.content
        return await self._syncer.run(partial(blobs.get, self.layout.blobs, *reference))

    def stats(self) -> Stats:
        """What this bus has done and met since it was opened."""
        return msgspec.structs.replace(self.stats_now, wakeup=self._watcher.wakeup if self._watcher else "")

    def lock_holder(self) -> tuple[int, float] | None:
        """The pid of the lock's holder and for how many seconds this bus, asked repeatedly, has seen that one hold.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        if self._observer is None:
            self._observer = LockObserver(self.layout.lock)
        return self._observer.holder(self.end_now(), self.clock())

    # What a move to another carrier needs.

    async def append(self, messages: list[Message]) -> list[Position]:
        """Append messages as they are; they were accepted once.

        Raises:
            BusError: The log refused.
        """
        if self._publisher.is_full:
            await self._publisher.room()
        lines = [record.encode(item) for item in messages]
        return await self._publisher.submit(lines, {bells.LOG}) if lines else []

    async def has_content(self, name: str, size: int) -> bool:
        """Whether a content is stored."""
        path = self.layout.blobs / name
        return path.exists() and path.stat().st_size == size

    async def content(self, name: str, size: int) -> str:
        """A stored content.

        Raises:
            BusError: It is not there, or not what was stored.
        """
        return await self._syncer.run(partial(blobs.get, self.layout.blobs, name, size))

    async def keep_content(self, message: Message) -> Message:
        """Store a message's content, and return the message that refers to it.

        Raises:
            MessageError: It is over the limit.
            BusError: It cannot be stored.
        """
        return await self._syncer.run(partial(blobs.put, self.layout.blobs, message))

    def marks(self) -> tuple[Layout, Format]:
        """Where the consumers' marks are, and what they are worth."""
        return self.layout, self._format

    def raise_generation(self, above: int) -> Format:
        """Begin a generation in which no position of an older one means anything.

        Raises:
            BusError: It cannot be written.
        """
        self._format = self._format.raised_above(above)
        layout.write_format(self.layout, self._format)
        return self._format

    # What the other modules of this room use.

    async def fence(self) -> None:
        """Close a line that a killed writer left torn, so that readers see what is whole of it."""
        if self._probe.is_torn():
            await self._publisher.submit([], ())

    def watcher(self) -> Watcher:
        """Who wakes this bus's readers."""
        if self._watcher is None:
            self._watcher = Watcher(self.layout, self._wakeup, self.end_now)
        return self._watcher

    def open_reader(self, start: Position, wanted: Callable[[Position], bool] | None = None) -> LogReader:
        """A reader that is closed with the bus at the latest."""
        reader = LogReader(self.layout, self._format.segment_bytes, start, self.stats_now, wanted)
        self._readers.add(reader)
        return reader

    def close_reader(self, reader: LogReader) -> None:
        """Give a reader back."""
        reader.close()
        self._readers.discard(reader)

    def open_fetcher(self) -> LineFetcher:
        """A way to single lines."""
        return LineFetcher(self.layout)

    def unlisten(self, call: Callable[[], None]) -> None:
        """A reader is not to be woken any more."""
        if self._watcher:
            self._watcher.forget(call)

    def forget(self, consumer: Consumer) -> None:
        """A consumer was closed."""
        self._consumers.forget(consumer)

    def _sum_up(self, base: Position) -> None:
        if base not in self._summing and not self._is_closed:
            self._summing.add(base)
            self._spawn(self._write_sidecar(base), f"bus: summing up segment {base}")

    async def _write_sidecar(self, base: Position) -> None:
        await self._syncer.run(partial(sidecar.write, self.layout, base))
        self._summing.discard(base)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Write what is queued, end the readers, give back every descriptor and thread."""
        if self._is_closed:
            return
        self._is_closed = True
        await self._consumers.aclose()
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._publisher.aclose()
        await self._syncer.aclose()
        if self._watcher:
            self._watcher.call_all()
            self._watcher.close()
        for reader in self._readers:
            reader.close()
        for part in (self._ringer, self._appender, self._lock, self._probe, self._observer):
            if part:
                part.close()
