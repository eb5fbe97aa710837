"""Workers that import a language model's library: how soon a killed one is ready again, and what each holds."""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from typing import TYPE_CHECKING

from trinity_tui.bench.report import narrate
from trinity_tui.bench.supervisors import catalogue, rows
from trinity_tui.bench.supervisors.sdk_worker import SDK, WORKED
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from trinity_tui.bench.beside import Table
    from trinity_tui.bench.supervisors.catalogue import Peer
    from trinity_tui.bench.supervisors.children import Reports

WORKERS = 4
KILLS = 3
MOST_ROUNDS = 3
PROGRAM = [sys.executable, "-P", "-m", "trinity_tui.bench.supervisors.sdk_worker"]


def measure(table: Table, rounds: int, notes: list[str]) -> None:
    """Ours and bare exec."""
    if importlib.util.find_spec(SDK) is None:
        notes.append(f"workers with an LLM library: skipped, not installed: {SDK}")
        return
    for number in range(min(rounds, MOST_ROUNDS)):
        for peer in catalogue.PEERS:
            if peer.name in (catalogue.OURS, catalogue.EXEC):
                narrate(f"  round {number + 1}: {peer.name}")
                _measure(table, peer)


def _measure(table: Table, peer: Peer) -> None:
    with rows.staged(peer, PROGRAM, ["work"] * WORKERS, (SDK,)) as (port, reports):
        port.start()
        reports.wait(2 * WORKERS, rows.UP_SECONDS)
        time.sleep(rows.STABLE_SECONDS)
        table.add("worker_memory", peer.name, statistics.median(_private_megabytes(pid) for pid in _worked(reports)))
        table.add("worker", peer.name, statistics.median(rows.kill_to_alive(reports, KILLS)))
        reports.drain(rows.SETTLED_SECONDS)
        port.stop()


def _worked(reports: Reports) -> list[int]:
    return [pid for pid, report in reports.living().items() if report.mode == WORKED]


def _private_megabytes(pid: int) -> float:
    """What would be free if it ended."""
    lines = (procfs.read(f"/proc/{pid}/smaps_rollup") or b"").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(b"Private_")) / 1024
