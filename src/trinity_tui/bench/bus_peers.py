"""The bus beside what its users could take instead: the same messages, rounds interleaved, our own library for ours."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.beside import Row, Table
from trinity_tui.bench.peers import catalogue, crew, servers
from trinity_tui.bench.report import narrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bench.peers.catalogue import Peer
    from trinity_tui.bench.peers.crew import Measured
    from trinity_tui.bench.peers.servers import Server

PACE_SECONDS = 0.01
WINDOW = 64
ROWS = [
    Row(
        key="one", title="1 to 1, accepted one at a time", unit="msg/s", better="more",
        targets={"jetstream": 10, "redis": 5, "persist-queue": 40}, must=("jetstream", "redis"),
    ),
    Row(
        key="windows", title="1 to 1, windows of 64", unit="msg/s", better="more",
        targets={"jetstream": 10, "redis": 4},
    ),
    Row(
        key="p50", title="publish to handler at 100/s, p50", unit="µs",
        targets={"jetstream": 0.5, "redis": 0.6, "persist-queue": 0.1},
    ),
    Row(
        key="p99", title="publish to handler at 100/s, p99", unit="µs",
        targets={"jetstream": 1.0, "redis": 1.0, "persist-queue": 0.3},
    ),
    Row(
        key="cpu", title="processor, one at a time, all processes", unit="µs/msg",
        targets={"jetstream": 0.1, "redis": 0.15, "persist-queue": 0.05},
    ),
    Row(
        key="cpu_paced", title="processor at 100/s, all processes", unit="µs/msg",
        targets={"jetstream": 0.5, "redis": 0.6, "persist-queue": 0.5},
    ),
    Row(
        key="memory", title="memory of a follower", unit="MB",
        targets={"jetstream": 1.0, "redis": 1.0, "persist-queue": 1.2},
    ),
    Row(key="server", title="memory of the server", unit="MB"),
    Row(
        key="fan_8", title="1 to 8 processes, windows of 64", unit="msg/s", better="more",
        targets={"jetstream": 5, "redis": 1.5},
    ),
    Row(key="fan_32", title="1 to 32 processes, windows of 64", unit="msg/s", better="more"),
    Row(
        key="handle", title="take and acknowledge one at a time", unit="msg/s", better="more",
        targets={"jetstream": 15, "redis": 10, "persist-queue": 20},
    ),
    Row(key="pieces", title="pieces a follower takes 1000 messages in", unit=""),
]  # fmt: skip


class Size(msgspec.Struct, frozen=True):
    """How many messages of ours each measurement takes; peers take fewer, as slow as they are."""

    one: int
    windows: int
    paced: int
    fan_8: int
    fan_32: int
    handled: int
    readers: int = 8
    """Processes of the smaller fan; where it is only to be seen that everything is measured, two say as much."""


FULL = Size(one=30_000, windows=150_000, paced=200, fan_8=40_000, fan_32=10_000, handled=20_000)
QUICK = Size(one=5000, windows=20_000, paced=50, fan_8=5000, fan_32=0, handled=3000)
TINY = Size(one=40, windows=128, paced=20, fan_8=64, fan_32=0, handled=20, readers=2)


class Round:
    """Measures every row of one round, each for all peers in turn."""

    def __init__(self, table: Table, peers: list[Peer], running: dict[str, Server], folder: Path, size: Size) -> None:
        self._table = table
        self._peers = peers
        self._running = running
        self._folder = folder
        self._size = size

    def run(self) -> None:
        """All rows."""
        size, fan = self._size, [peer for peer in self._peers if peer.fans_out and peer.name != "json-array"]
        self._each(self._peers, "one", lambda peer, place: self._one(peer, place, size.one))
        self._each(self._peers, "windows", lambda peer, place: self._windows(peer, place, size.windows))
        self._each(self._peers, "paced", self._paced)
        self._each(fan, "fan_8", lambda peer, place: self._fan(peer, place, "fan_8", size.readers, size.fan_8))
        if size.fan_32:
            self._each(fan, "fan_32", lambda peer, place: self._fan(peer, place, "fan_32", 32, size.fan_32))
        self._each(self._peers, "handle", self._handle)

    def _each(self, peers: list[Peer], what: str, measure: Callable[[Peer, str], None]) -> None:
        for peer in peers:
            narrate(f"  {what}: {peer.name}")
            with tempfile.TemporaryDirectory(dir=self._folder) as name:
                server = self._running.get(peer.name)
                measure(peer, f"{server.port}/{Path(name).name}" if server else name)

    def _deliver(self, peer: Peer, place: str, count: int, **how: float) -> Measured:
        readers, window = int(how.get("readers", 1)), int(how.get("window", 1))
        pace = how.get("pace_seconds", 0.0)
        server = self._running.get(peer.name)
        return crew.deliver(peer.name, place, server, count, readers=readers, window=window, pace_seconds=pace)

    def _one(self, peer: Peer, place: str, count: int) -> None:
        found = self._deliver(peer, place, peer.count(count))
        self._table.add("one", peer.name, found.count / found.seconds)
        self._table.add("cpu", peer.name, found.cpu_each)
        self._table.add("pieces", peer.name, found.readers[0].batches / found.count * 1000)

    def _windows(self, peer: Peer, place: str, count: int) -> None:
        if peer.fans_out:  # The queues know no windows: it would be the row before.
            found = self._deliver(peer, place, peer.count(count), window=WINDOW)
            self._table.add("windows", peer.name, found.count / found.seconds)

    def _paced(self, peer: Peer, place: str) -> None:
        found = self._deliver(peer, place, self._size.paced, pace_seconds=PACE_SECONDS)
        latencies = sorted(found.readers[0].latencies)
        self._table.add("p50", peer.name, statistics.median(latencies))
        self._table.add("p99", peer.name, latencies[int(len(latencies) * 0.99)])
        self._table.add("cpu_paced", peer.name, found.cpu_each)
        self._table.add("memory", peer.name, found.readers[0].resident_megabytes)
        self._table.add("server", peer.name, found.server_megabytes)

    def _fan(self, peer: Peer, place: str, row: str, readers: int, count: int) -> None:
        found = self._deliver(peer, place, peer.count(count), readers=readers, window=WINDOW)
        self._table.add(row, peer.name, found.count / found.seconds)

    def _handle(self, peer: Peer, place: str) -> None:
        found = crew.handle(peer.name, place, peer.count(self._size.handled))
        self._table.add("handle", peer.name, found.count / found.seconds)


def measure(names: tuple[str, ...], rounds: int, size: Size) -> tuple[Table, list[str]]:
    """Ours and the named peers; the table, and what is to be known of it.

    Raises:
        ClientError: A server or a process of the measurement failed.
    """
    peers, notes = catalogue.choose((catalogue.OURS, *names))
    notes += [f"{peer.name}: {peer.durability}" for peer in peers]
    table = Table(ROWS, [peer.name for peer in peers])
    with tempfile.TemporaryDirectory(prefix="trinity-bench-") as folder:
        with servers.running(peers, Path(folder)) as running:
            for number in range(rounds):
                narrate(f"beside {', '.join(names)}: round {number + 1} of {rounds} …")
                Round(table, peers, running, Path(folder), size).run()
    return table, notes
