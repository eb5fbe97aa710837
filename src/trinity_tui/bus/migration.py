"""Moving a log from one carrier to another: every kept message in order, contents, and how far each consumer is.

::

    source  │ m1 m2 m3 m4 m5          positions are translated, also where a message speaks of one
    target  │ m1 m2 m3 ▲              what is there already must be the same, and is gone on from

Nothing is removed from the source. A move that was cut off is gone on with by doing it again; one that is done
changes nothing.
"""

from __future__ import annotations

import hashlib
from collections import deque
from typing import TYPE_CHECKING, Protocol

import msgspec

from trinity_tui.bus import blobs
from trinity_tui.bus.acks import Acks
from trinity_tui.core import message
from trinity_tui.core.errors import BusError
from trinity_tui.core.record import Record
from trinity_tui.core.relocation import Relocation
from trinity_tui.core.room_fold import Folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

_WINDOW = 256


class Movable(Protocol):
    """What a move needs of a carrier, besides what everybody knows."""

    @property
    def carrier(self) -> str:
        """What carries it."""
        ...

    def read(self, start: Position, stop: Position | None = None) -> AsyncIterator[Record]:
        """The records from ``start`` up to ``stop``."""
        ...

    async def append(self, messages: list[Message]) -> list[Position]:
        """Append messages as they are; they were accepted once."""
        ...

    async def has_content(self, name: str, size: int) -> bool:
        """Whether a content is stored."""
        ...

    async def content(self, name: str, size: int) -> str:
        """A stored content."""
        ...

    async def keep_content(self, message: Message) -> Message:
        """Store a message's content, and return the message that refers to it."""
        ...

    def marks(self) -> tuple[Layout, Format]:
        """Where the consumers' marks are, and what they are worth."""
        ...

    def raise_generation(self, above: int) -> Format:
        """Begin a generation in which no position of an older one means anything; above another log's as well."""
        ...


class Moved(msgspec.Struct):
    """What a move did, and what was verified."""

    messages: int = 0
    """In the log now, of those that the source keeps."""
    copied: int = 0
    contents: int = 0
    consumers: int = 0
    attempts: int = 0
    """Messages that wait for another attempt, over all consumers."""
    digest: str = ""
    """Of the messages and of the room folded from them, the same from the source and from the target."""


class _Digest(msgspec.Struct, frozen=True):
    count: int
    value: str


class Migration:
    """One move.

    Args:
        source: From where.
        target: To where.
    """

    def __init__(self, source: Movable, target: Movable) -> None:
        self._source = source
        self._target = target
        self._places = Relocation()
        self._moved = Moved()
        self._start: Position = 0
        """Where the first moved message stands in the target."""

    async def run(self) -> Moved:
        """Do it, and verify it.

        Raises:
            BusError: The target holds something else, a carrier fails, or what arrived is not what left.
        """
        there = await self._there()
        window: list[Record] = []
        async for record in self._unique(self._source):
            if there:
                self._match(record, there.popleft())
                continue
            window.append(record)
            if len(window) == _WINDOW:
                await self._append(window)
                window = []
        await self._append(window)
        if there:
            raise self._other(f"it goes on for {len(there)} messages that the source has not")
        await self._verify()
        self._move_marks()
        return self._moved

    async def _there(self) -> deque[tuple[str, Position]]:
        """What the target holds from the source's first message on: ids, and where they stand."""
        first = await anext(aiter(self._unique(self._source)), None)
        held = deque([(item.message.id, item.position) async for item in self._unique(self._target)])
        if first is None or not held:
            return held
        ids = [name for name, _ in held]
        if _id(first) not in ids:
            raise self._other("it holds other messages")
        for _ in range(ids.index(_id(first))):
            held.popleft()  # Older than what the source still keeps.
        return held

    def _match(self, record: Record, there: tuple[str, Position]) -> None:
        name, position = there
        if name != _id(record):
            raise self._other(f"message {_id(record)} is not where it should be")
        self._place(record, position)

    def _place(self, record: Record, position: Position) -> None:
        if not len(self._places):
            self._start = position
        self._places.add(record.position, position)
        self._moved.messages += 1

    async def _append(self, window: list[Record]) -> None:
        """Append a window; one that speaks of a position in it has to wait until that is known."""
        while window:
            part = _independent(window)
            positions = await self._target.append([await self._ready(record) for record in part])
            for record, position in zip(part, positions, strict=True):
                self._place(record, position)
            self._moved.copied += len(part)
            window = window[len(part) :]

    async def _ready(self, record: Record) -> Message:
        reference = blobs.reference_of(record.message)
        if reference and not await self._target.has_content(*reference):
            whole = await self._source.content(*reference)
            await self._target.keep_content(msgspec.structs.replace(record.message, content=whole))
            self._moved.contents += 1
        return self._named(self._places.said_anew(record.message), record)

    @staticmethod
    def _named(said: Message, record: Record) -> Message:
        return said if said.id else msgspec.structs.replace(said, id=_id(record))

    def _other(self, why: str) -> BusError:
        other = BusError(f"{self._target.carrier} is not a copy of {self._source.carrier}: {why}")
        other.hint = "Choose a stream that is new, or move .trinity/bus away where files are the target."
        return other

    async def _unique(self, bus: Movable) -> AsyncIterator[Record]:
        """The log without what was said twice, which no fold looks at."""
        seen: set[str] = set()
        async for record in bus.read(0):
            if _id(record) not in seen:
                seen.add(_id(record))
                yield record

    async def _verify(self) -> None:
        """Read both again: the same messages, and the same room folded from them."""
        ours = await self._digest(self._source, 0)
        theirs = await self._digest(self._target, self._start)
        if ours != theirs or ours.count != self._moved.messages:
            raise BusError(
                f"what arrived is not what left: {ours.count} messages ({ours.value}) in {self._source.carrier}, "
                f"{theirs.count} ({theirs.value}) in {self._target.carrier}"
            )
        self._moved.digest = ours.value

    async def _digest(self, bus: Movable, start: Position) -> _Digest:
        """What a log says, with each message's number in place of its position."""
        numbers, lines, folder = Relocation(), hashlib.sha256(), Folder()
        async for record in self._unique(bus):
            if record.position >= start:
                said = self._named(numbers.said_anew(record.message), record)
                numbers.add(record.position, len(numbers) + 1)
                lines.update(message.encode(said))
                folder.apply(Record(len(numbers), said))
        return _Digest(len(numbers), f"{lines.hexdigest()[:16]}-{folder.room.digest()}")

    def _move_marks(self) -> None:
        paths, format_ = self._source.marks()
        new_paths, _ = self._target.marks()
        new_format = self._target.raise_generation(format_.generation)
        for path in sorted(paths.consumers.glob("*/acks.jsonl")):
            name = path.parent.name
            old = Acks(path, format_, lambda: (0, 0))
            new_paths.acks(name).unlink(missing_ok=True)
            begin = (self._places.mark(old.low), self._places.mark(old.many_from))
            new = Acks(new_paths.acks(name), new_format, lambda begin=begin: begin)
            self._mark(old, new)
            old.close()
            new.close()
            self._moved.consumers += 1

    def _mark(self, old: Acks, new: Acks) -> None:
        for position in sorted(old.acked):
            if (place := self._places.exact(position)) is not None:
                new.ack(place)
        for position, (attempt, due) in old.retries.items():
            if (place := self._places.exact(position)) is not None:
                new.retry(place, attempt, due)
                self._moved.attempts += 1


def _id(record: Record) -> str:
    return record.message.id or f"at-{record.position}"


def _independent(window: list[Record]) -> list[Record]:
    """The beginning of a window up to before what may speak of a position inside it."""
    for index, record in enumerate(window):
        if index and record.message.type in ("receipt", "task_update", "task_complete"):
            return window[:index]
    return window
