"""Keeps what the log says of the memory: into this computer's file of lines first, then into the index.

::

    log ─▶ coordination/memory/C1.jsonl ─▶ .trinity/memory.json (how far) ─▶ .trinity/memory.db

Each step may be killed before the next: a line is in the file once, by its id, whatever is read a second time, and the
index takes in what is new in the files, also of other computers. What was put aside of the file, as by git, is written
again from what the log still has.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.core.errors import BusError, StoreError
from trinity_tui.core.memory_message import has_memory, operation_of
from trinity_tui.core.record import Position
from trinity_tui.memory import database, records
from trinity_tui.memory.index import Caught, Index
from trinity_tui.memory.records import RecordFile
from trinity_tui.memory.tally import Tally
from trinity_tui.store import document
from trinity_tui.tools.uncut import to_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.memory import Operation
    from trinity_tui.core.message import Message
    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.record import Record

LOOK_SECONDS = 2.0
"""How often the files of other computers are looked at."""
RETRY_SECONDS = 5.0
SAVE_SECONDS = 60.0
"""How often it is noted how far we are in a log that says nothing to be remembered."""
BATCH = 2_000
"""So many messages are kept at once when the log is read again."""
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Place(msgspec.Struct, frozen=True):
    """How far of the log is in our file, and what tells that it still is that file."""

    generation: int = -1
    """None yet, where it is not known how far we came."""
    position: Position = 0
    size: int = 0
    mark: str = ""


class Remembering:
    """The memory of one workspace, as its coordinator keeps it.

    Args:
        workspace: Whose.
        bus: The log.
        computer: Which computer this is, such as ``C1``.
        trouble: Told why it cannot be kept; told an empty sentence when it can.
        changed: Called when something else can be found now.

    Attributes:
        uses: How often each record was used.
        tried: Set once all that the log had at the start is kept, or could not be.
    """

    def __init__(
        self, workspace: Workspace, bus: Bus, computer: str, trouble: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:  # fmt: skip
        self._workspace = workspace
        self._bus = bus
        self._computer = computer
        self._trouble = trouble
        self._changed = changed
        self._is_changed = False
        self.uses = Tally(workspace.instances)
        self._path = workspace.memory / f"{computer}.jsonl"
        self._file = RecordFile(self._path)
        self._place = Place()
        self._index: Index | None = None
        self._seen: dict[str, tuple[int, int]] = {}
        self._heard: list[Message] = []
        self._heard_to: Position = 0
        self._saved_at = float("-inf")
        self._news = asyncio.Event()
        self._kept = asyncio.Condition()
        self._turn = asyncio.Lock()
        self.tried = asyncio.Event()

    def hear(self, records: Sequence[Record]) -> None:
        """Take note of records that were just folded."""
        fresh = [record.message for record in records if has_memory(record.message)]
        if records:
            self._heard_to = records[-1].position + 1
        if fresh:
            self._heard += fresh
            self._news.set()

    async def run(self) -> None:
        """Keep it so for ever; what cannot be kept now is tried again, and is in the log until then."""
        while True:
            try:
                await self._read_again()
                self._trouble("")
                self.tried.set()
                await self._go_on()
            except (StoreError, BusError) as error:
                self._trouble(f"What is to be remembered cannot be kept: {error}. It is tried again.")
                self.tried.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def kept(self, position: Position) -> None:
        """Wait until the message at this position is remembered and can be searched for."""
        async with self._kept:
            await self._kept.wait_for(lambda: self._place.position > position)

    async def take_in(self, operations: Sequence[Operation]) -> int:
        """Keep lines that come from elsewhere; how many were new.

        Raises:
            StoreError: They could not be written.
        """
        async with self._turn:
            added = await _threaded(partial(self._append, operations, self._place.position))
        self._tell()
        return added

    async def rebuild(self) -> Caught:
        """Make the index anew from the files.

        Raises:
            StoreError: It cannot be written.
        """
        async with self._turn:
            caught = await _threaded(partial(self._catch_up, Index.rebuild))
        self._tell()
        return caught

    def _tell(self) -> None:
        if self._is_changed:
            self._is_changed = False
            self._changed()

    async def aclose(self) -> None:
        """Let go of the index; what was heard and is not kept yet is read again by the next life."""
        async with self._turn:
            self._close()

    async def _read_again(self) -> None:
        """Keep what the log has since the place we came to; all it has where our file is not what it was."""
        self._place = await asyncio.to_thread(self._known_place)
        end = await self._bus.end()
        batch: list[Message] = []
        async for record in self._bus.read(max(self._place.position, await self._bus.first()), end):
            if has_memory(record.message):
                batch.append(record.message)
            if len(batch) >= BATCH:
                await self._keep(batch, record.position + 1)
                batch.clear()
        await self._keep(batch, end)

    def _known_place(self) -> Place:
        self._file = RecordFile(self._path)
        place = self._place
        if place.generation < 0:
            try:
                place = document.read(self._workspace.memory_place, Place) or Place()
            except StoreError as error:
                _log.warning("%s: the log is read again for what it has of the memory", error)
        is_same = place.generation == self._bus.generation and records.mark(self._path, place.size) == place.mark
        return place if is_same else Place(self._bus.generation)

    async def _go_on(self) -> None:
        """Until our file is not what it was."""
        while await asyncio.to_thread(lambda: records.mark(self._path, self._place.size) == self._place.mark):
            await self._keep_heard()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()

    async def _keep_heard(self) -> None:
        self._news.clear()
        heard, self._heard = self._heard, []
        await self._keep(heard, max(self._heard_to, self._place.position))

    async def _keep(self, messages: Sequence[Message], position: Position) -> None:
        said = [await self._operation(message) for message in messages]
        async with self._turn:
            await _threaded(partial(self._append, [one for one in said if one is not None], position))
        async with self._kept:
            self._kept.notify_all()
        self._tell()

    async def _operation(self, message: Message) -> Operation | None:
        try:
            body = await self._bus.body(message)
        except BusError:
            body = message.content  # Its blob is gone; what the line has is better than nothing.
        return operation_of(message, self._computer, body, time.time())

    def _append(self, operations: Sequence[Operation], position: Position) -> int:
        """Write lines, then how far we are, then the index: each may be the last thing this process does."""
        added = 0
        if operations:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"{self._path.parent} could not be made: {error.strerror or error}") from error
            added = self._file.append(operations)
        place = self._place_after(position, has_grown=bool(operations))
        is_due = position > self._place.position and time.monotonic() - self._saved_at > SAVE_SECONDS
        if added or is_due or place.mark != self._place.mark:
            document.write(self._workspace.memory_place, place, durable=False)
            self._saved_at = time.monotonic()
        if operations or self._has_changed():
            self._catch_up()
        # Last: whoever waits for it wants to find it.
        self._place = place
        return added

    def _place_after(self, position: Position, *, has_grown: bool) -> Place:
        if not has_grown and self._place.mark:
            return msgspec.structs.replace(self._place, position=position)
        size = _size(self._path)
        return Place(self._bus.generation, position, size, records.mark(self._path, size))

    # The index

    def _has_changed(self) -> bool:
        if self._index is None or self._index.inode != database.inode_of(self._workspace.memory_index):
            return True
        return self._seen != self._sizes()

    def _sizes(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for path in self._workspace.memory.glob("*.jsonl"):
            with suppress(OSError):
                state = path.stat()
                found[path.name] = (state.st_size, state.st_mtime_ns)
        return found

    def _catch_up(self, how: Callable[[Index, Sequence[Path]], Caught] = Index.catch_up) -> Caught:
        """Take in what the files have; an index that turns out to be damaged is made anew."""
        seen = self._sizes()
        files = [self._workspace.memory / name for name in seen]
        try:
            caught = how(self._open(), files)
        except StoreError as error:
            _log.warning("%s: it is made anew", error)
            self._close()
            database.discard(self._workspace.memory_index)
            caught = self._open().catch_up(files)
        self._seen = seen
        self._is_changed = self._is_changed or bool(caught.added) or caught.is_rebuilt
        return caught

    def _open(self) -> Index:
        """The index; another one where somebody removed it."""
        path = self._workspace.memory_index
        if self._index is not None and self._index.inode != database.inode_of(path):
            self._close()
        if self._index is None:
            self._index = Index.open(path)
        return self._index

    def _close(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None


async def _threaded(work: Callable[[], T]) -> T:
    """Do it in a thread, to its end also where we are cancelled: two of them at once would be two writers."""
    return await to_the_end(asyncio.to_thread(work))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
