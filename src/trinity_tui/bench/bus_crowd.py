"""More consumers than the kernel lets one user watch: some poll, and all get what is for them. ``COUNT``; says JSON.

Each is a process of its own. Run by root it becomes nobody first, so that what it takes of the kernel's limit, which
counts by user, is taken from no other program.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec

from trinity_tui.bench import bound
from trinity_tui.bus import inotify, new_message, open_bus
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.bench.report import Report

NOBODY = 65534
LIMIT_FILE = Path("/proc/sys/fs/inotify/max_user_instances")
PATIENCE_SECONDS = 60.0
PACE_SECONDS = 0.005
ROLE = "builder"


class Crowd(msgspec.Struct):
    """What became of it."""

    count: int
    polling: int
    """How many were not given an inotify descriptor."""
    served: int
    """How many got both, what was for them alone and what was for all."""
    rung_ms: float = 0.0
    """Median delay of what was for one alone, where a bell rang."""
    polled_ms: float = 0.0


def measure(report: Report, count: int) -> None:
    """Run the crowd in a process of its own.

    Raises:
        ClientError: It failed.
    """
    command = [sys.executable, "-P", "-m", "trinity_tui.bench.bus_crowd", str(count)]
    process = bound.start(command, stdout=subprocess.PIPE)
    said, _ = process.communicate()
    if process.returncode != 0:
        raise ClientError(f"the crowd of {count} consumers failed ({process.returncode})")
    found = msgspec.json.decode(said, type=Crowd)
    report.figure(f"{count} consumers: polling beyond the kernel's limit", found.polling, "of them")
    report.figure(f"{count} consumers: delay where a bell rings, median", found.rung_ms, "ms")
    report.figure(f"{count} consumers: delay where they poll, median", found.polled_ms, "ms")
    report.rail(f"{count} consumers: without what was for them", found.count - found.served, 0)


class _Told(msgspec.Struct):
    wakeup: str = ""
    delay_ms: float = 0.0
    is_served: bool = False


async def _consume(root: Path, name: str, tell: int) -> None:
    def say(told: _Told) -> None:
        os.write(tell, msgspec.json.encode(told) + b"\n")

    bus = open_bus(root, name, durability="os")
    consumer = bus.consumer(name, ROLE)
    while not bus.stats().wakeup:  # noqa: ASYNC110 - nothing tells that it listens
        await asyncio.sleep(0.001)
    say(_Told(bus.stats().wakeup))
    delays: list[float] = []
    while len(delays) < 2:
        delivery = await consumer.next()
        if sent := delivery.message.metadata.get("sent"):
            delays.append((time.monotonic_ns() - int(sent)) / 1e6)
        consumer.ack(delivery)
    say(_Told(bus.stats().wakeup, delays[0], True))
    await bus.aclose()


async def _publish(root: Path, names: list[str]) -> None:
    bus = open_bus(root, "bench")
    for to in (*names, f"role:{ROLE}"):
        await bus.publish(new_message("human", to, "message", "hello", metadata={"sent": time.monotonic_ns()}))
        await asyncio.sleep(PACE_SECONDS)
    await bus.aclose()


def _fork(root: Path, name: str, tell: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    _be_child(root, name, tell)


def _be_child(root: Path, name: str, tell: int) -> NoReturn:
    code = 1
    try:
        asyncio.run(_consume(root, name, tell))
        code = 0
    finally:
        os._exit(code)


def _gather(listen: int, count: int) -> list[_Told]:
    """What so many of them say next; fewer when they take too long."""
    until, rest, lines = time.monotonic() + PATIENCE_SECONDS, b"", list[bytes]()
    while len(lines) < count and (left := until - time.monotonic()) > 0:
        if select.select([listen], [], [], left)[0]:
            *whole, rest = (rest + os.read(listen, 65536)).split(b"\n")
            lines += whole
    return [msgspec.json.decode(line, type=_Told) for line in lines]


def run(count: int) -> Crowd:
    """Have so many consumers, send to each alone, then to all."""
    names = [f"builder-{number}" for number in range(1, count + 1)]
    with tempfile.TemporaryDirectory(prefix="trinity-bench-") as folder:
        root = Path(folder)
        open_bus(root, "bench")
        listen, tell = os.pipe()
        pids = [_fork(root, name, tell) for name in names]
        try:
            _gather(listen, count)
            asyncio.run(_publish(root, names))
            told = _gather(listen, count)
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    delays = {how: [one.delay_ms for one in told if one.wakeup == how] for how in ("inotify", "poll")}
    return Crowd(
        count, len(delays["poll"]), sum(one.is_served for one in told),
        statistics.median(delays["inotify"] or [0.0]), statistics.median(delays["poll"] or [0.0]),
    )  # fmt: skip


def main(count: str) -> None:
    """Be nobody where that is possible, then run."""
    inotify.is_distant(Path("/"))
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.stdout.write(msgspec.json.encode(run(int(count))).decode())


if __name__ == "__main__":
    main(sys.argv[1])
