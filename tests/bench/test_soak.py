"""What a soak makes of its samples."""

from __future__ import annotations

from trinity_tui.bench.soak import Sample, drift, growth


def samples(grow: int = 0, rise: float = 0.0) -> list[Sample]:
    return [Sample(10.0 * at, 50_000_000 + grow * at, 0.2 + rise * at, 0.01) for at in range(60)]


def test_what_is_flat_neither_grows_nor_drifts() -> None:
    assert growth(samples()) == 0
    assert drift(samples()) == 1


def test_what_grows_is_seen() -> None:
    assert growth(samples(grow=1_000)) == 100
    assert drift(samples(rise=0.01)) > 1.5
