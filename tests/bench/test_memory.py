"""A short run: every figure is there, and ours finds more than those beside it on the half it was not made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bench import memory
from trinity_tui.bench.options import Options

if TYPE_CHECKING:
    import pytest


def test_a_short_run_beside_plain_fts5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "QUICK", memory.Size(log_count=1, line_count=900, search_count=10))
    report = memory.measure(Options(quick=True, peers="fts5"))
    assert report.beside is not None
    for row in ("frozen all recall", "frozen all rank"):
        (ours,), (theirs,) = report.beside.rounds[row]["trinity"], report.beside.rounds[row]["fts5"]
        assert ours > theirs
    assert [rail.name for rail in report.rails] == ["a record into the index (µs)", "search, p95 (ms)"]
    assert {figure.name for figure in report.figures} == {"from the file to the index", "search, p50"}
    assert "frozen, all: recall" in report.table()
