"""Publishing: what is accepted together is written together, no loop waits for the lock, the queue is bounded."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS, until
from trinity_tui.bus import publish, sync
from trinity_tui.core.errors import BusError, MessageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Starter, Talk

    from trinity_tui.bus import Durability, FileBus


async def contents(bus: FileBus) -> list[str]:
    return [record.message.content async for record in bus.read(0)]


async def test_what_follows_the_first_in_one_turn_is_one_append(opened: Opener, talk: Talk) -> None:
    bus = opened()
    positions = await asyncio.gather(*(bus.publish(talk(str(number))) for number in range(64)))
    assert bus.stats().batches == 2
    assert [record.position async for record in bus.read(0)] == [position for [position] in positions]
    assert await contents(bus) == [str(number) for number in range(64)]


async def test_one_task_that_publishes_in_a_row_waits_for_no_turn_but_lets_others_have_theirs(
    opened: Opener, talk: Talk
) -> None:
    bus, loop = opened(), asyncio.get_running_loop()
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1
        loop.call_soon(turn)

    loop.call_soon(turn)
    await asyncio.sleep(0)
    before = turns
    for number in range(publish.RUN):
        await bus.publish(talk(str(number)))
    assert turns - before <= 1
    for number in range(publish.RUN, 8 * publish.RUN):
        await bus.publish(talk(str(number)))
    assert turns - before >= 7
    assert await contents(bus) == [str(number) for number in range(8 * publish.RUN)]


async def test_a_second_task_in_the_same_turn_is_grouped_and_nobody_overtakes_it(opened: Opener, talk: Talk) -> None:
    bus = opened()

    async def some(name: str) -> None:
        for number in range(3):
            await bus.publish(talk(f"{name}{number}"))

    await asyncio.gather(some("a"), some("b"), some("c"))
    found = await contents(bus)
    assert found[:5] == ["a0", "a1", "a2", "b0", "c0"]
    assert sorted(found) == sorted(f"{name}{number}" for name in "abc" for number in range(3))


async def test_messages_published_together_stand_together(opened: Opener, talk: Talk) -> None:
    bus = opened()
    first, second = await asyncio.gather(bus.publish(talk("a"), talk("b")), bus.publish(talk("c")))
    assert await contents(bus) == ["a", "b", "c"]
    assert [*first, *second] == [record.position async for record in bus.read(0)]
    assert await bus.publish() == []


@pytest.mark.parametrize("durability", ["os", "interval", "batch", "always"])
async def test_every_durability_accepts_and_keeps_the_order(
    opened: Opener, talk: Talk, durability: Durability, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    fdatasync = os.fdatasync

    def counted(descriptor: int) -> None:
        synced.append(descriptor)
        fdatasync(descriptor)

    monkeypatch.setattr(os, "fdatasync", counted)
    bus = opened(durability=durability, segment_bytes=2000)
    await asyncio.gather(*(bus.publish(talk(str(number))) for number in range(30)))
    at_once = len(synced)
    assert await contents(bus) == [str(number) for number in range(30)]
    assert at_once >= {"os": 0, "interval": 0, "batch": 1, "always": 30}[durability]
    if durability == "interval":
        await until(lambda: len(synced) > 0)
    await bus.aclose()
    assert bool(synced) is (durability != "os")


async def test_a_disk_that_does_not_keep_is_said(opened: Opener, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    waiting, later = opened(durability="batch"), opened(durability="interval")
    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(BusError, match="did not keep"):
        await waiting.publish(talk("waited for"))
    await later.publish(talk("not waited for"))
    # The next to publish is told, once.
    await asyncio.wait_for(_until_refused(later, talk), PATIENCE_SECONDS)
    monkeypatch.undo()
    await later.publish(talk("after"))
    assert "after" in await contents(later)


async def _until_refused(bus: FileBus, talk: Talk) -> None:
    while True:
        try:
            await bus.publish(talk("more"))
        except BusError as error:
            assert "did not keep" in str(error)
            return
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"type": "shout"}, "type"),
        ({"priority": "asap"}, "priority"),
        ({"to": "nobody here"}, "to"),
        ({"from_": "../x"}, "from"),
        ({"metadata": {"x": "y" * 20_000}}, "metadata"),
        ({"metadata": {"x": object()}}, "metadata"),
        ({"metadata": {"x": "\ud800"}}, "metadata"),
        ({"content": "\ud800"}, "content"),
        ({"content": "\ud800" * 20_000}, "content"),
        ({"expires_at": "soon"}, "expires_at"),
    ],
)
async def test_what_may_not_be_published_is_refused_by_field_and_nothing_is_written(
    opened: Opener, talk: Talk, fields: dict[str, object], field: str
) -> None:
    bus = opened()
    bad = talk(str(fields.pop("content", "…")), str(fields.pop("to", "builder-1")), **fields)
    with pytest.raises(MessageError) as refused:
        await bus.publish(talk("good"), bad)
    assert refused.value.field == field
    assert await contents(bus) == []


async def test_a_stopped_holder_of_the_lock_freezes_no_loop(
    root: Path, opened: Opener, talk: Talk, program: Starter
) -> None:
    bus = opened()
    await bus.publish(talk("before"))
    holder = program("hold_lock", root)
    assert holder.line() == "held"
    holder.stop_there()
    waiting = asyncio.gather(*(bus.publish(talk(f"waited {number}")) for number in range(3)))
    turns = 0
    for _ in range(1000):
        await asyncio.sleep(0)
        turns += 1
    assert turns == 1000
    assert not waiting.done()
    assert bus.lock_holder() == (holder.process.pid, 0.0)
    assert await contents(bus) == ["before"]
    holder.signal(signal.SIGKILL)
    await asyncio.wait_for(waiting, PATIENCE_SECONDS)
    assert await contents(bus) == ["before", "waited 0", "waited 1", "waited 2"]
    assert bus.stats().contended >= 1
    assert bus.stats().waited_seconds > 0
    assert bus.lock_holder() is None


async def test_closing_while_the_lock_is_held_refuses_what_was_not_written(
    root: Path, opened: Opener, talk: Talk, program: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "CLOSE_SECONDS", 0.01)
    bus = opened()
    holder = program("hold_lock", root)
    assert holder.line() == "held"
    first = asyncio.ensure_future(bus.publish(talk("first")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.ensure_future(bus.publish(talk("second")))
    await asyncio.sleep(0)
    await bus.aclose()
    for refused in (first, second):
        with pytest.raises(BusError, match="closed"):
            await refused
    with pytest.raises(BusError, match="the bus is closed"):
        await bus.publish(talk("third"))
    holder.tell("go")
    assert holder.line() == "free"
    assert await contents(opened()) == []


async def test_closing_writes_what_is_queued(opened: Opener, talk: Talk) -> None:
    bus = opened()
    queued = [asyncio.ensure_future(bus.publish(talk(str(number)))) for number in range(10)]
    await asyncio.sleep(0)
    await bus.aclose()
    assert len([await one for one in queued]) == 10
    assert len(await contents(opened())) == 10


async def test_who_publishes_more_than_the_queue_holds_waits_for_room(
    opened: Opener, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "QUEUE_BYTES", 10_000)
    monkeypatch.setattr(publish, "BATCH_BYTES", 5_000)
    bus = opened()
    publisher = bus._publisher  # pyright: ignore[reportPrivateUsage] - what waits in it is the point here
    most = 0

    async def one(number: int) -> None:
        nonlocal most
        await bus.publish(talk(f"{number} " + "x" * 1000))
        most = max(most, publisher._queued_bytes)  # pyright: ignore[reportPrivateUsage]

    await asyncio.gather(*(one(number) for number in range(100)))
    assert 0 < most < 12_000
    assert bus.stats().batches > 10
    assert len(await contents(bus)) == 100


async def test_a_publisher_cancelled_before_its_turn_publishes_nothing(opened: Opener, talk: Talk) -> None:
    bus = opened()
    first = asyncio.ensure_future(bus.publish(talk("first")))
    cancelled = asyncio.ensure_future(bus.publish(talk("cancelled")))
    kept = asyncio.ensure_future(bus.publish(talk("kept")))
    asyncio.get_running_loop().call_soon(cancelled.cancel)
    await asyncio.gather(first, kept)
    assert await contents(bus) == ["first", "kept"]
    with pytest.raises(asyncio.CancelledError):
        await cancelled


async def test_a_deleted_folder_is_said_to_who_publishes_follows_and_waits(
    root: Path, opened: Opener, talk: Talk
) -> None:
    bus = opened()
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("one"))
    consumer.ack(await consumer.next())
    shutil.rmtree(root)
    for _ in range(2):
        with pytest.raises(BusError, match="deleted"):
            await bus.publish(talk("two"))
    with pytest.raises(BusError, match=r"deleted|cannot be read"):
        await bus.end()
    with pytest.raises(BusError, match=r"deleted|cannot be read"):
        await asyncio.wait_for(consumer.next(), PATIENCE_SECONDS)


async def test_finished_segments_are_synced_and_given_back(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=1000)
    for number in range(40):
        await bus.publish(talk(str(number)))
    appender = bus._appender  # pyright: ignore[reportPrivateUsage] - whose descriptors these are
    await until(lambda: not appender.retired, "it is given back", sync.INTERVAL_SECONDS + 10)
    assert bus.stats().rotations > 5
