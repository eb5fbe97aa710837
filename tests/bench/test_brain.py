"""A tiny run over each provider: every piece that is written arrives, and its delay is that of a piece."""

from __future__ import annotations

from functools import partial

import pytest

from trinity_tui.bench import brain, brain_screen
from trinity_tui.bench.options import Options
from trinity_tui.bench.report import Report


@pytest.mark.parametrize("provider", brain.PROVIDERS)
def test_every_piece_arrives_both_ways(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brain, "QUICK", brain.Size(pieces=20, pause_seconds=0.0, burst=50))
    monkeypatch.setattr(brain, "PROVIDERS", {provider: brain.PROVIDERS[provider]})
    report = Report(benchmark="brain", quick=True)
    brain.measure_brains(report, Options(quick=True))
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures[f"{provider}: through the brain, p50"] > 0
    assert figures[f"{provider}: pieces at once through the brain"] > 0
    assert [rail.name for rail in report.rails] == [f"{provider}: added, p95 (ms)"]


def test_a_token_is_followed_from_the_socket_to_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brain_screen, "ALONE_SECONDS", 0.01)
    report = Report(benchmark="brain", quick=True)
    serving = brain_screen.Serving(brain.serving, partial(brain.run_bare, "openai"))
    brain_screen.measure(report, serving, brain_screen.Size(alone=5, stream=5, rounds=1))
    figures = {figure.name: figure.value for figure in report.figures}
    assert 0 < figures["to the screen: a token alone, p50"] < 10_000
    assert {rail.bar for rail in report.rails} == {5.0}
