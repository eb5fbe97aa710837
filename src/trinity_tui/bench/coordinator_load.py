"""What a real coordinator costs and how soon it answers: at rest, and with three faces at a thousand messages a second.

Faces and publishers are processes of their own. The round trip of the smallest request, on an open connection, is an
upper bound of how late its loop is.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.client import found, launcher
from trinity_tui.core.config_example import EXAMPLE
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.report import Report

FACES = 3
RATE = 1_000
PUBLISHERS = 48
CONTENT = "a finding about something in src/shop/auth.py, as long as most of them are " * 2
ASK_SECONDS = 0.02
SETTLE_SECONDS = 3.0


def measure(report: Report, seconds: float) -> None:
    """Add the coordinator's figures to a report."""
    with coordinator() as workspace:
        place = found.find(workspace)
        assert place is not None
        time.sleep(SETTLE_SECONDS)
        report.rail("coordinator at rest, resident (MB)", resident_bytes(place.pid) / 1e6, 100)
        used = cpu_seconds(place.pid)
        time.sleep(seconds)
        report.figure(
            "coordinator at rest, 4 instances", 100 * (cpu_seconds(place.pid) - used) / seconds, "% of a core"
        )
        report.figure("answers at rest, p99", 1000 * _percentile(_round_trips(place.api, seconds / 2), 0.99), "ms")
        with _children(workspace):
            time.sleep(SETTLE_SECONDS)
            used = cpu_seconds(place.pid)
            began = time.monotonic()
            delays = _round_trips(place.api, seconds)
            share = (cpu_seconds(place.pid) - used) / (time.monotonic() - began)
            report.figure(f"coordinator at {RATE:,} messages/s, {FACES} faces", 100 * share, "% of a core")
            report.rail(f"answers at {RATE:,} messages/s, p99 (ms)", 1000 * _percentile(delays, 0.99), 10)
            report.figure("resident then", resident_bytes(place.pid) / 1e6, "MB")


@contextmanager
def coordinator(config: str = EXAMPLE) -> Generator[Workspace]:
    """A workspace with a running coordinator, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="trinity-bench-")).resolve()
    (folder / "instances.toml").write_text(config + "\n[serve]\nport = 0\n")
    workspace = Workspace(folder)
    command = [sys.executable, "-m", "trinity_tui", "-C", str(folder)]
    try:
        asyncio.run(launcher.ensure(workspace))
        yield workspace
    finally:
        subprocess.run([*command, "down", "--yes"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _children(workspace: Workspace) -> Generator[None]:
    module = [sys.executable, "-m", "trinity_tui.bench.coordinator_load", str(workspace.root)]
    children = [subprocess.Popen([*module, "publish"]), *(subprocess.Popen([*module, "attach"]) for _ in range(FACES))]
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()


def _round_trips(api: str, seconds: float) -> list[float]:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(api)
    delays: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        connection.request("GET", "/health")
        connection.getresponse().read()
        delays.append(time.monotonic() - began)
        time.sleep(ASK_SECONDS)
    connection.close()
    return delays


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Memory a process has in use."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


async def _publish(workspace: Workspace) -> None:
    from trinity_tui.bus import new_message, open_bus

    bus = open_bus(workspace.bus, "bench")
    loop, step, count = asyncio.get_running_loop(), 0.01, 0
    due = loop.time()
    while True:
        few = range(count, count + int(RATE * step))
        names = [f"pub-{number % PUBLISHERS + 1}" for number in few]
        # To one another: what is measured is the coordinator, not instances that read everything.
        await bus.publish(*(new_message(name, f"pub-{hash(name) % 9 + 1}", "message", CONTENT) for name in names))
        count += len(few)
        due += step
        await asyncio.sleep(max(0.0, due - loop.time()))


async def _attach(workspace: Workspace) -> None:
    from trinity_tui.client.connection import Connection

    await Connection(workspace, read_only=True).run()


def main() -> None:
    """One child of the measurement: publishes, or attaches, until it is killed."""
    workspace = Workspace(Path(sys.argv[1]))
    asyncio.run(_publish(workspace) if sys.argv[2] == "publish" else _attach(workspace))


if __name__ == "__main__":
    main()
