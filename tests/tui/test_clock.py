from __future__ import annotations

import pytest
from tui_demo import NOW, HandClock

from trinity_tui.tui.clock import duration, seconds_of


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "0s"), (0, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (86_399, "23h"), (90_000, "1d")],
)
def test_a_duration_has_the_unit_a_glance_needs(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_moment_is_written_as_the_wall_clock_shows_it() -> None:
    clock = HandClock().clock()
    assert clock.at(NOW) == "14:22:11"
    assert clock.stamp("2026-09-21T14:22:11.000000Z") == "14:22:11"


@pytest.mark.parametrize("text", ["", "yesterday", "9999-99-99T00:00:00Z", "\x1b[31m"])
def test_what_is_no_time_is_blank(text: str) -> None:
    assert HandClock().clock().stamp(text) == " " * 8
    assert seconds_of(text) is None
