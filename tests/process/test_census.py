"""Who belongs together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from patience import wait_until
from trinity_tui.process import procfs
from trinity_tui.process.census import Census, Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from process.conftest import Start

MARKER = "TRINITY_TEST"


def taken(*spared: int) -> Census:
    census = Census(MARKER, frozenset(spared))
    census.take()
    return census


def pids(census: Census, root: Root) -> set[int]:
    return {member.pid for member in census.family(root)}


def test_by_session_by_marker_by_descent(start: Start, fake: Callable[..., list[str]], tmp_path: Path) -> None:
    told = tmp_path / "pids"
    process = start(*fake("stubborn.py", told, "child"), env={MARKER: "one"})
    wait_until(told.exists, "both are there")
    leader, child = (int(pid) for pid in told.read_text().split())
    census = taken()
    stat = census.stat(leader)
    assert stat is not None
    assert pids(census, Root(leader, stat.start_time)) == {leader, child}, "the child left the session, not the family"
    assert pids(census, Root(marker="one")) == {leader, child}
    assert census.marked()[child] == "one"
    assert {member.pid for member in census.descendants(leader)} == {child}
    assert pids(taken(child), Root(marker="one")) == {leader}
    os.kill(leader, 9)
    process.wait()
    census.take()
    assert pids(census, Root(leader, stat.start_time)) == set(), "no sign is left but the marker"
    assert pids(census, Root(leader, stat.start_time, "one")) == {child}
    os.kill(child, 9)


def test_a_session_of_another_with_that_pid_is_not_ours(start: Start) -> None:
    process = start("sleep", "1000")
    stat = procfs.read_stat(process.pid)
    assert stat is not None
    census = taken()
    assert pids(census, Root(process.pid, stat.start_time)) == {process.pid}
    assert pids(census, Root(process.pid, stat.start_time - 1)) == set()
    assert pids(census, Root()) == set()
