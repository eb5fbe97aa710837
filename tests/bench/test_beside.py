"""The arithmetic of a comparison, and how a person and a program read it."""

from __future__ import annotations

import msgspec

from trinity_tui.bench.beside import OURS, Row, Table
from trinity_tui.bench.report import Report

SPEED = Row(key="speed", title="speed", unit="msg/s", better="more", targets={"peer": 10}, must=("peer",))
DELAY = Row(key="delay", title="delay", unit="µs", targets={"peer": 0.5}, limit=100)


def table(ours: list[float], theirs: list[float], row: Row = SPEED) -> Table:
    found = Table([row], [OURS, "peer"])
    for value in ours:
        found.add(row.key, OURS, value)
    for value in theirs:
        found.add(row.key, "peer", value)
    return found


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    # The machine was ten times slower in the second round, for both.
    [one] = table([1000, 100, 1200], [50, 5, 100]).comparisons()
    assert (one.ratio, one.ok, one.must) == (20, True, True)


def test_more_must_reach_its_target_and_less_must_keep_below() -> None:
    assert [one.ok for one in table([99], [10]).comparisons()] == [False]
    by_peer, alone = table([90], [200], DELAY).comparisons()
    assert (by_peer.ratio, by_peer.ok, alone.ratio, alone.ok) == (0.45, True, 90, True)
    assert [one.ok for one in table([120], [200], DELAY).comparisons()] == [False, False]


def test_what_was_not_measured_is_not_compared() -> None:
    assert table([99], []).comparisons() == []


def test_a_peer_that_measured_nothing_is_no_division() -> None:
    [one] = table([5], [0]).comparisons()
    assert one.ratio == float("inf")


def test_a_missed_must_is_named_and_fails_the_report() -> None:
    report = Report(benchmark="bus", quick=True)
    report.compare(table([99], [10]), ["peer: skipped, not installed: peer-server"])
    assert not report.is_ok
    assert "MISSED (must)" in report.table()
    assert "skipped, not installed" in report.table()


def test_the_report_is_json_with_every_round() -> None:
    report = Report(benchmark="bus", quick=True)
    report.compare(table([100, 110], [10, 10]), [])
    found = msgspec.json.decode(msgspec.json.encode(report))
    assert found["beside"]["rounds"]["speed"][OURS] == [100, 110]
    assert found["comparisons"][0]["ok"] is True
