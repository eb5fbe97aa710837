"""What a long log costs who comes to it: a coordinator's start, a face's attach, a seek into the past."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING

from trinity_tui.bench import screen_past
from trinity_tui.bench.long_log import MESSAGES, QUICK_MESSAGES, coordinator, written
from trinity_tui.bench.report import Report, narrate
from trinity_tui.bus import open_bus
from trinity_tui.client import api
from trinity_tui.client.connection import Connection
from trinity_tui.coordinator.alone import keep_alone
from trinity_tui.core.retention import Rules

if TYPE_CHECKING:
    from trinity_tui.bench.options import Options
    from trinity_tui.core.paths import Workspace

SEEKS = 40
ATTACHES = 5


def measure(options: Options) -> Report:
    """Run the benchmark; it has no peers."""
    report = Report(benchmark="log", quick=options.quick)
    grow(report, QUICK_MESSAGES if options.quick else MESSAGES)
    return report


def grow(report: Report, count: int) -> None:
    """Add the figures of a log of so many messages to a report."""
    narrate(f"writing {count:,} messages …")
    with written(count) as workspace:
        report.figure(f"log of {count:,} messages", _log_bytes(workspace) / 1e6, "MB")
        narrate("starting coordinators on them …")
        report.figure("coordinator's first start, folding all of it", _start(workspace) * 1e3, "ms")
        report.figure("coordinator's start with snapshots", _start(workspace) * 1e3, "ms")
        asyncio.run(_keep(workspace))
        report.figure("the same log packed", _log_bytes(workspace) / 1e6, "MB")
        report.figure("its snapshots", _snapshot_bytes(workspace) / 1e6, "MB")
        narrate("attaching and seeking …")
        with coordinator(workspace):
            attaches = [asyncio.run(_attach(workspace)) for _ in range(ATTACHES)]
            report.rail("attach, first room (ms)", statistics.median(attaches) * 1e3, 600)
            seeks = _seeks(workspace)
            report.figure("seek, snapshot and first page, median", statistics.median(seeks) * 1e3, "ms")
            report.rail("seek, snapshot and first page, slowest (ms)", max(seeks) * 1e3, 300)
            narrate("going into the past, and searching …")
            screen_past.measure(report, workspace)


async def _keep(workspace: Workspace) -> None:
    bus = open_bus(workspace.bus, "bench")
    await keep_alone(bus, workspace.snapshots, Rules())
    await bus.aclose()


def _log_bytes(workspace: Workspace) -> int:
    return sum(path.stat().st_size for path in (workspace.bus / "log").iterdir())


def _snapshot_bytes(workspace: Workspace) -> int:
    return sum(path.stat().st_size for path in workspace.snapshots.rglob("*.json.gz"))


def _start(workspace: Workspace) -> float:
    with coordinator(workspace) as seconds:
        return seconds


async def _attach(workspace: Workspace) -> float:
    began = time.perf_counter()
    connection = Connection(workspace, read_only=True)
    running = asyncio.create_task(connection.run(), name="face")
    while connection.mirror.greeting is None:
        await connection.changed.wait()
        connection.changed.clear()
    taken = time.perf_counter() - began
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return taken


def _seeks(workspace: Workspace) -> list[float]:
    end = api.call(workspace, "GET", "/status")["position"]
    times: list[float] = []
    for number in range(SEEKS):
        began = time.perf_counter()
        api.call(workspace, "GET", f"/replay?position={end * number // SEEKS}&packed=true")
        times.append(time.perf_counter() - began)
    return times
