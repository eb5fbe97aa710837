"""One tiny run of every scene beside every supervisor that is installed: real daemons, real children."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bench import bound
from trinity_tui.bench.beside import Table
from trinity_tui.bench.supervise import ROWS, TINY, Stage
from trinity_tui.bench.supervisors import catalogue
from trinity_tui.bench.supervisors.children import FALLBACK, Reports, compile_child
from trinity_tui.bench.supervisors.printed import lost_lines

if TYPE_CHECKING:
    from pathlib import Path

HERE = [peer for peer in catalogue.PEERS if not peer.missing()]
NATIVE, BARE = "native", "bare"


@pytest.fixture(params=[NATIVE, BARE])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Both ways a child can be."""
    return compile_child(tmp_path) if request.param == NATIVE else [sys.executable, "-I", "-S", str(FALLBACK)]


def stage(program: list[str], peer: catalogue.Peer) -> tuple[Stage, Table]:
    table = Table(ROWS, [peer.name])
    return Stage(table, program, TINY), table


@pytest.mark.parametrize("peer", HERE, ids=lambda peer: peer.name)
def test_the_life_of_children(peer: catalogue.Peer, tmp_path: Path) -> None:
    on, table = stage(compile_child(tmp_path), peer)
    on.life(peer)
    for row in ("up", "memory", "alive", "stop"):
        assert (table.median(row, peer.name) or 0) > 0, row


def test_ours_loses_and_doubles_nothing_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    peer = catalogue.PEERS[0]
    on, table = stage(compile_child(tmp_path), peer)
    on.killed(peer)
    found = {row: table.median(row, peer.name) for row in ("survive", "twice", "lost")}
    assert found == {"survive": TINY.children, "twice": 0, "lost": 0}


def test_ours_leaves_nothing_behind(program: list[str]) -> None:
    peer = catalogue.PEERS[0]
    on, table = stage(program, peer)
    on.leaving(peer)
    on.crashing(peer)
    assert table.median("leaked", peer.name) == 0
    assert (table.median("crash", peer.name) or 0) >= 1


@pytest.mark.parametrize("mode", ["pause", "stubborn", "family"])
def test_a_child_reports_what_it_is(mode: str, program: list[str], tmp_path: Path) -> None:
    reports = Reports(tmp_path / "r")
    child = bound.start([*program, str(tmp_path / "r"), mode, "child-1"], stdout=subprocess.DEVNULL)
    try:
        found = reports.wait(2 if mode == "family" else 1, PATIENCE_SECONDS)
        assert {report.mode for report in found} == ({"family", "grandchild"} if mode == "family" else {mode})
        assert child.pid in reports.living()
    finally:
        reports.close()
        child.wait(PATIENCE_SECONDS)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("output", "lost"),
    [
        (b"7 0\n7 1\n7 2\n", 0),
        (b"7 0\n7 2\n", 1),
        (b"7 0\n7 1\n8 0\n8 1\n8", 0),
        (b"7 1\n", 1),
        (b"7 0\nhalf\n7 1\n", 1),
        (b"", 0),
    ],
)
def test_lines_that_are_missing_are_counted(output: bytes, lost: int) -> None:
    assert lost_lines([output]) == lost
