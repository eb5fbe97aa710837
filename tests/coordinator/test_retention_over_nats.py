"""A stream kept within its limits on a real server: only what is behind a snapshot and below every mark goes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from nats_server import NatsServer
from patience import PATIENCE_SECONDS, until
from trinity_tui.bus import dead_letters, new_message
from trinity_tui.bus.nats import computers, kept
from trinity_tui.bus.nats.nats_bus import NatsBus, open_nats_bus
from trinity_tui.bus.nats.place import Place
from trinity_tui.coordinator.alone import keep_alone
from trinity_tui.coordinator.archive import Archive
from trinity_tui.coordinator.folding import Folding
from trinity_tui.coordinator.proof import prove
from trinity_tui.core.errors import BusError
from trinity_tui.core.retention import Rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SEAM = 40
MESSAGES = 250
TIGHT = Rules(retain_bytes=1, kept_chunks=2)
KEPT_FROM = 160
"""Where the stream begins when the two newest finished parts are kept: those end at 240."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A stream with seams close to one another."""
    monkeypatch.setattr(kept, "SEAM_SEQUENCES", SEAM)
    server = NatsServer(tmp_path / "nats")
    yield Place(servers=[server.url], stream="shop")
    server.close()


@pytest.fixture
async def bus(tmp_path: Path, place: Place) -> AsyncIterator[NatsBus]:
    """A bus on it, with messages of the lead to a builder."""
    bus = await open_nats_bus(tmp_path / "bus", "test", place)
    await bus.publish(*(new_message("lead-1", "builder-1", "chat", f"number {number}") for number in range(MESSAGES)))
    yield bus
    await bus.aclose()


async def handle(bus: NatsBus, count: int) -> None:
    """Let the builder be done with so many messages, and the server know."""
    consumer = bus.consumer("builder-1", "builder", since=0)
    last = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(count):
            delivery = await consumer.next()
            consumer.ack(delivery)
            last = delivery.position
    await until(lambda: _is_past(bus, last), "the server knows what is done")
    await consumer.aclose()


async def _is_past(bus: NatsBus, position: int) -> bool:
    return (await bus.lows())["builder-1"] > position


async def _is_known(bus: NatsBus, consumer: str) -> bool:
    return consumer in await bus.lows()


async def digest_of(bus: NatsBus, snapshots: Path) -> str:
    """What the log folds to, from its newest snapshot."""
    folding = Folding(bus, Archive(bus, snapshots))
    running = asyncio.create_task(folding.run())
    await asyncio.wait_for(folding.caught_up.wait(), PATIENCE_SECONDS)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return folding.room.digest()


async def test_the_parts_cover_the_stream_from_seam_to_seam(bus: NatsBus) -> None:
    chunks = await bus.chunks()
    assert [chunk.start for chunk in chunks] == [1, 40, 80, 120, 160, 200, 240]
    assert [chunk.end for chunk in chunks] == [40, 80, 120, 160, 200, 240, MESSAGES + 1]
    assert sum(chunk.count for chunk in chunks) == MESSAGES
    assert [chunk.is_sealed for chunk in chunks] == [True] * 6 + [False]
    assert min(chunk.bytes for chunk in chunks) > 0
    times = [chunk.last_time for chunk in chunks]
    assert times == sorted(times)
    assert times[0] > 0


async def test_giving_up_the_beginning_leaves_every_position_where_it_was(bus: NatsBus) -> None:
    before = [record async for record in bus.read(80)]
    assert await bus.drop_before(80) == [1, 40]
    assert await bus.drop_before(80) == []
    assert (await bus.first(), await bus.end()) == (80, MESSAGES + 1)
    assert [record async for record in bus.read(0)] == before


async def test_what_is_past_the_limit_goes_and_the_room_stays(bus: NatsBus, tmp_path: Path) -> None:
    await handle(bus, MESSAGES)
    digest = await digest_of(bus, tmp_path / "none")
    done = await keep_alone(bus, tmp_path / "snapshots", TIGHT)
    assert (done.first, done.moved_on) == (await bus.first(), {})
    assert done.first >= KEPT_FROM
    assert done.first % SEAM == 0
    assert await digest_of(bus, tmp_path / "snapshots") == digest
    assert await prove(bus, Archive(bus, tmp_path / "snapshots"), lambda words: None) == []
    assert (await keep_alone(bus, tmp_path / "snapshots", TIGHT)).dropped == 0


async def test_nothing_goes_above_the_lowest_mark(bus: NatsBus, tmp_path: Path) -> None:
    await handle(bus, 100)
    done = await keep_alone(bus, tmp_path / "snapshots", TIGHT)
    assert done.first == 80
    again = bus.consumer("builder-1", "builder")
    assert (await asyncio.wait_for(again.next(), PATIENCE_SECONDS)).message.content == "number 100"


async def test_nothing_goes_that_no_whole_snapshot_tells_of(bus: NatsBus, tmp_path: Path) -> None:
    archive = Archive(bus, tmp_path / "snapshots")
    assert (await keep_alone(bus, tmp_path / "snapshots", Rules())).first == 1
    assert archive.snapshots.positions() == [40, 80, 120, 160, 200, 240]
    for seam in (120, 160):
        path = archive.snapshots.folder / f"{seam:020d}.json.gz"
        path.write_bytes(path.read_bytes()[:-20])
    assert (await keep_alone(bus, tmp_path / "snapshots", TIGHT)).first == 80


async def test_who_is_too_far_behind_is_moved_on_with_its_messages_as_dead_letters(
    bus: NatsBus, tmp_path: Path
) -> None:
    await handle(bus, 10)
    lagging = Rules(retain_bytes=1, max_lag=50, kept_chunks=2)
    done = await keep_alone(bus, tmp_path / "snapshots", lagging)
    letters = dead_letters(tmp_path / "bus")
    assert done.moved_on == {"builder-1": len(letters)}
    said = {letter.position: letter.line for letter in letters}
    assert done.first == KEPT_FROM
    assert "number 10" in said[min(said)]
    assert max(said) == KEPT_FROM - 1
    assert len(letters) == KEPT_FROM - min(said)
    again = bus.consumer("builder-1", "builder")
    assert (await asyncio.wait_for(again.next(), PATIENCE_SECONDS)).position == KEPT_FROM
    last = [record.message async for record in bus.read(0) if record.message.type == "alert"][-1]
    assert "builder-1" in last.content


async def test_a_computer_that_is_behind_is_moved_on_only_there(bus: NatsBus, place: Place, tmp_path: Path) -> None:
    other = await open_nats_bus(tmp_path / "two", "test", msgspec.structs.replace(place, computer="C2"))
    consumer = other.consumer("builder-1", "builder", since=0)
    await until(lambda: _is_known(bus, "C2/builder-1"), "the server knows who reads")
    await bus.publish(new_message("lead-1", "C2/builder-1", "chat", "one that waits"))
    assert (await consumer.next()).message.content == "one that waits"
    await bus.publish(*(new_message("lead-1", "human", "chat", f"more {number}") for number in range(MESSAGES)))
    with pytest.raises(BusError, match="^C2.* is on another computer, and behind"):
        await keep_alone(bus, tmp_path / "snapshots", Rules(retain_bytes=1, max_lag=50, kept_chunks=2))
    assert await bus.first() == 1
    await other.aclose()


async def test_the_stream_is_kept_for_the_computer_whose_snapshot_is_the_oldest(
    bus: NatsBus, place: Place, tmp_path: Path
) -> None:
    await handle(bus, MESSAGES)
    other = await open_nats_bus(tmp_path / "two", "test", msgspec.structs.replace(place, computer="C2"))
    assert (await keep_alone(bus, tmp_path / "snapshots", TIGHT)).first == 1
    done = await keep_alone(other, tmp_path / "other-snapshots", TIGHT)
    assert done.first >= KEPT_FROM
    assert (await keep_alone(bus, tmp_path / "snapshots", TIGHT)).first == done.first
    assert await prove(other, Archive(other, tmp_path / "other-snapshots"), lambda words: None) == []
    await other.aclose()


async def test_what_a_computer_noted_of_another_stream_of_that_name_counts_no_more(
    bus: NatsBus, place: Place, tmp_path: Path
) -> None:
    other = await open_nats_bus(tmp_path / "two", "test", msgspec.structs.replace(place, computer="C2"))
    await other.has_snapshot(120)
    assert (await bus.lows())["C2"] == 120
    await computers.note_snapshot(other.link, "another", 240)
    assert (await bus.lows())["C2"] == 0
    await other.aclose()
