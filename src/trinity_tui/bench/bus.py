"""The bus measured: publish, delivery to other processes, growth, cold start, idle. Its logs are made and removed.

Ratios are to a loop of bare ``os.write`` in the same run and process; rounds are interleaved, figures are medians.
Trust the ratios: on a shared machine the absolute figures move.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench import bus_crowd, bus_delivery, bus_log, bus_peers
from trinity_tui.bench.bus_log import sample
from trinity_tui.bench.peers.catalogue import NAMES
from trinity_tui.bench.report import Report, narrate
from trinity_tui.bus import new_message, open_bus
from trinity_tui.core import record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from trinity_tui.bench.options import Options
    from trinity_tui.bus import FileBus
    from trinity_tui.core.message import Message

WINDOW = 64
GROWTH_ROUNDS = 5
CONSUMED = 5000
HANDLER_SECONDS = 0.0002


class Size(msgspec.Struct, frozen=True):
    """How long a run is."""

    rounds: int
    messages: int
    large: int
    paced: int
    idle_seconds: float
    herd: int
    crowd: int


FULL = Size(rounds=15, messages=2000, large=1_000_000, paced=600, idle_seconds=10.0, herd=48, crowd=250)
QUICK = Size(rounds=7, messages=1000, large=100_000, paced=100, idle_seconds=2.0, herd=0, crowd=20)


def measure(options: Options) -> Report:
    """Run the benchmark: ours alone, then beside its peers.

    Raises:
        ClientError: A peer is not known, or failed.
    """
    names = options.chosen(NAMES)
    report = Report(benchmark="bus", quick=options.quick)
    _measure_alone(report, options.quick)
    if names:
        size = bus_peers.QUICK if options.quick else bus_peers.FULL
        report.compare(*bus_peers.measure(names, options.round_count, size))
    return report


def _measure_alone(report: Report, quick: bool) -> None:
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="trinity-bench-") as folder:
        place = Path(folder)
        narrate("publishing …")
        asyncio.run(_publishing(report, place / "publish", size))
        narrate("consuming …")
        asyncio.run(_consuming(report, place / "consume"))
        asyncio.run(_urgent(report, place / "urgent"))
        narrate("delivering to another process …")
        bus_delivery.paced(report, place / "paced", size.paced)
        bus_delivery.saturated(report, place / "saturated", size.messages * 10)
        narrate("idling …")
        bus_delivery.idle(report, place / "idle", size.idle_seconds)
        if size.herd:
            narrate(f"{size.herd} readers …")
            bus_delivery.herd(report, place, size.herd)
        narrate(f"{size.crowd} consumers …")
        bus_crowd.measure(report, size.crowd)
        narrate(f"a log of {size.large:,} messages …")
        bus_log.write_log(place / "small", 1000)
        bus_log.write_log(place / "large", size.large)
        bus_log.growth(report, place / "small", place / "large", GROWTH_ROUNDS, 1000)
        bus_log.cold_start(report, place / "large", GROWTH_ROUNDS, is_rail=not quick)


async def _publishing(report: Report, root: Path, size: Size) -> None:
    bus = open_bus(root, "bench")
    raw = os.open(root / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    messages = [sample(number) for number in range(size.messages)]
    line = record.encode(messages[0])

    async def write() -> None:
        for _ in messages:
            os.write(raw, line)

    works: dict[str, Callable[[], Awaitable[None]]] = {
        "bare os.write": write,
        "publish one at a time": lambda: _one_at_a_time(bus, messages),
        "publish in windows of 64": lambda: _in_windows(bus, messages),
        "publish by 64 at once": lambda: _at_once(bus, messages),
        "make a message": lambda: _make(messages),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(size.rounds):
        for name, work in works.items():
            began = time.perf_counter()
            await work()
            times[name].append((time.perf_counter() - began) / len(messages) * 1e6)
    os.close(raw)
    await bus.aclose()
    for name, found in times.items():
        report.figure(name, statistics.median(found), "µs each")
        report.figure(name, 1e6 / statistics.median(found), "/s")
    for name, bar in (("publish one at a time", 15), ("publish in windows of 64", 4)):
        ratios = [value / bare for value, bare in zip(times[name], times["bare os.write"], strict=True)]
        report.rail(f"{name} / bare write", statistics.median(ratios), bar)


async def _one_at_a_time(bus: FileBus, messages: list[Message]) -> None:
    for message in messages:
        await bus.publish(message)


async def _in_windows(bus: FileBus, messages: list[Message]) -> None:
    for first in range(0, len(messages), WINDOW):
        await bus.publish(*messages[first : first + WINDOW])


async def _at_once(bus: FileBus, messages: list[Message]) -> None:
    await asyncio.gather(*(_one_at_a_time(bus, messages[first::WINDOW]) for first in range(WINDOW)))


async def _make(messages: list[Message]) -> None:
    for number in range(len(messages)):
        sample(number)


async def _consuming(report: Report, root: Path) -> None:
    bus = open_bus(root, "bench")
    await _in_windows(bus, [sample(to="agent-1") for _ in range(CONSUMED)])
    consumer = bus.consumer("agent-1", "")
    began = time.perf_counter()
    for _ in range(CONSUMED):
        consumer.ack(await consumer.next())
    report.figure("consume and acknowledge durably", (time.perf_counter() - began) / CONSUMED * 1e6, "µs each")
    await bus.aclose()


async def _urgent(report: Report, root: Path) -> None:
    """From publishing an urgent message, while another is handled, to its being taken before 5,000 others."""
    bus = open_bus(root, "bench")
    consumer = bus.consumer("agent-1", "")
    await _in_windows(bus, [sample(to="agent-1") for _ in range(5000)])
    waits: list[float] = []
    handlings: list[float] = []
    for _ in range(50):
        delivery = await consumer.next()
        began = time.perf_counter()
        await bus.publish(new_message("human", "agent-1", "message", "now", priority="urgent"))
        handled = time.perf_counter()
        time.sleep(HANDLER_SECONDS)  # noqa: ASYNC251 - a handler that does not give way
        handlings.append(time.perf_counter() - handled)
        consumer.ack(delivery)
        urgent = await consumer.next()
        assert urgent.message.priority == "urgent"
        waits.append(time.perf_counter() - began)
        consumer.ack(urgent)
    await bus.aclose()
    report.figure("urgent behind 5,000 is taken after", statistics.median(waits) * 1e3, "ms")
    report.rail("urgent behind 5,000 / handler time", statistics.median(waits) / statistics.median(handlings), 2)
