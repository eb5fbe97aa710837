"""The whole bus: reading, following, and giving everything back."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bus import Bus, FileBus, file_opening, open_bus
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.bus.conftest import Opener, Starter, Talk

    from trinity_tui.core.record import Record


async def numbers(records: AsyncIterator[Record]) -> list[int]:
    return [int(record.message.content) async for record in records]


async def test_it_is_a_bus(opened: Opener) -> None:
    bus: Bus = opened()
    assert isinstance(bus, FileBus)


async def test_reading_goes_from_a_position_up_to_another_over_segments(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=1500)
    positions = [(await bus.publish(talk(str(number))))[0] for number in range(40)]
    assert await numbers(bus.read(0)) == list(range(40))
    assert await numbers(bus.read(positions[7] + 1)) == list(range(8, 40))
    assert await numbers(bus.read(positions[7], positions[20])) == list(range(7, 20))
    assert await numbers(bus.read(await bus.end())) == []
    assert await bus.end() > positions[-1]
    assert bus.stats().rotations > 3
    records = [record async for record in bus.read(0)]
    assert [record.position for record in records] == positions


async def test_following_gives_what_is_there_and_what_comes_in_bounded_batches(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=100_000)
    for _ in range(5):
        await bus.publish(*(talk("old") for _ in range(500)))
    found = sizes = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for batch in bus.follow(0):
            found += len(batch)
            sizes = max(sizes, len(batch))
            if found == 2500:
                await bus.publish(talk("new"))
            if batch[-1].message.content == "new":
                break
    assert found == 2501
    assert sizes <= 1000


async def test_two_followers_and_two_writing_processes_see_one_order(
    root: Path, opened: Opener, program: Starter
) -> None:
    bus = opened(segment_bytes=5000)
    processes = [program("publish_some", root, who, 150, 5000) for who in ("explorer-1", "builder-1")]

    async def followed() -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        async for batch in bus.follow(0):
            found += [(record.position, record.message.content) for record in batch]
            if len(found) == 300:
                break
        return found

    async with asyncio.timeout(PATIENCE_SECONDS):
        first, second = await asyncio.gather(followed(), followed())
    assert first == second
    assert [position for position, _ in first] == sorted({position for position, _ in first})
    for process, who in zip(processes, ("explorer-1", "builder-1"), strict=True):
        said = [process.line().split() for _ in range(150)]
        assert [(int(position), f"{who} {number}") for position, number in said] == [
            entry for entry in first if entry[1].startswith(who)
        ]


async def test_closing_ends_who_follows(opened: Opener) -> None:
    bus = opened()

    async def follow() -> int:
        return sum([len(batch) async for batch in bus.follow(0)])

    following = asyncio.ensure_future(follow())
    await asyncio.sleep(0)
    await bus.aclose()
    assert await asyncio.wait_for(following, PATIENCE_SECONDS) == 0


async def test_everything_is_given_back(root: Path, talk: Talk) -> None:
    descriptors, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(3):
        bus = open_bus(root, "test", segment_bytes=1000)
        bus.consumer("builder-1", "builder")
        followed = bus.follow(0)
        reading = bus.read(0)
        for number in range(20):
            await bus.publish(talk(str(number)))
        assert await anext(followed)
        assert await anext(reading)
        bus.lock_holder()
        await bus.aclose()
        await reading.aclose()  # pyright: ignore - a generator has one
        await followed.aclose()  # pyright: ignore - a generator has one
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert threading.active_count() == threads


async def test_a_log_whose_lock_is_held_is_opened_all_the_same(root: Path, opened: Opener, program: Starter) -> None:
    await opened().aclose()
    holder = program("hold_lock", root)
    assert holder.line() == "held"
    holder.stop_there()
    bus = opened()
    bus.lock_holder()
    held = bus.lock_holder()
    assert held is not None
    assert held[0] == holder.process.pid


async def test_a_new_log_whose_lock_is_held_is_not_opened(
    root: Path, opened: Opener, program: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_opening, "OPEN_SECONDS", 0.01)
    root.mkdir()
    holder = program("hold_lock", root)
    assert holder.line() == "held"
    with pytest.raises(BusError, match="is held by another process"):
        opened()


async def test_a_torn_tail_is_closed_before_a_consumer_reads(root: Path, opened: Opener, talk: Talk) -> None:
    first = opened()
    [position] = await first.publish(talk("whole but for its newline"))
    await first.aclose()
    log = root / "log" / f"{0:020d}.jsonl"
    log.write_bytes(log.read_bytes()[:-1])
    second = opened()
    delivery = await asyncio.wait_for(second.consumer("builder-1", "builder").next(), PATIENCE_SECONDS)
    assert (delivery.position, delivery.message.content) == (position, "whole but for its newline")
    assert second.stats().fences == 1


def test_an_instance_loads_little_for_it() -> None:
    heavy = ["ctypes", "watchfiles", "structlog", "sqlite3", "http", "pydantic", "starlette", "textual"]
    check = f"import sys, trinity_tui.bus; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
