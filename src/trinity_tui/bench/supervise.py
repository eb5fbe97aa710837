"""Supervision measured: our supervisor and keeper beside what else keeps processes, with the same children.

Every child says by itself when it runs, so that nobody's word is taken for it. Policies are everyone's defaults.
"""

from __future__ import annotations

import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench import supervise_worker
from trinity_tui.bench.beside import Row, Table
from trinity_tui.bench.report import Report, narrate
from trinity_tui.bench.supervisors import catalogue, fleet, rows
from trinity_tui.bench.supervisors.children import compile_child
from trinity_tui.bench.supervisors.ours import GRACE_SECONDS, Ours
from trinity_tui.bench.supervisors.printed import lost_lines
from trinity_tui.core.errors import TrinityError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bench.options import Options
    from trinity_tui.bench.supervisors.catalogue import Peer

OURS = catalogue.OURS
ROWS = [
    Row(
        key="alive", title="kill to alive, native child", unit="ms", limit=2.5,
        targets={"supervisord": 1 / 400, "pm2": 1.0}, must=("supervisord",),
    ),
    Row(key="up", title="all up", unit="ms", limit=150.0, targets={"supervisord": 1 / 8, "pm2": 1 / 5}),
    Row(key="cpu", title="at rest, processor", unit="% of a core", limit=0.3),
    Row(key="memory", title="at rest, memory", unit="MB", limit=30.0),
    Row(key="status", title="status by its command", unit="ms", limit=40.0, targets={"supervisord": 0.5, "pm2": 0.25}),
    Row(key="open", title="status on an open connection", unit="ms", limit=0.3),
    Row(key="stop", title="stop all", unit="s", limit=0.3),
    Row(key="stubborn", title="stop all, a fifth ignoring TERM", unit="s", limit=GRACE_SECONDS + 1.0),
    Row(key="survive", title="supervisor killed: printing children alive after 2 s", unit="", better="more"),
    Row(key="twice", title="… started again: children twice, printing or quiet", unit="", limit=0.0, must=(OURS,)),
    Row(key="lost", title="… started again: lines lost", unit="", limit=0.0, must=(OURS,)),
    Row(key="adopt", title="… started again: children taken over in", unit="ms", limit=20.0),
    Row(key="ready", title="… started again: ready in", unit="ms", limit=200.0),
    Row(key="crash", title="starts of a crashing child in 20 s", unit="", limit=6.0),
    Row(key="alerts", title="times the person is told of it", unit="", limit=1.0),
    Row(key="leaked", title="grandchildren that outlive a stop", unit="", limit=0.0, must=(OURS,)),
    Row(key="instance", title="kill to ready, an instance of the coordinator", unit="ms"),
    Row(key="coordinator", title="coordinator killed: answers again in", unit="ms"),
    Row(key="kept", title="coordinator killed: instances with another pid", unit="", limit=0.0, must=(OURS,)),
    Row(key="house_cpu", title="the coordinator and its keeper at rest, processor", unit="% of a core"),
    Row(key="house_memory", title="the coordinator and its keeper at rest, memory", unit="MB"),
    Row(
        key="worker", title="kill to ready, a worker with an LLM library", unit="ms",
        targets={"exec": 1 / 50}, must=("exec",),
    ),
    Row(
        key="worker_memory", title="private memory of such a worker after work", unit="MB",
        targets={"exec": 1 / 3}, must=("exec",),
    ),
]  # fmt: skip


class Size(msgspec.Struct, frozen=True):
    """How long a run is."""

    children: int
    stable_seconds: float
    crash_seconds: float
    instances: int


FULL = Size(children=50, stable_seconds=rows.STABLE_SECONDS, crash_seconds=20.0, instances=10)
QUICK = Size(children=20, stable_seconds=rows.STABLE_SECONDS, crash_seconds=5.0, instances=3)
TINY = Size(children=3, stable_seconds=0.2, crash_seconds=0.5, instances=1)


class Stage:
    """Measures scene after scene into one table."""

    def __init__(self, table: Table, program: list[str], size: Size) -> None:
        self._table = table
        self._program = program
        self._size = size

    def life(self, peer: Peer) -> None:
        """Up, at rest, asked, children killed, stopped."""
        with rows.staged(peer, self._program, ["pause"] * self._size.children) as (port, reports):
            self._table.add("up", peer.name, rows.up(port, reports, self._size.children))
            share, megabytes = rows.rest(port, self._size.stable_seconds)
            self._table.add("cpu", peer.name, share)
            self._table.add("memory", peer.name, megabytes)
            if peer.supervises and peer.name != OURS:
                self._table.add("status", peer.name, rows.status(port))
            kills = rows.kill_to_alive(reports, min(peer.kills, self._size.children))
            if kills:
                self._table.add("alive", peer.name, statistics.median(kills))
            self._table.add("stop", peer.name, rows.stop(port, reports)[0])

    def killed(self, peer: Peer) -> None:
        """The supervisor dies, once while its children print and once while they are quiet, and is started again."""
        count, twice = self._size.children, 0
        for mode in ("print", "pause"):
            with rows.staged(peer, self._program, [mode] * count) as (port, reports):
                alive, double = rows.kill_supervisor(port, reports, count)
                twice += double
                if mode == "print":
                    self._table.add("survive", peer.name, alive)
                    if isinstance(port, Ours):
                        self._taken_over(port)
        self._table.add("twice", peer.name, twice)

    def _taken_over(self, port: Ours) -> None:
        again = port.hear("ready")
        self._table.add("adopt", OURS, again["seconds"] * 1000)
        self._table.add("ready", OURS, (again["ready"] - port.launched_at) * 1000)
        self._table.add("lost", OURS, lost_lines(port.output_bytes()))

    def crashing(self, peer: Peer) -> None:
        """A child that ends at once, over and over."""
        with rows.staged(peer, self._program, ["crash"]) as (port, reports):
            self._table.add("crash", peer.name, rows.crash_starts(port, reports, self._size.crash_seconds))
            port.stop()
            if isinstance(port, Ours):
                self._table.add("alerts", peer.name, sum("alert" in fact for fact in port.said))

    def leaving(self, peer: Peer) -> None:
        """What a stop leaves behind, of grandchildren and of those who ignore TERM."""
        count = max(1, self._size.children // 5)
        with rows.staged(peer, self._program, ["family"] * count) as (port, reports):
            self._table.add("leaked", peer.name, rows.leaked(port, reports, count))
        if peer.name == OURS:
            modes = ["stubborn"] * count + ["pause"] * (self._size.children - count)
            with rows.staged(peer, self._program, modes) as (port, reports):
                rows.up(port, reports, len(modes))
                self._table.add("stubborn", peer.name, rows.stop(port, reports)[0])


def measure(options: Options) -> Report:
    """Run the benchmark. A scene that fails is named, and the others are measured nevertheless.

    Raises:
        ClientError: A peer is not known.
    """
    peers, notes = catalogue.choose(options.chosen(catalogue.NAMES))
    report = Report(benchmark="supervise", quick=options.quick)
    table, failures = run(peers, options.round_count, QUICK if options.quick else FULL, notes)
    report.compare(table, notes + failures)
    report.rail("scenes that failed", len(failures), 0)
    return report


def run(peers: list[Peer], rounds: int, size: Size, notes: list[str]) -> tuple[Table, list[str]]:
    """Every round the times; once, what is counted. The table, and a sentence for each scene that failed."""
    table, failures = Table(ROWS, [peer.name for peer in peers]), list[str]()

    def attempt(what: str, scene: Callable[[], None]) -> None:
        narrate(f"{what} …")
        try:
            scene()
        except (TrinityError, OSError, TimeoutError) as error:
            failures.append(f"{what}: failed: {error}")
            narrate(failures[-1])

    with tempfile.TemporaryDirectory(prefix="trb-") as folder:
        stage = Stage(table, compile_child(Path(folder)), size)
        for number in range(rounds):
            for peer in peers:
                attempt(f"round {number + 1} of {rounds}: {peer.name}", partial(stage.life, peer))
        for peer in peers:
            if peer.supervises:
                for scene in (stage.killed, stage.crashing, stage.leaving):
                    attempt(f"{scene.__name__}: {peer.name}", partial(scene, peer))
    attempt("the coordinator and its instances", lambda: fleet.measure(table, size.instances, rounds))
    attempt("workers with an LLM library", lambda: supervise_worker.measure(table, rounds, notes))
    return table, failures
