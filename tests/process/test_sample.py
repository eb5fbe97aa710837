"""Processor and memory of whole families, from real processes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from patience import wait_until
from trinity_tui.process import procfs
from trinity_tui.process.census import Root
from trinity_tui.process.sample import STRANGER_SECONDS, Sampler

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from process.conftest import Start

BURN = "while :; do :; done"
MARK = "SAMPLE_MARK"


def cpu_seconds(pid: int) -> float:
    """What it used itself."""
    stat = procfs.read_stat(pid)
    return stat.cpu_ticks / procfs.TICKS_PER_SECOND if stat else 0.0


def children(pid: int) -> list[int]:
    """Whose parent it is."""
    return [stat.pid for stat in procfs.scan().values() if stat.ppid == pid and not stat.is_dead]


def test_busy_and_idle(start: Start) -> None:
    busy, idle, gone = start("sh", "-c", BURN), start("sleep", "1000"), start("true")
    gone.wait()
    wait_until(lambda: (stat := procfs.read_stat(idle.pid)) is not None and stat.rss_pages)
    sampler, roots = Sampler(), [Root(busy.pid), Root(idle.pid), Root(gone.pid)]
    first = sampler.sample(roots, 100.0)
    assert set(first) == {busy.pid, idle.pid}
    assert first[busy.pid].cpu_percent == 0.0
    assert first[idle.pid].rss_bytes > 0
    wait_until(lambda: cpu_seconds(busy.pid) >= 0.1)
    second = sampler.sample(roots, 101.0)
    assert second[busy.pid].cpu_percent >= 1.0
    assert second[idle.pid].cpu_percent == 0.0
    assert sampler.sample(roots, 101.0)[busy.pid].cpu_percent == second[busy.pid].cpu_percent


def test_a_pid_that_another_has_now_is_not_its(start: Start) -> None:
    one = start("sleep", "1000")
    stat = procfs.read_stat(one.pid)
    assert stat is not None
    assert Sampler().sample([Root(one.pid, stat.start_time - 1)], 0.0) == {}
    assert set(Sampler().sample([Root(one.pid, stat.start_time)], 0.0)) == {one.pid}


def test_what_descends_is_counted_wherever_it_went(start: Start) -> None:
    root = start("sh", "-c", "sleep 1000 & setsid sleep 1000 & wait")
    other = start("sleep", "1000")
    wait_until(lambda: len(children(root.pid)) == 2)
    sampler, roots = Sampler(), [Root(root.pid), Root(other.pid)]
    assert {pid: one.processes for pid, one in sampler.sample(roots, 0.0).items()} == {root.pid: 3, other.pid: 1}
    inner = Root(children(root.pid)[0])
    assert sampler.sample([*roots, inner], 2.0)[root.pid].processes == 2, "the nearest root is whose it is"


def test_an_orphan_is_known_by_what_it_was_or_by_its_marker(start: Start, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = f"setsid sh -c 'echo $$ > {told}.new; mv {told}.new {told}; exec sleep 1000' & read word"
    root = start(sys.executable, "-c", f"import subprocess, time; subprocess.call(['sh', '-c', {script!r}], "
                 "stdin=subprocess.DEVNULL); time.sleep(1000)", env={**os.environ, MARK: "m"})  # fmt: skip
    wait_until(told.exists)
    orphan = int(told.read_text())
    adopter = procfs.read_stat(orphan)
    assert adopter is not None
    try:
        wait_until(lambda: (stat := procfs.read_stat(orphan)) is not None and stat.ppid != root.pid)
        wait_until(lambda: not children(root.pid))
        adopter = procfs.read_stat(orphan)
        assert adopter is not None
        marked = Sampler(MARK).sample([Root(root.pid, marker="m")], 0.0, [adopter.ppid])
        assert marked[root.pid].processes == 2
        assert Sampler(MARK).sample([Root(root.pid, marker="x")], 0.0, [adopter.ppid])[root.pid].processes == 1
    finally:
        with suppress(ProcessLookupError):
            os.kill(orphan, 9)


def test_the_time_of_children_that_ended_is_not_lost(start: Start) -> None:
    root = start("sh", "-c", "while :; do sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'; done")
    sampler = Sampler()
    sampler.sample([Root(root.pid)], 0.0)

    def reaped() -> int:
        stat = procfs.read_stat(root.pid)
        return stat.reaped_ticks if stat else 0

    wait_until(lambda: reaped() >= 10)
    # A tick may be under way, and the living child is counted beside those that ended.
    assert sampler.sample([Root(root.pid)], 1.0)[root.pid].cpu_percent >= 5.0


def test_strangers_are_asked_again_only_now_and_then(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    root = start("sleep", "1000")
    read: list[int] = []
    plain = procfs.read_stat

    def count(pid: int) -> procfs.ProcessStat | None:
        read.append(pid)
        return plain(pid)

    monkeypatch.setattr(procfs, "read_stat", count)
    sampler = Sampler()
    sampler.sample([Root(root.pid)], 100.0)
    assert os.getpid() in read
    sampler.sample([Root(root.pid)], 101.0)
    read.clear()
    sampler.sample([Root(root.pid)], 102.0)
    assert root.pid in read
    assert os.getpid() not in read
    second = start("sleep", "1000")
    sampler.sample([Root(root.pid), Root(second.pid)], 103.0)
    assert os.getpid() in read, "with a new root everyone may be somebody's"
    read.clear()
    sampler.sample([Root(root.pid), Root(second.pid)], 103.0 + STRANGER_SECONDS)
    assert os.getpid() in read


def test_what_is_shared_with_others_is_not_counted_whole(start: Start) -> None:
    script = "import os, time; b = bytearray(b'x' * 40_000_000); os.fork(); time.sleep(1000)"
    root = start(sys.executable, "-c", script)
    wait_until(lambda: children(root.pid))
    child = children(root.pid)[0]
    sampler = Sampler()
    try:
        assert procfs.shared_bytes(root.pid) > 15_000_000
        before = sampler.sample([Root(root.pid)], 0.0)[root.pid].memory_bytes
        after = sampler.sample([Root(root.pid)], 1.0)[root.pid].memory_bytes
        stats = [procfs.read_stat(pid) for pid in (root.pid, child)]
        whole = sum(stat.rss_pages for stat in stats if stat) * procfs.PAGE_BYTES
        assert after < before < whole
        assert after > 40_000_000
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, 9)


def test_the_age_is_that_of_the_process(start: Start) -> None:
    one = start("sleep", "1000")
    age = Sampler().sample([Root(one.pid)], 0.0)[one.pid].age_seconds
    parents = Sampler().sample([Root(os.getpid())], 0.0)[os.getpid()].age_seconds
    assert 0.0 <= age < parents
