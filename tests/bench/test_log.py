"""What a long log costs, measured on a short one."""

from __future__ import annotations

import pytest

from trinity_tui.bench import log
from trinity_tui.bench.report import Report


@pytest.mark.timeout(600)
def test_every_figure_of_a_log_is_measured() -> None:
    report = Report(benchmark="log", quick=True)
    log.grow(report, 25_000)
    assert [figure.name for figure in report.figures if not figure.value] == []
    assert [rail.name for rail in report.rails] == [
        "attach, first room (ms)",
        "seek, snapshot and first page, slowest (ms)",
        "replay: seek, slowest (ms)",
    ]
    assert all(rail.value > 0 for rail in report.rails)
