"""Processor and memory."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from trinity_tui.process import procfs
from trinity_tui.process.sample import Sampler

if TYPE_CHECKING:
    from process.conftest import Start


def test_busy_and_idle(start: Start) -> None:
    busy = start("sh", "-c", "while :; do :; done")
    idle = start("sleep", "1000")
    gone = start("true")
    gone.wait()
    sampler = Sampler()
    _wait_for_memory(idle.pid)
    pids = [busy.pid, idle.pid, gone.pid]
    first = sampler.sample(pids, 100.0)
    assert set(first) == {busy.pid, idle.pid}
    assert first[busy.pid].cpu_percent == 0.0
    assert first[idle.pid].rss_bytes > 0
    deadline = time.monotonic() + 10
    while _cpu_seconds(busy.pid) < 0.05:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    second = sampler.sample(pids, 101.0)
    assert second[busy.pid].cpu_percent >= 1.0
    assert second[idle.pid].cpu_percent == 0.0
    assert sampler.sample(pids, 101.0)[busy.pid].cpu_percent == 0.0


def _wait_for_memory(pid: int) -> None:
    until = time.monotonic() + 10
    while (stat := procfs.read_stat(pid)) is None or not stat.rss_pages:
        assert time.monotonic() < until


def _cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().split()[13]) / os.sysconf("SC_CLK_TCK")
