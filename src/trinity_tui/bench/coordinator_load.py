"""What a real coordinator costs and how soon it answers: at rest, and with three faces at a thousand messages a second.

Faces and publishers are processes of their own. The round trip of the smallest request, on an open connection, is an
upper bound of how late its loop is. Less the time for which the asking and the answering process were ready and had no
processor, as the kernel counts it, it is the program's own: the rest is the machine's, and how many others it has.
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
from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.bench import bound
from trinity_tui.bench.report import quantile
from trinity_tui.client import found, launcher
from trinity_tui.core.config_example import EXAMPLE
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.report import Report
    from trinity_tui.client.found import Found

FACES = 3
RATE = 1_000
"""Messages a second."""
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
        report.rail("coordinator at rest, resident (MB)", bound.resident_megabytes(place.pid), 100)
        used = bound.cpu_seconds(place.pid)
        time.sleep(seconds)
        report.figure(
            "coordinator at rest, 4 instances", 100 * (bound.cpu_seconds(place.pid) - used) / seconds, "% of a core"
        )
        answers = _round_trips(place, seconds / 2)
        report.figure("answers at rest, p99", 1000 * quantile([one.seconds for one in answers], 0.99), "ms")
        with children(workspace, FACES):
            time.sleep(SETTLE_SECONDS)
            used = bound.cpu_seconds(place.pid)
            began = time.monotonic()
            answers = _round_trips(place, seconds)
            share = (bound.cpu_seconds(place.pid) - used) / (time.monotonic() - began)
            report.figure(f"coordinator at {RATE:,} messages/s, {FACES} faces", 100 * share, "% of a core")
            whole, own = ([1000 * value for value in values] for values in zip(*answers, strict=True))
            report.rail(f"answers at {RATE:,} messages/s, p99 (ms)", quantile(whole, 0.99), 10)
            report.figure("the same, less what was waited for a processor, p99", quantile(own, 0.99), "ms")
            report.figure("resident then", bound.resident_megabytes(place.pid), "MB")


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
def children(workspace: Workspace, faces: int) -> Generator[None]:
    """A process that publishes a thousand messages a second, with the moment in each, and so many that are attached."""
    module = [sys.executable, "-m", "trinity_tui.bench.coordinator_load", str(workspace.root)]
    started = [subprocess.Popen([*module, "publish"]), *(subprocess.Popen([*module, "attach"]) for _ in range(faces))]
    try:
        yield
    finally:
        for child in started:
            child.kill()
            child.wait()


class _Answer(NamedTuple):
    seconds: float
    own_seconds: float
    """Of that, when neither side was ready and had no processor."""


def _round_trips(place: Found, seconds: float) -> list[_Answer]:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(place.api)
    answers: list[_Answer] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        waited, began = _waited_seconds(place.pid), time.monotonic()
        connection.request("GET", "/health")
        connection.getresponse().read()
        taken = time.monotonic() - began
        answers.append(_Answer(taken, max(0.0, taken - (_waited_seconds(place.pid) - waited))))
        time.sleep(ASK_SECONDS)
    connection.close()
    return answers


def _waited_seconds(pid: int) -> float:
    return bound.waited_seconds(pid) + bound.waited_seconds(os.getpid())


async def _publish(workspace: Workspace) -> None:
    from trinity_tui.bus import new_message, open_bus

    bus = open_bus(workspace.bus, "bench")
    loop, step, count = asyncio.get_running_loop(), 0.01, 0
    due = loop.time()
    while True:
        few = range(count, count + int(RATE * step))
        names = [f"pub-{number % PUBLISHERS + 1}" for number in few]
        content = f"t{time.monotonic_ns():019d} {CONTENT}"
        # To one another: what is measured is the coordinator, not instances that read everything.
        await bus.publish(*(new_message(name, f"pub-{hash(name) % 9 + 1}", "message", content) for name in names))
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
