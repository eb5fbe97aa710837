"""A reader of the log in a process of its own, for the bus benchmark: ``HOW ROOT NAME COUNT``.

Says ``ready``, reads COUNT messages (``idle``: for COUNT seconds), then says as JSON its latencies in microseconds and
the processor time it took after it was ready. ``consumer`` takes its own messages and acknowledges them, ``follower``
takes all, ``watchfiles`` looks at the whole log whenever its folder changes, as a program without bells would.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.bus import open_bus

if TYPE_CHECKING:
    from trinity_tui.bus import FileBus
    from trinity_tui.core.message import Message


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _latency(message: Message) -> float:
    return (time.monotonic_ns() - int(message.metadata["sent"])) / 1000


async def _consume(bus: FileBus, name: str, count: int) -> list[float]:
    consumer = bus.consumer(name, "")
    latencies: list[float] = []
    while len(latencies) < count:
        delivery = await consumer.next()
        latencies.append(_latency(delivery.message))
        consumer.ack(delivery)
    return latencies


async def _follow(bus: FileBus, count: int) -> list[float]:
    latencies: list[float] = []
    async for batch in bus.follow(await bus.end()):
        latencies += [_latency(record.message) for record in batch]
        if len(latencies) >= count:
            break
    return latencies


async def _idle(bus: FileBus, seconds: float) -> list[float]:
    async def follow() -> None:
        async for _ in bus.follow(await bus.end()):
            continue

    following = asyncio.create_task(follow())
    await asyncio.sleep(seconds)
    following.cancel()
    await asyncio.wait([following])
    return []


async def _watch(bus: FileBus, name: str, count: int) -> list[float]:
    # Only the comparison loads it.
    from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] - it names a type of anyio's

    position = await bus.end()
    latencies: list[float] = []
    async for _ in awatch(bus.layout.log, recursive=False, watch_filter=None, step=10, debounce=50):
        async for record in bus.read(position):
            position = record.position + 1
            if record.message.to == name:
                latencies.append(_latency(record.message))
        if len(latencies) >= count:
            break
    return latencies


async def _read(how: str, root: str, name: str, count: float) -> None:
    bus = open_bus(Path(root), name, durability="os")
    works = {
        "consumer": lambda: _consume(bus, name, int(count)),
        "follower": lambda: _follow(bus, int(count)),
        "idle": lambda: _idle(bus, count),
        "watchfiles": lambda: _watch(bus, name, int(count)),
    }
    task = asyncio.create_task(works[how]())
    await asyncio.sleep(0.2)
    _say("ready")
    began = time.process_time()
    latencies = await task
    _say(json.dumps({"cpu_seconds": time.process_time() - began, "latencies": latencies}))
    await bus.aclose()


asyncio.run(_read(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
