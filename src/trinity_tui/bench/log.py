"""What a long log costs who comes to it: a coordinator's start, a face's attach, a seek into the past.

The log is written by the library, every message with an id of its own; the coordinator is a real one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.bench.bus_log import sample
from trinity_tui.bench.report import Report, narrate
from trinity_tui.bus import open_bus
from trinity_tui.client import api, found
from trinity_tui.client.connection import Connection
from trinity_tui.coordinator.alone import keep_alone
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace
from trinity_tui.core.retention import Rules

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.options import Options

MESSAGES = 1_000_000
QUICK_MESSAGES = 100_000
SEEKS = 40
ATTACHES = 5
POLL_SECONDS = 0.1
"""Each answer of a status is work for the coordinator, which is to fold meanwhile."""
_BATCH = 500
_CONFIG = "[bus]\nretain_hours = 0\n\n[serve]\nport = 0\n"


def measure(options: Options) -> Report:
    """Run the benchmark; it has no peers."""
    report = Report(benchmark="log", quick=options.quick)
    grow(report, QUICK_MESSAGES if options.quick else MESSAGES)
    return report


def grow(report: Report, count: int) -> None:
    """Add the figures of a log of so many messages to a report."""
    folder = Path(tempfile.mkdtemp(prefix="trinity-bench-")).resolve()
    workspace = Workspace(folder)
    try:
        (folder / "instances.toml").write_text(_CONFIG)
        workspace.runtime.mkdir(mode=0o700)
        narrate(f"writing {count:,} messages …")
        asyncio.run(_write(workspace, count))
        report.figure(f"log of {count:,} messages", _log_bytes(workspace) / 1e6, "MB")
        narrate("starting coordinators on them …")
        report.figure("coordinator's first start, folding all of it", _start(workspace) * 1e3, "ms")
        report.figure("coordinator's start with snapshots", _start(workspace) * 1e3, "ms")
        asyncio.run(_keep(workspace))
        report.figure("the same log packed", _log_bytes(workspace) / 1e6, "MB")
        report.figure("its snapshots", sum(path.stat().st_size for path in workspace.snapshots.iterdir()) / 1e6, "MB")
        narrate("attaching and seeking …")
        with _coordinator(workspace):
            attaches = [asyncio.run(_attach(workspace)) for _ in range(ATTACHES)]
            report.rail("attach, first room (ms)", statistics.median(attaches) * 1e3, 600)
            seeks = _seeks(workspace)
            report.figure("seek, snapshot and first page, median", statistics.median(seeks) * 1e3, "ms")
            report.rail("seek, snapshot and first page, slowest (ms)", max(seeks) * 1e3, 300)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _write(workspace: Workspace, count: int) -> None:
    bus = open_bus(workspace.bus, "bench", durability="os")
    for start in range(0, count, _BATCH):
        await bus.publish(*(sample(number) for number in range(start, start + _BATCH)))
    await bus.aclose()


async def _keep(workspace: Workspace) -> None:
    bus = open_bus(workspace.bus, "bench")
    await keep_alone(bus, workspace.snapshots, Rules())
    await bus.aclose()


def _log_bytes(workspace: Workspace) -> int:
    return sum(path.stat().st_size for path in (workspace.bus / "log").iterdir())


@contextmanager
def _coordinator(workspace: Workspace) -> Generator[float]:
    """A coordinator, and the seconds until its room was at the log's end."""
    command = [sys.executable, "-m", "trinity_tui", "-C", str(workspace.root), "serve", "--quiet"]
    began = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, start_new_session=True)
    try:
        end = asyncio.run(_end(workspace))
        while _position(workspace) < end:
            time.sleep(POLL_SECONDS)
        yield time.perf_counter() - began
    finally:
        child.terminate()
        child.wait()


async def _end(workspace: Workspace) -> int:
    """Where the last message stands."""
    bus = open_bus(workspace.bus, "bench")
    end, last = await bus.end(), 0
    async for record in bus.read(max(0, end - 4096)):
        last = record.position
    await bus.aclose()
    return last


def _position(workspace: Workspace) -> int:
    if found.find(workspace) is None:
        return -1
    try:
        return api.call(workspace, "GET", "/status")["position"]
    except ClientError:
        return -1


def _start(workspace: Workspace) -> float:
    with _coordinator(workspace) as seconds:
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
        api.call(workspace, "GET", f"/replay?position={end * number // SEEKS}")
        times.append(time.perf_counter() - began)
    return times
