"""The processes of one measurement: some that follow, one that publishes, or one that handles a backlog."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench import bound
from trinity_tui.bench.peers.worker import Found
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.bench.peers.servers import Server


class Measured(msgspec.Struct, frozen=True):
    """One peer, measured once."""

    count: int
    writer: Found
    readers: list[Found]
    server_cpu_seconds: float = 0.0
    server_megabytes: float = 0.0

    @property
    def seconds(self) -> float:
        """From the first message until all are accepted and everybody has them all."""
        return max(found.ended for found in (self.writer, *self.readers)) - self.writer.began

    @property
    def cpu_each(self) -> float:
        """Processor time of all processes for one message, microseconds."""
        taken = sum(found.cpu_seconds for found in (self.writer, *self.readers)) + self.server_cpu_seconds
        return taken / self.count * 1e6


class _Worker:
    def __init__(
        self, peer: str, place: str, role: str, count: int, window: int = 1, pace_seconds: float = 0.0
    ) -> None:
        words = [peer, place, role, str(count), str(window), str(pace_seconds)]
        self._peer = peer
        self._process = bound.start(
            [sys.executable, "-P", "-m", "trinity_tui.bench.peers.worker", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _line(self) -> str:
        assert self._process.stdout
        if not (line := self._process.stdout.readline().strip()):
            raise ClientError(f"a process that measured {self._peer} ended early")
        return line

    def wait_ready(self) -> None:
        """Return when it could begin."""
        self._line()

    def go(self) -> None:
        """Have a publisher begin."""
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def result(self) -> Found:
        """What it found."""
        return msgspec.json.decode(self._line(), type=Found)

    def close(self) -> None:
        """End it, if it has not ended."""
        bound.stop(self._process)


def deliver(
    peer: str,
    place: str,
    server: Server | None,
    count: int,
    *,
    readers: int = 1,
    window: int = 1,
    pace_seconds: float = 0,
) -> Measured:
    """Publish from one process to others, each of which gets everything.

    Raises:
        ClientError: One of the processes failed.
    """
    crew: list[_Worker] = []
    try:
        crew += [_Worker(peer, place, "follow", count) for _ in range(readers)]
        for worker in crew:
            worker.wait_ready()
        writer = _Worker(peer, place, "publish", count, window, pace_seconds)
        crew.append(writer)
        writer.wait_ready()
        before = bound.cpu_seconds(server.pid) if server else 0.0
        writer.go()
        written = writer.result()
        found = [worker.result() for worker in crew[:-1]]
        spent = bound.cpu_seconds(server.pid) - before if server else 0.0
        return Measured(count, written, found, spent, bound.resident_megabytes(server.pid) if server else 0.0)
    finally:
        for worker in crew:
            worker.close()


def handle(peer: str, place: str, count: int) -> Measured:
    """Take and acknowledge a backlog one by one, in one process.

    Raises:
        ClientError: The process failed.
    """
    worker = _Worker(peer, place, "handle", count)
    try:
        worker.wait_ready()
        return Measured(count, worker.result(), [])
    finally:
        worker.close()
