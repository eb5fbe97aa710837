"""The coordinator's own fold: follows the log, keeps the room, and hands every new record to whoever listens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.room import Folder, Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.core.record import Position, Record

    Listener = Callable[[list[Record]], None]


class Folding:
    """The room as of the log's end.

    Attributes:
        caught_up: Set once the fold reached the end the log had when it began; nothing is decided before.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
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
        end = await self._bus.end()
        if await self._is_end(end):
            self.caught_up.set()
        async for batch in self._bus.follow(self.room.position):
            fresh = [record for record in batch if self._folder.apply(record)]
            self._folder.take_dirty()
            for listener in self._listeners:
                listener(fresh)
            if not self.caught_up.is_set() and await self._is_end(end):
                self.caught_up.set()
            async with self._moved:
                self._moved.notify_all()

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
