"""Whether the person is in front of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from trinity_tui.core.digest import Digest, Row
from trinity_tui.core.message import format_time
from trinity_tui.core.paths import Workspace
from trinity_tui.core.room import Room
from trinity_tui.daemon import away
from trinity_tui.daemon.away import Away

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def workspace(root: Path) -> Workspace:
    found = Workspace(root)
    found.runtime.mkdir(exist_ok=True)
    return found


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
    it = Away(workspace(tmp_path), Room)
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


def test_what_was_told_last_is_told_again_whoever_asks_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(away, "time", clock)

    def asks(found: Digest, *, again: bool = False) -> Digest:
        # Each time another coordinator: what it knows is what is kept.
        return Away(workspace(tmp_path), Room).tells(found, again=again)

    then = format_time(clock.wall - 8 * 3_600)
    night = Digest(then, {"crash": 1}, (Row("crash", "lead-1", "signal 9", "lead-1", "replay", then),))
    quiet = Digest(format_time(clock.wall))
    assert asks(quiet, again=True) == quiet, "there is nothing to tell again"
    assert asks(night) == night
    told_at = format_time(clock.wall)
    clock.wall += 3_600
    assert asks(quiet) == quiet, "nobody asked for what they know"
    assert asks(quiet, again=True) == replace(night, made_at=told_at)
    assert asks(quiet, again=True) == replace(night, made_at=told_at)
    assert asks(night, again=True) == night, "it is of now"
