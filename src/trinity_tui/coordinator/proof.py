"""Whether the snapshots are what the log folds to: from each to the next, by their digests."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus.inspection import Damage
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import Folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.core.record import Position

WHOLE_FROM = 1
"""A log that begins here or before is whole: files count from 0, a server's stream from 1."""


async def prove(bus: Bus, archive: Archive, progress: Callable[[str], None]) -> list[Damage]:
    """Fold from each snapshot to the next, and say which do not hold what the log says.

    Args:
        bus: The log.
        archive: Its snapshots.
        progress: Told what is being looked at.
    """
    found: list[Damage] = []
    snapshots = archive.snapshots
    first = await bus.first()
    folder = Folder() if first <= WHOLE_FROM else None
    position: Position = first
    seams = [seam for seam in snapshots.positions() if seam >= first]
    for number, seam in enumerate(seams, 1):
        progress(f"snapshot {number} of {len(seams)}")
        path = str(snapshots.folder / f"{seam:020d}.json.gz")
        encoded = await asyncio.to_thread(partial(snapshots.load, seam))
        if encoded is None:
            found.append(Damage(path, 0, "is damaged; remove it"))
            continue
        room = msgspec.json.decode(encoded, type=Room)
        if folder is not None and await _folded(bus, folder, position, seam) != room.digest():
            found.append(Damage(path, 0, "is not what the log folds to from the one before; remove it"))
        folder, position = Folder(room), seam
    return found


async def _folded(bus: Bus, folder: Folder, start: Position, stop: Position) -> str:
    async for record in bus.read(start, stop):
        folder.apply(record)
    return folder.room.digest()
