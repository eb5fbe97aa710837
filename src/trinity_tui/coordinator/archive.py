"""The rooms of the past: a snapshot at every seam the fold crosses, and where a fold or a replay can begin.

Encoding a room holds the loop for a few milliseconds; packing and writing it is a thread's work.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus.snapshots import Snapshots
from trinity_tui.core.errors import StoreError
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import FOLD_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.record import Position

_log = logging.getLogger(__name__)


class Archive:
    """The snapshots of one log's rooms.

    Args:
        bus: The log.
        folder: Where the snapshots lie.
    """

    def __init__(self, bus: Bus, folder: Path) -> None:
        self._bus = bus
        self.snapshots = Snapshots(folder, FOLD_VERSION, bus.generation, bus.means)
        self.saved: Position = 0
        """Where this process left its newest snapshot."""
        self._saving: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []

    def listen(self, call: Callable[[], None]) -> None:
        """Have a callback called whenever a seam was crossed and its snapshot is on the disk."""
        self._listeners.append(call)

    async def newest(self) -> Room:
        """The room of the newest snapshot the log goes on from; an empty one where there is none."""
        found = await self.before(await self._bus.end())
        return Room() if found is None else msgspec.json.decode(found[1], type=Room)

    async def before(self, position: Position) -> tuple[Position, bytes] | None:
        """The newest usable snapshot at a position or before, as JSON, and where it stands.

        One before the kept log's beginning is of no use: what came between is not known.
        """
        first = await self._bus.first()
        return await asyncio.to_thread(partial(self.snapshots.newest, first, position))

    async def cross(self, seam: Position, room: Room) -> None:
        """The fold has reached a seam: keep the room as it is now, unless it is kept already."""
        await self.settle()
        if not self.snapshots.has(seam):
            encoded = msgspec.json.encode(room)
            self._saving = asyncio.create_task(self._save(seam, encoded), name=f"snapshot at {seam}")

    async def _save(self, seam: Position, encoded: bytes) -> None:
        try:
            await asyncio.to_thread(partial(self.snapshots.save, seam, encoded))
        except StoreError as error:
            # The log before this seam is kept until a later start crosses it again.
            _log.warning("%s", error)
            return
        self.saved = max(self.saved, seam)
        for call in self._listeners:
            call()

    async def settle(self) -> None:
        """Wait until the snapshot that is being written is on the disk."""
        if self._saving is not None:
            await asyncio.wait({self._saving})
            self._saving = None
