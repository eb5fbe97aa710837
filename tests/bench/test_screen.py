"""Tiny runs of what the screen's benchmark measures with real screens: every figure is there, and is one."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bench import screen_long, screen_peers, screen_slow
from trinity_tui.bench.options import Options
from trinity_tui.bench.report import Report
from trinity_tui.bench.screens import catalogue


def test_a_long_log_is_attached_to_and_gone_into() -> None:
    report = Report(benchmark="screen", quick=True)
    screen_long.measure(report, 1_500, 1)
    rails = {rail.name: rail.value for rail in report.rails}
    assert set(rails) == {"attached to 1,500 messages, best (ms)", "replay: seek, slowest (ms)"}
    assert all(0 < value < math.inf for value in rails.values())


@pytest.mark.timeout(600)
def test_a_quick_screen_is_watched_alone_and_beside_slow_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_slow, "SETTLE_SECONDS", 0.5)
    report = Report(benchmark="screen", quick=True)
    screen_slow.measure(report, screen_slow.Size(rounds=1, keys=3, seconds=PATIENCE_SECONDS, messages=3))
    delays = [figure.value for figure in report.figures if figure.unit == "ms"]
    assert len(delays) == 12
    assert all(0 < value < math.inf for value in delays)
    assert len(report.rails) == 5


def test_what_a_slow_screen_costs_is_told_from_what_grows_anyway() -> None:
    turns = {
        kind: screen_slow.Turns(keys=[0.01], messages=[0.02], grown=grown)
        for kind, grown in (
            (screen_slow.ALONE, [9.0, 4.0]), (screen_slow.UNREAD, [11.0, 4.0]), (screen_slow.BAD_LINE, [9.5, 7.0]),
        )
    }  # fmt: skip
    report = Report(benchmark="screen", quick=True)
    screen_slow.tell(report, turns)
    assert {rail.value for rail in report.rails if "memory" in rail.name} == {3.0}
    assert [figure.value for figure in report.figures if figure.unit == "MB"] == [6.5]


def test_what_is_measured_beside_ours_is_what_is_set_up() -> None:
    makefile = Path(__file__).parents[2] / "Makefile"
    assert f"PEERS := {' '.join(catalogue.NAMES)}\n" in makefile.read_text()


def test_ours_stands_beside_what_is_installed_and_what_is_not_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PLACE", tmp_path)
    monkeypatch.setattr(screen_peers, "SETTLE_SECONDS", 0.3)
    monkeypatch.setattr(screen_peers, "STARTS", 1)
    # What is typed is echoed by its terminal.
    peer = tmp_path / "posting" / "bin" / "posting"
    peer.parent.mkdir(parents=True)
    peer.write_text("#!/bin/sh\nprintf Send\nexec cat >/dev/null\n")
    peer.chmod(0o700)
    report = Report(benchmark="screen", quick=True)
    screen_peers.measure(report, Options(quick=True), seconds=0.5, keys=3)
    assert [note for note in report.notes if "skipped, not installed" in note] == report.notes[1:]
    assert report.beside is not None
    for name in ("trinity", "posting"):
        filled = {row.key for row in screen_peers.ROWS if report.beside.median(row.key, name) is not None}
        assert filled == {row.key for row in screen_peers.ROWS}, name
