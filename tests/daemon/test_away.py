"""Whether the person is in front of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.room import Room
from trinity_tui.daemon import away
from trinity_tui.daemon.away import Away

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Clock:
    """The two clocks of a computer."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_800_000_000.0, 100.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady


def test_a_clock_that_is_set_back_makes_nobody_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(away, "time", clock)
    it = Away(tmp_path / "looked.json", Room)
    assert not it.is_watched(5)
    it.joined()
    assert it.is_watched(5)
    clock.wall -= 7_200
    clock.steady += 301
    assert not it.is_watched(5)
    it.looked()
    assert it.is_watched(5)
    it.left()
    assert not it.is_watched(5)
