"""The fold and its snapshots: exactly at the seams, the same room from any of them, whatever the batches."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from patience import PATIENCE_SECONDS
from trinity_tui.bus import FileBus, new_message, open_bus
from trinity_tui.coordinator.archive import Archive
from trinity_tui.coordinator.folding import Folding
from trinity_tui.core import room_fold
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.still import still

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    import pytest

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record

SEGMENT_BYTES = 6000


def said(number: int) -> Message:
    """One of a talk in which things are found, asked and proposed."""
    kinds = ("chat", "finding", "question", "task", "alert")
    to = "human" if number % 3 else "builder-1"
    return new_message("lead-1", to, kinds[number % 5], f"number {number}", origin="peer")


@asynccontextmanager
async def folding(root: Path, *, is_archived: bool = True) -> AsyncGenerator[tuple[FileBus, Archive, Folding]]:
    bus = open_bus(root, "coordinator", segment_bytes=SEGMENT_BYTES)
    archive = Archive(bus, root / "snapshots")
    it = Folding(bus, archive if is_archived else None)
    task = asyncio.create_task(it.run())
    try:
        await asyncio.wait_for(it.caught_up.wait(), PATIENCE_SECONDS)
        yield bus, archive, it
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await archive.settle()
        await bus.aclose()


async def fill(bus: FileBus, first: int, stop: int) -> int:
    """Say these, a few at a time, so that no segment is much over its size; where the last one stands."""
    position = 0
    for start in range(first, stop, 5):
        position = (await bus.publish(*(said(number) for number in range(start, min(stop, start + 5)))))[-1]
    return position


async def folded_up_to(bus: FileBus, position: int) -> Room:
    folder = Folder()
    async for record in bus.read(0, position):
        folder.apply(record)
    return folder.room


async def test_a_snapshot_stands_at_every_seam_and_is_the_room_there(root: Path) -> None:
    async with folding(root) as (bus, archive, it):
        await asyncio.wait_for(it.reached(await fill(bus, 0, 200)), PATIENCE_SECONDS)
        await archive.settle()
        seams = bus.layout.bases()[1:]
        assert len(seams) > 4
        assert archive.snapshots.positions() == seams
        for seam in seams:
            loaded = msgspec.json.decode(archive.snapshots.load(seam) or b"", type=Room)
            assert loaded.digest() == (await folded_up_to(bus, seam)).digest()
            assert loaded.position <= seam


async def test_a_batch_that_goes_over_seams_is_stopped_at_each(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filling = open_bus(root, "lead-1", segment_bytes=SEGMENT_BYTES)
    await fill(filling, 0, 200)
    await filling.aclose()

    async def follow(self: FileBus, start: int) -> AsyncGenerator[list[Record]]:
        yield [record async for record in self.read(start)]
        await asyncio.Event().wait()

    monkeypatch.setattr(FileBus, "follow", follow)
    async with folding(root) as (bus, archive, it):
        await archive.settle()
        assert archive.snapshots.positions() == bus.layout.bases()[1:]
        for seam in archive.snapshots.positions():
            loaded = msgspec.json.decode(archive.snapshots.load(seam) or b"", type=Room)
            assert loaded.digest() == (await folded_up_to(bus, seam)).digest()
        assert it.room.digest() == (await folded_up_to(bus, await bus.end())).digest()


async def test_a_start_goes_on_from_the_newest_snapshot_and_comes_to_the_same_room(root: Path) -> None:
    async with folding(root) as (bus, _, it):
        last = await fill(bus, 0, 200)
        await it.reached(last)
        digest = it.room.digest()
    async with folding(root) as (bus, archive, it):
        assert it.room.digest() == digest
        newest = archive.snapshots.positions()[-1]
        # What is before the snapshot is not read again: it may be gone.
        await bus.drop_before(newest)
    async with folding(root) as (bus, archive, it):
        assert await bus.first() == newest
        assert it.room.digest() == digest


async def test_seams_that_were_crossed_without_a_coordinator_get_their_snapshots(root: Path) -> None:
    async with folding(root) as (bus, _, it):
        await it.reached(await fill(bus, 0, 60))
    alone = open_bus(root, "builder-1")
    await fill(alone, 60, 160)
    await alone.aclose()
    async with folding(root) as (bus, archive, it):
        await archive.settle()
        assert archive.snapshots.positions() == bus.layout.bases()[1:]
        assert it.room.digest() == (await folded_up_to(bus, await bus.end())).digest()


async def test_a_new_fold_begins_with_what_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with folding(root) as (bus, archive, it):
        await it.reached(await fill(bus, 0, 200))
        await archive.settle()
        seams = archive.snapshots.positions()
        await bus.drop_before(seams[1])
    monkeypatch.setattr("trinity_tui.coordinator.archive.FOLD_VERSION", room_fold.FOLD_VERSION + 1)
    async with folding(root) as (bus, archive, it):
        await archive.settle()
        assert archive.snapshots.positions() == seams[2:]
        assert it.room.digest() == (await folded_up_to(bus, await bus.end())).digest()
        assert it.room.count < 200


async def test_a_log_put_back_from_a_backup_is_not_told_by_newer_snapshots(root: Path) -> None:
    async with folding(root) as (bus, archive, it):
        await it.reached(await fill(bus, 0, 200))
        await archive.settle()
        seams = archive.snapshots.positions()
        bases = bus.layout.bases()
    for base in bases[2:]:
        bus.layout.segment(base).unlink()
        bus.layout.sidecar(base).unlink(missing_ok=True)
    with bus.layout.segment(bases[1]).open("r+b") as log:
        log.truncate(log.read(2000).rfind(b"\n") + 1)
    async with folding(root) as (bus, archive, it):
        assert bus.generation == 2
        assert archive.snapshots.positions() == seams[:1]
        assert it.room.digest() == (await folded_up_to(bus, await bus.end())).digest()
        await it.reached(await fill(bus, 300, 400))
        await archive.settle()
        assert archive.snapshots.positions() == bus.layout.bases()[1:]


async def test_stills_stand_close_and_show_what_the_fold_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trinity_tui.coordinator.folding.STILL_RECORDS", 4)
    async with folding(tmp_path) as (bus, archive, it):
        for first in range(0, 120, 3):
            await it.reached(await fill(bus, first, first + 3))
        await archive.settle()
        stand = archive.stills.positions()
        seams = bus.layout.bases()[1:]
        assert set(seams) <= set(stand)
        assert len(stand) > 3 * len(seams)
        for position in stand:
            found = await archive.shown_before(position)
            assert found is not None
            assert found[0] == position
            room = still(await folded_up_to(bus, position))
            assert msgspec.json.encode(msgspec.structs.replace(room, position=0)) == msgspec.json.encode(
                msgspec.structs.replace(msgspec.json.decode(found[1], type=Room), position=0)
            )
        # One that is damaged is passed over; where none were left, snapshots do.
        (archive.stills.folder / f"{stand[-1]:020d}.json.gz").write_bytes(b"torn")
        found = await archive.shown_before(stand[-1])
        assert found is not None
        assert found[0] == stand[-2]
        for position in stand:
            archive.stills.remove(position)
        found = await archive.shown_before(seams[2])
        assert found is not None
        assert found[0] == seams[2]
        # With the log they are given up.
        archive.sweep(seams[1])
        assert archive.snapshots.positions() == seams[1:]


async def test_one_frame_is_left_and_with_its_base_it_is_the_fold_up_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trinity_tui.coordinator.folding.FRAME_RECORDS", 4)
    seams, frames = set[int](), list[int]()
    async with folding(tmp_path) as (bus, archive, it):
        for first in range(0, 120, 3):
            await it.reached(await fill(bus, first, first + 3))
            await archive.settle()
            seams = set(bus.layout.bases()[1:])
            frames = [position for position in archive.snapshots.positions() if position not in seams]
            assert len(frames) <= 1
            for position in frames:
                found = await archive.before(position)
                assert found is not None
                assert found[0] == position
                room = msgspec.json.decode(found[1], type=Room)
                whole = await folded_up_to(bus, position)
                assert msgspec.structs.replace(room, position=0) == msgspec.structs.replace(whole, position=0)
        assert frames
        # Without what it rests on a frame is of no use, and the one before it is taken.
        base = max(seam for seam in seams if seam < frames[0])
        archive.snapshots.remove(base)
        found = await archive.before(frames[0])
        assert found is not None
        assert found[0] < base
