"""Logs and messages for the bus benchmark, and what a growing log costs: append, tail read, cold start."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import new_message, open_bus, sidecar
from trinity_tui.bus.append import Appender
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.layout import SEGMENT_BYTES, Layout
from trinity_tui.bus.lock import AppendLock
from trinity_tui.core import record

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.bench.report import Report
    from trinity_tui.core.message import Message

AGENTS = 50
CONTENT = "c" * 200
_BATCH = 1000


def sample(number: int = 0, to: str = "") -> Message:
    """A message as instances write them, 200 characters long, to one of fifty."""
    return new_message("explorer-1", to or f"agent-{number % AGENTS}", "message", CONTENT)


def write_log(root: Path, count: int) -> None:
    """Make a log of many messages, with the sidecars of its finished segments."""
    layout = Layout(root)
    open_bus(root, "bench")
    lock = AppendLock(layout.lock)
    appender = Appender(layout, lock, SEGMENT_BYTES, Stats())
    lines = [record.encode(sample(number)) for number in range(_BATCH)]
    while not lock.try_acquire():
        time.sleep(0.001)
    for _ in range(count // _BATCH):
        appender.append(lines)
    lock.release()
    appender.close()
    lock.close()
    for base in layout.bases()[:-1]:
        sidecar.write(layout, base)


class _Step(msgspec.Struct):
    append: list[float] = []
    read: list[float] = []


async def _one_by_one(root: Path, count: int) -> _Step:
    """Append and read back single messages at the end of a log; microseconds."""
    bus = open_bus(root, "bench", durability="os")
    reader = bus.open_reader(await bus.end())
    times = _Step()
    for number in range(count):
        message = sample(number)
        began = time.perf_counter()
        await bus.publish(message)
        appended = time.perf_counter()
        found = reader.records()
        times.read.append((time.perf_counter() - appended) * 1e6)
        times.append.append((appended - began) * 1e6)
        assert found
    await bus.aclose()
    return times


def growth(report: Report, small: Path, large: Path, rounds: int, count: int) -> None:
    """What appending to and reading the end of a large log costs, against a small one."""
    medians: dict[Path, _Step] = {small: _Step(), large: _Step()}
    for _ in range(rounds):
        for root, found in medians.items():
            times = asyncio.run(_one_by_one(root, count))
            found.append.append(statistics.median(times.append))
            found.read.append(statistics.median(times.read))
    for name, at_small, at_large in (
        ("append", medians[small].append, medians[large].append),
        ("tail read", medians[small].read, medians[large].read),
    ):
        first, second = statistics.median(at_small), statistics.median(at_large)
        report.figure(f"{name}, small log", first, "µs")
        report.figure(f"{name}, large log", second, "µs")
        report.rail(f"{name}: large log / small log", second / first, 1.3)


class _Head(msgspec.Struct):
    to: str
    priority: str


def _scan(layout: Layout) -> dict[str, int]:
    """Count the messages of each recipient by decoding the whole log."""
    decoder = msgspec.json.Decoder(_Head)
    counts: dict[str, int] = {}
    for base in layout.bases():
        for head in decoder.decode_lines(layout.segment(base).read_bytes()):
            counts[head.to] = counts.get(head.to, 0) + 1
    return counts


async def _start(root: Path, name: str) -> float:
    bus = open_bus(root, "bench", durability="os")
    began = time.perf_counter()
    consumer = bus.consumer(name, "", since=0)
    # The one message at the log's end comes when everything before it has been passed.
    await consumer.next()
    taken = time.perf_counter() - began
    await bus.aclose()
    return taken


async def _leave_message(root: Path, name: str) -> None:
    bus = open_bus(root, "bench")
    await bus.publish(sample(to=name))
    await bus.aclose()


def cold_start(report: Report, root: Path, rounds: int, is_rail: bool) -> None:
    """How long a consumer that never was takes to reach the end of a large log.

    Args:
        report: Where to say it.
        root: The log.
        rounds: How often.
        is_rail: Whether the log is so large that its unfinished segment does not decide.
    """
    scans: list[float] = []
    starts: list[float] = []
    for number in range(rounds):
        name = f"late-{number}"
        asyncio.run(_leave_message(root, name))
        began = time.perf_counter()
        _scan(Layout(root))
        scans.append(time.perf_counter() - began)
        starts.append(asyncio.run(_start(root, name)))
    scan, start = statistics.median(scans), statistics.median(starts)
    report.figure("full scan with decode_lines, large log", scan * 1e3, "ms")
    report.figure("cold start with sidecars, large log", start * 1e3, "ms")
    if is_rail:
        report.rail("cold start / full scan", start / scan, 0.1)
