"""A tiny run over each provider: every piece that is written arrives, and its delay is that of a piece."""

from __future__ import annotations

import pytest

from trinity_tui.bench import brain
from trinity_tui.bench.options import Options


@pytest.mark.parametrize("provider", brain.PROVIDERS)
def test_every_piece_arrives_both_ways(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brain, "QUICK", brain.Size(pieces=20, pause_seconds=0.0, burst=50))
    monkeypatch.setattr(brain, "PROVIDERS", {provider: brain.PROVIDERS[provider]})
    report = brain.measure(Options(quick=True))
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures[f"{provider}: through the brain, p50"] > 0
    assert figures[f"{provider}: pieces at once through the brain"] > 0
    assert [rail.name for rail in report.rails] == [f"{provider}: added, p95 (ms)"]


def test_a_quantile_is_of_its_values() -> None:
    assert brain.quantile([float(number) for number in range(101)], 0.95) == 95
