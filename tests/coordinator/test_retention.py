"""The log kept within its limits on a real bus: what goes is told by a snapshot, who was too far behind is told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patience import PATIENCE_SECONDS, until
from trinity_tui.bus import dead_letters, new_message, open_bus
from trinity_tui.coordinator.alone import keep_alone
from trinity_tui.coordinator.archive import Archive
from trinity_tui.coordinator.folding import Folding
from trinity_tui.coordinator.proof import prove
from trinity_tui.coordinator.retention import Retention, retention_rules
from trinity_tui.core.config import BusConfig
from trinity_tui.core.retention import Rules

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trinity_tui.bus import FileBus

SEGMENT_BYTES = 6000
TIGHT = Rules(retain_bytes=1, kept_chunks=2)


class Kept:
    """A log with its fold and its retention."""

    def __init__(self, root: Path, rules: Rules) -> None:
        self.alerts: list[str] = []
        self.troubles: list[str] = []
        self.bus: FileBus = open_bus(root, "coordinator", segment_bytes=SEGMENT_BYTES)
        self.archive = Archive(self.bus, root / "snapshots")
        self.folding = Folding(self.bus, self.archive)
        self.it = Retention(self.bus, self.archive, rules, self._alert, self.troubles.append)

    def _alert(self, text: str, metadata: dict[str, Any]) -> None:
        self.alerts.append(text)

    async def fill(self, count: int) -> None:
        last = 0
        for number in range(count):
            (last,) = await self.bus.publish(new_message("lead-1", "builder-1", "chat", f"number {number}"))
        await self.folding.reached(last)
        await self.archive.settle()


@asynccontextmanager
async def kept(root: Path, rules: Rules = TIGHT) -> AsyncGenerator[Kept]:
    one = Kept(root, rules)
    task = asyncio.create_task(one.folding.run())
    try:
        await asyncio.wait_for(one.folding.caught_up.wait(), PATIENCE_SECONDS)
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await one.archive.settle()
        await one.bus.aclose()


async def test_what_is_past_the_limit_goes_and_the_room_stays(root: Path) -> None:
    async with kept(root) as one:
        await one.fill(200)
        digest, bases = one.folding.room.digest(), one.bus.layout.bases()
        done = await one.it.keep()
        assert (done.dropped, done.first) == (len(bases) - 3, bases[-3])
        assert one.bus.layout.bases() == bases[-3:]
        assert one.archive.snapshots.positions() == bases[-3:]
        assert await prove(one.bus, one.archive, lambda words: None) == []
        assert (await one.it.keep()).dropped == 0
    async with kept(root) as one:
        assert one.folding.room.digest() == digest


async def test_nothing_goes_without_a_whole_snapshot(root: Path) -> None:
    async with kept(root) as one:
        await one.fill(200)
        bases = one.bus.layout.bases()
        path = one.archive.snapshots.folder / f"{bases[-3]:020d}.json.gz"
        path.write_bytes(path.read_bytes()[:-20])
        assert (await one.it.keep()).first == bases[-4]
        for each in one.archive.snapshots.folder.glob("*.json.gz"):
            each.unlink()
        assert (await one.it.keep()).dropped == 0


async def test_who_is_behind_holds_it_back_until_too_far(root: Path) -> None:
    async with kept(root, Rules(retain_bytes=1, max_lag=10_000, kept_chunks=2)) as one:
        consumer = one.bus.consumer("builder-1", "builder", since=0)
        await consumer.aclose()
        await one.fill(200)
        assert (await one.it.keep()).dropped == 0
        one.it.rules = Rules(retain_bytes=1, max_lag=50, kept_chunks=2)
        done = await one.it.keep()
        letters = dead_letters(one.bus.layout.root)
        assert done.moved_on == {"builder-1": len(letters)}
        assert [letter.position for letter in letters][-1] < done.first
        assert len(one.alerts) == 1
        assert "builder-1" in one.alerts[0]
        again = one.bus.consumer("builder-1", "builder")
        assert (await again.next()).position == done.first
        assert len(letters) + again.depth + 1 == 200


async def test_old_segments_are_packed_and_read_on(root: Path) -> None:
    async with kept(root, Rules(kept_chunks=1)) as one:
        await one.fill(200)
        bases, before = one.bus.layout.bases(), [record async for record in one.bus.read(0)]
        done = await one.it.keep()
        assert done.packed == len(bases) - 2
        assert done.saved_bytes > 0
        assert [record async for record in one.bus.read(0)] == before
        assert await prove(one.bus, one.archive, lambda words: None) == []


async def test_it_runs_when_a_seam_was_crossed(root: Path) -> None:
    async with kept(root) as one:
        running = asyncio.create_task(one.it.run())
        await one.fill(200)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await one.bus.first() == 0:
                await one.bus.publish(new_message("lead-1", "human", "chat", "more"))
        await until(lambda: one.troubles, "the run that gave it up has come to its end")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert set(one.troubles) == {""}


async def test_a_command_does_it_without_a_coordinator(root: Path) -> None:
    bus = open_bus(root, "builder-1", segment_bytes=SEGMENT_BYTES)
    for number in range(200):
        await bus.publish(new_message("lead-1", "builder-1", "chat", f"number {number}"))
    await bus.consumer("builder-1", "builder", since=0).aclose()
    done = await keep_alone(bus, root / "snapshots", Rules(retain_bytes=1, max_lag=50, kept_chunks=2))
    assert done.dropped > 3
    assert await bus.first() == done.first > 0
    last = [record.message async for record in bus.read(0)][-1]
    assert (last.type, last.to) == ("alert", "human")
    await bus.aclose()


async def test_a_snapshot_that_says_something_else_is_found(root: Path) -> None:
    async with kept(root) as one:
        await one.fill(200)
        one_before, wrong = one.archive.snapshots.positions()[1:3]
        one.archive.snapshots.save(wrong, one.archive.snapshots.load(one_before) or b"")
        damage = await prove(one.bus, one.archive, lambda words: None)
        # The one after it is proven from the wrong one, and does not come out of it either.
        assert [Path(each.file).name[:20] for each in damage][0] == f"{wrong:020d}"


def test_the_rules_are_those_of_the_configuration() -> None:
    rules = retention_rules(BusConfig(retain_hours=2, retain_bytes=7, max_lag=5, compress=False))
    assert (rules.retain_seconds, rules.retain_bytes, rules.max_lag, rules.is_packing) == (7200, 7, 5, False)
