"""The coordinator's own fold: follows the log, keeps the room, and hands every new record to whoever listens.

With an archive it begins at the newest snapshot, leaves one at every seam it crosses, and between them what later
starts and replays begin with.
"""

from __future__ import annotations

import asyncio
import bisect
from operator import attrgetter
from typing import TYPE_CHECKING

from trinity_tui.coordinator.archive import FRAME_RECORDS
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.still import STILL_RECORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.core.record import Position, Record
    from trinity_tui.core.room import Room

    Listener = Callable[[list[Record]], None]


class Folding:
    """The room as of the log's end.

    Args:
        bus: The log.
        archive: Its snapshots; without, all that is kept of the log is folded.

    Attributes:
        caught_up: Set once the fold reached the end the log had when it began; nothing is decided before.
    """

    def __init__(self, bus: Bus, archive: Archive | None = None) -> None:
        self._bus = bus
        self._archive = archive
        self._seam: Position | None = None
        """The next one to cross, where it is known."""
        self._crossed: Position = -1
        self._framed = 0
        """How many records the room had folded where the last snapshot stands."""
        self._stilled = 0
        """How many where the last still stands."""
        self._folder = Folder()
        self._listeners: list[Listener] = []
        self._moved = asyncio.Condition()
        self.caught_up = asyncio.Event()

    @property
    def room(self) -> Room:
        """What the log says."""
        return self._folder.room

    def listen(self, listener: Listener) -> None:
        """Have every new record, in batches, once it is folded."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Follow the log for ever."""
        if self._archive is not None:
            self._folder = Folder(await self._archive.newest())
            self._framed = self._stilled = self.room.count
        end = await self._bus.end()
        if await self._is_end(end):
            self.caught_up.set()
        async for batch in self._bus.follow(self.room.position):
            fresh = await self._fold(batch)
            self._folder.take_dirty()
            for listener in self._listeners:
                listener(fresh)
            if not self.caught_up.is_set() and await self._is_end(end):
                self.caught_up.set()
            async with self._moved:
                self._moved.notify_all()

    async def _fold(self, batch: list[Record]) -> list[Record]:
        """Fold a batch, stopping at each seam in it; the records that were new."""
        fresh: list[Record] = []
        done = 0
        while self._archive is not None and (seam := self._next_seam()) is not None:
            cut = bisect.bisect_left(batch, seam, done, key=attrgetter("position"))
            if cut == len(batch):
                break  # What comes before the seam goes on in the next batch.
            fresh += filter(self._folder.apply, batch[done:cut])
            await self._archive.cross(seam, self.room)
            await self._archive.keep_still(seam, self.room)
            done, self._crossed, self._seam = cut, seam, None
            self._framed = self._stilled = self.room.count
        fresh += filter(self._folder.apply, batch[done:])
        if self._archive is not None:
            await self._leave(self._archive)
        return fresh

    async def _leave(self, archive: Archive) -> None:
        """Leave what a start and a replay can begin with, where enough was folded since."""
        if self.room.count - self._framed >= FRAME_RECORDS:
            self._framed = self.room.count
            await archive.frame(self.room)
        if self.room.count - self._stilled >= STILL_RECORDS:
            self._stilled = self.room.count
            await archive.keep_still(self.room.position, self.room)

    def _next_seam(self) -> Position | None:
        if self._seam is None:
            # The room stands after the last record, which is before a seam just crossed as well.
            self._seam = self._bus.next_seam(max(self._crossed + 1, self.room.position))
        return self._seam

    async def _is_end(self, end: Position) -> bool:
        """Whether no whole record stands between the room and ``end``."""
        async for _ in self._bus.read(self.room.position, end):
            return False
        return True

    async def reached(self, position: Position) -> None:
        """Wait until the record at this position is folded."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.room.position > position)

    async def moved(self) -> None:
        """Wait until more was folded."""
        async with self._moved:
            await self._moved.wait()
