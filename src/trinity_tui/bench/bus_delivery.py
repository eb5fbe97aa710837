"""From one process to others: latency, processor time, idling, and who is woken."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bench.bus_log import CONTENT
from trinity_tui.bus import new_message, open_bus

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.bench.report import Report

PACE_SECONDS = 0.01
HERD_SECONDS = 3.0
HERD_PACE_SECONDS = 0.005


class Reader:
    """A reader in a process of its own."""

    def __init__(self, how: str, root: Path, name: str, count: float) -> None:
        command = [sys.executable, "-m", "trinity_tui.bench.bus_reader", how, str(root), name, str(count)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def wait_ready(self) -> None:
        """Return when it reads."""
        assert self._line() == "ready"

    def result(self) -> dict[str, Any]:
        """What it found, at its end."""
        found: dict[str, Any] = json.loads(self._line())
        self._process.communicate()
        return found

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()


async def _publish(root: Path, names: list[str], pace_seconds: float) -> float:
    """Publish one message to each name, at a pace; the processor time it took."""
    bus = open_bus(root, "bench")
    began, due = time.process_time(), time.monotonic()
    for name in names:
        due += pace_seconds
        if (pause := due - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        sent = {"sent": time.monotonic_ns()}
        await bus.publish(new_message("explorer-1", name, "message", CONTENT, metadata=sent))
    taken = time.process_time() - began
    await bus.aclose()
    return taken


class _Delivered(msgspec.Struct, frozen=True):
    latencies: list[float]
    """Microseconds, in order."""
    each: float
    """Processor time of both for a message, microseconds."""
    seconds: float


def _delivered(how: str, root: Path, count: int, pace_seconds: float) -> _Delivered:
    open_bus(root, "bench")
    reader = Reader(how, root, "agent-1", count)
    reader.wait_ready()
    began = time.perf_counter()
    writer_seconds = asyncio.run(_publish(root, ["agent-1"] * count, pace_seconds))
    found = reader.result()
    each = (found["cpu_seconds"] + writer_seconds) / count * 1e6
    return _Delivered(sorted(found["latencies"]), each, time.perf_counter() - began)


def paced(report: Report, root: Path, count: int) -> None:
    """Latency and processor time at 100 messages a second, one at a time."""
    for how in ("follower", "consumer"):
        found = _delivered(how, root / how, count, PACE_SECONDS)
        report.figure(f"to a {how} at 100/s, p50", statistics.median(found.latencies), "µs")
        report.figure(f"to a {how} at 100/s, p99", found.latencies[int(count * 0.99)], "µs")
        report.figure(f"to a {how} at 100/s, processor time of both", found.each, "µs each")


def saturated(report: Report, root: Path, count: int) -> None:
    """Processor time when one writes as fast as it can and another follows."""
    found = _delivered("follower", root, count, 0.0)
    report.figure("to a follower as fast as it goes, one at a time", count / found.seconds, "/s")
    report.figure("to a follower as fast as it goes, processor time of both", found.each, "µs each")


def idle(report: Report, root: Path, seconds: float) -> None:
    """Processor time of a follower to whom nothing happens."""
    open_bus(root, "bench")
    reader = Reader("idle", root, "agent-1", seconds)
    reader.wait_ready()
    share = reader.result()["cpu_seconds"] / seconds * 100
    report.figure("idle follower", share, "% of a core")
    report.rail("idle follower, % of a core", share, 0.1)


def _herd(how: str, root: Path, names: list[str], messages: list[str]) -> float:
    """Processor time per message of many readers of one log."""
    open_bus(root, "bench")
    readers = [Reader(how, root, name, messages.count(name)) for name in names]
    try:
        for reader in readers:
            reader.wait_ready()
        asyncio.run(_publish(root, messages, HERD_PACE_SECONDS))
        return sum(reader.result()["cpu_seconds"] for reader in readers) / len(messages) * 1e6
    finally:
        for reader in readers:
            reader.kill()


def herd(report: Report, place: Path, count: int) -> None:
    """Many readers, each message for one of them: woken by their bells, against all watching the log."""
    names = [f"agent-{number}" for number in range(count)]
    rounds = max(1, int(HERD_SECONDS / HERD_PACE_SECONDS / count))
    messages = names * rounds
    rung = _herd("consumer", place / "rung", names, messages)
    watching = _herd("watchfiles", place / "watching", names, messages)
    report.figure(f"{count} consumers, rung", rung, "µs each, all readers")
    report.figure(f"{count} watching the log", watching, "µs each, all readers")
    report.rail(f"{count} readers: rung / watching the log", rung / watching, 0.15)
