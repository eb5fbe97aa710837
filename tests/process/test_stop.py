"""Stopping a family: the obedient, the stubborn, the strays, and no one else."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from patience import wait_until
from trinity_tui.process import procfs
from trinity_tui.process.census import Census, Root
from trinity_tui.process.stop import kill_tree
from trinity_tui.process.tree import DYING_SECONDS, VERIFY_SECONDS, TreeKill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from process.conftest import Start

MARKER = "TRINITY_TEST"


def census() -> Census:
    return Census(MARKER, frozenset({os.getpid(), *procfs.ancestors(os.getpid())}))


def root(pid: int, marker: str = "") -> Root:
    stat = procfs.read_stat(pid)
    assert stat is not None
    return Root(pid, stat.start_time, marker)


def wait_for(path: Path) -> list[int]:
    wait_until(path.exists, "it runs")
    return [int(pid) for pid in path.read_text().split()]


def is_gone(pid: int) -> bool:
    stat = procfs.read_stat(pid)
    return stat is None or stat.is_dead


async def test_the_obedient_end_at_once(start: Start) -> None:
    process, other = start("sleep", "1000"), start("sleep", "1000")
    began = time.monotonic()
    assert await kill_tree(root(process.pid), census(), 60.0) == []
    assert time.monotonic() - began < 30.0
    assert process.wait() == -signal.SIGTERM
    assert not is_gone(other.pid)


async def test_the_stopped_hear_it_too(start: Start) -> None:
    process = start("sleep", "1000")
    os.kill(process.pid, signal.SIGSTOP)
    assert await kill_tree(root(process.pid), census(), 10.0) == []
    assert process.wait() == -signal.SIGTERM


async def test_the_stubborn_are_killed_with_who_left_the_session(
    start: Start, fake: Callable[..., list[str]], tmp_path: Path
) -> None:
    process = start(*fake("stubborn.py", tmp_path / "pids", "child"), env={MARKER: "a"})
    _, child = wait_for(tmp_path / "pids")
    began = time.monotonic()
    assert await kill_tree(root(process.pid, "a"), census(), 0.2) == []
    assert time.monotonic() - began >= 0.2
    assert process.wait() == -signal.SIGKILL
    assert is_gone(child)


async def test_what_the_dead_left_is_not_given_the_whole_grace(
    start: Start, fake: Callable[..., list[str]], tmp_path: Path
) -> None:
    process = start(*fake("stubborn.py", tmp_path / "pids", "child"), env={MARKER: "b"})
    _, child = wait_for(tmp_path / "pids")
    where = root(process.pid, "b")
    process.kill()
    process.wait()
    began = time.monotonic()
    assert await kill_tree(where, census(), 60.0) == []
    assert time.monotonic() - began < 30.0
    assert is_gone(child)


async def test_nobody_is_left_to_stop() -> None:
    assert await kill_tree(Root(marker="nobody has this"), census(), 1.0) == []


def test_who_cannot_be_killed_is_named(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    process = start("sleep", "1000")
    plan = TreeKill(root(process.pid), 0.5, 100.0)
    everyone = census()

    def refuse(pid: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "killpg", refuse)
    monkeypatch.setattr("trinity_tui.process.identity.send", refuse_send)
    now = 100.0
    for _ in range(1000):
        everyone.take()
        survivors = plan.advance(everyone, now)
        if survivors is not None:
            break
        assert plan.next_look_at > now
        now = plan.next_look_at
    else:
        survivors = None
    assert survivors == [process.pid]
    assert now <= 100.0 + 0.5 + 1.0, "it ends by the grace and a second"


@pytest.mark.parametrize(("state", "seconds"), [("D", VERIFY_SECONDS), ("R", DYING_SECONDS), ("S", DYING_SECONDS)])
def test_who_has_to_wait_for_a_processor_to_die_on_is_given_time(
    start: Start, monkeypatch: pytest.MonkeyPatch, state: str, seconds: float
) -> None:
    process = start("sleep", "1000")
    seen = procfs.read_stat(process.pid)
    assert seen is not None
    lives_on = replace(seen, state=state)
    everyone = census()

    def stays(root: Root) -> list[procfs.ProcessStat]:
        return [lives_on]

    monkeypatch.setattr(everyone, "family", stays)
    monkeypatch.setattr("trinity_tui.process.identity.send", accept_send)
    plan = TreeKill(root(process.pid), 0.0, 100.0)
    assert plan.advance(everyone, 100.0) is None
    assert plan.advance(everyone, 100.0 + seconds - 0.01) is None
    assert plan.advance(everyone, 100.0 + seconds) == [process.pid]


def accept_send(pid: int, start_time: int, signal: int) -> bool:
    return True


def refuse_send(pid: int, start_time: int, signal: int) -> bool:
    raise PermissionError
