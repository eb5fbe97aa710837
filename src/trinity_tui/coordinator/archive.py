"""The rooms of the past: snapshots, where the coordinator's own fold can begin, and stills, where a replay does.

Whole snapshots stand at seams, where the log may be given up, and one, the frame, a little before the log's end, so
that a start has not much to fold. Stills have what a screen shows of a room; they stand close, so that a replay of any
position has little to fetch and to fold.

Encoding a room holds the loop for a few milliseconds; packing and writing it is a thread's work.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import fingerprints
from trinity_tui.bus.snapshots import STILLS, Snapshots
from trinity_tui.core.errors import StoreError
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import FOLD_VERSION
from trinity_tui.core.still import still

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.record import Position

FRAME_RECORDS = 4_000
"""The frame is left anew after so many."""
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
        self.stills = Snapshots(folder / STILLS, FOLD_VERSION, bus.generation, bus.means, is_lasting=False)
        self.saved: Position = 0
        """Where this process left its newest snapshot."""
        self._base: tuple[Position, int] | None = None
        """Where the last snapshot at a seam stands, and how many records were folded there; frames need not repeat
        it."""
        self._framed: Position | None = None
        """Where this process left the frame."""
        self._saving: dict[Snapshots, asyncio.Task[object]] = {}
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

    async def shown_before(self, position: Position) -> tuple[Position, bytes] | None:
        """As ``before``, for who only shows it: a still where stills were left, as they lie closer."""
        first = await self._bus.first()
        return await asyncio.to_thread(partial(self._shown_before, first, position))

    def _shown_before(self, first: Position, position: Position) -> tuple[Position, bytes] | None:
        found = self.stills.newest(first, position)
        # One snapshot after the last still is the frame. More of them are of a time in which no stills were left.
        if found is None or self.snapshots.count(found[0] + 1, position) > 1:
            return self.snapshots.newest(first, position) or found
        return found

    async def cross(self, seam: Position, room: Room) -> None:
        """The fold has reached a seam: keep the room as it is now, unless it is kept already."""
        await self._settle(self.snapshots)
        self._base = seam, room.count
        is_framed = self._framed == seam
        if is_framed:
            # Where positions are counted the frame may stand right there: one that needs no other takes its place.
            self._framed = None
        if is_framed or not self.snapshots.has(seam):
            encoded = msgspec.json.encode(room)
            self._saving[self.snapshots] = asyncio.create_task(self._save(seam, encoded), name=f"snapshot at {seam}")

    async def frame(self, room: Room) -> None:
        """Enough was folded since the last snapshot: leave the frame where the room stands."""
        await self._settle(self.snapshots)
        base, encoded = None, msgspec.json.encode(room)
        if self._base is not None:
            base, encoded = self._base[0], fingerprints.newest(encoded, room.count - self._base[1])
        leaving = self._leave(room.position, encoded, base)
        self._saving[self.snapshots] = asyncio.create_task(leaving, name=f"frame at {room.position}")

    async def keep_still(self, position: Position, room: Room) -> None:
        """Keep what is shown of the room at a position, unless it is kept already."""
        await self._settle(self.stills)
        if not self.stills.has(position):
            encoded = msgspec.json.encode(still(room))
            writing = self._done(partial(self.stills.save, position, encoded))
            self._saving[self.stills] = asyncio.create_task(writing, name=f"still at {position}")

    async def _save(self, seam: Position, encoded: bytes) -> None:
        if await self._done(partial(self.snapshots.save, seam, encoded)):
            self.saved = max(self.saved, seam)
            for call in self._listeners:
                call()

    async def _leave(self, position: Position, encoded: bytes, base: Position | None) -> None:
        if await self._done(partial(self.snapshots.save, position, encoded, base)):
            before, self._framed = self._framed, position
            if before is not None and before != position:
                await self._done(partial(self.snapshots.remove, before))

    async def _done(self, step: Callable[[], None]) -> bool:
        """Have a step done in a thread; whether it was."""
        try:
            await asyncio.to_thread(step)
        except StoreError as error:
            # The log before a seam is kept until a later start crosses it again; without the others a start or a seek
            # takes longer.
            _log.warning("%s", error)
            return False
        return True

    def sweep(self, first: Position) -> None:
        """Remove what is of no use where the log begins there. Made for a thread.

        Raises:
            StoreError: One cannot be removed.
        """
        self.snapshots.sweep(first)
        self.stills.sweep(first)

    async def settle(self) -> None:
        """Wait until what is being written is on the disk."""
        await self._settle(self.snapshots)
        await self._settle(self.stills)

    async def _settle(self, among: Snapshots) -> None:
        saving = self._saving.pop(among, None)
        if saving is not None:
            await asyncio.wait({saving})
