"""What is measured of a supervisor: one scene after the other, each in a folder of its own."""

from __future__ import annotations

import os
import random
import signal
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.bench import bound
from trinity_tui.bench.supervisors.children import GRANDCHILD, Reports
from trinity_tui.bench.supervisors.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.supervisors.catalogue import Peer
    from trinity_tui.bench.supervisors.port import Port

UP_SECONDS = 60.0
STABLE_SECONDS = 10.5
"""After so long a run of ours counts as stable, and its end as no failure in a row."""
AGAIN_SECONDS = 20.0
LONGEST_STOP_SECONDS = 40.0
SETTLED_SECONDS = 3.0


@contextmanager
def staged(
    peer: Peer, program: list[str], modes: list[str], preload: tuple[str, ...] = ()
) -> Generator[tuple[Port, Reports]]:
    """A supervisor that has not been started, and where its children will report; both are gone in the end."""
    with tempfile.TemporaryDirectory(prefix="trb-") as name:
        folder = Path(name)
        reports = Reports(folder / "r")
        scene = Scene(program=program, socket=str(reports.path), modes=modes, preload=preload)
        port = peer.open(folder, scene)
        try:
            yield port, reports
        finally:
            try:
                port.close()
            finally:
                reports.close()


def up(port: Port, reports: Reports, count: int) -> float:
    """Milliseconds from starting it until all its children run."""
    began = time.monotonic()
    port.start()
    return (max(report.at for report in reports.wait(count, UP_SECONDS)) - began) * 1000


def rest(port: Port, seconds: float) -> tuple[float, float]:
    """Share of a core its own processes take, in per cent, and the megabytes they hold."""
    pids = port.pids()
    before, began = sum(map(bound.cpu_seconds, pids)), time.monotonic()
    time.sleep(seconds)
    share = (sum(map(bound.cpu_seconds, pids)) - before) / (time.monotonic() - began) * 100
    return share, sum(map(bound.resident_megabytes, pids))


def status(port: Port, times: int = 3) -> float:
    """Milliseconds its status command takes, the median."""
    found: list[float] = []
    for _ in range(times):
        began = time.monotonic()
        port.status()
        found.append((time.monotonic() - began) * 1000)
    return statistics.median(found)


def kill_to_alive(reports: Reports, kills: int) -> list[float]:
    """Milliseconds from killing a child, another one each time, to the first instruction of its successor."""
    found: list[float] = []
    for pid, killed in random.sample(sorted(reports.living().items()), kills):
        time.sleep(random.uniform(0.05, 0.35))
        began = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        while (report := reports.next(AGAIN_SECONDS)) is not None:
            if report.name == killed.name:
                found.append((report.at - began) * 1000)
                break
    return found


def stop(port: Port, reports: Reports) -> tuple[float, int]:
    """Seconds until everything it kept is gone, and how many were left."""
    began = time.monotonic()
    port.stop()
    left = reports.wait_gone(max(0.5, LONGEST_STOP_SECONDS - (time.monotonic() - began)))
    return time.monotonic() - began, len(left)


def crash_starts(port: Port, reports: Reports, seconds: float) -> int:
    """How often it starts a child that ends after 20 ms, so long from the first time on."""
    port.start()
    [first] = reports.wait(1, UP_SECONDS)
    until, count = first.at + seconds, 1
    while (left := until - time.monotonic()) > 0:
        count += reports.next(left) is not None
    return count


def leaked(port: Port, reports: Reports, count: int) -> int:
    """How many grandchildren in sessions of their own outlive a stop."""
    port.start()
    reports.wait(2 * count, UP_SECONDS)
    port.stop()
    time.sleep(0.2)
    return sum(report.mode == GRANDCHILD for report in reports.living().values())


def kill_supervisor(port: Port, reports: Reports, count: int) -> tuple[int, int]:
    """Kill what supervises printing children, start it again: who outlived it, and how many are there twice."""
    port.start()
    reports.wait(count, UP_SECONDS)
    time.sleep(1.0)
    port.kill()
    time.sleep(2.0)
    alive = len(reports.living())
    port.start()
    reports.drain(SETTLED_SECONDS)
    names = [report.name for report in reports.living().values()]
    return alive, len(names) - len(set(names))
