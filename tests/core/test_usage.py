"""The moving average, and when a run has used up what it may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.restart import Rules
from trinity_tui.core.usage import SMOOTH_SECONDS, Verdict, judge, smooth

MB = 2**20
VALUES = st.floats(0.0, 1e6)


def test_a_change_is_shown_by_and_by() -> None:
    assert smooth(0.0, 100.0, SMOOTH_SECONDS) == pytest.approx(63.2, abs=0.1)
    assert smooth(50.0, 100.0, 0.0) == 50.0
    assert smooth(50.0, 100.0, -1.0) == 50.0, "a clock that stood still changes nothing"


@given(VALUES, VALUES, st.floats(0.0, 1e6))
def test_an_average_lies_between(before: float, now: float, seconds: float) -> None:
    assert min(before, now) - 1e-6 <= smooth(before, now, seconds) <= max(before, now) + 1e-6


@given(VALUES, VALUES, st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_two_short_steps_are_one_long_one(before: float, now: float, one: float, two: float) -> None:
    stepped = smooth(smooth(before, now, one), now, two)
    assert stepped == pytest.approx(smooth(before, now, one + two), abs=1e-3, rel=1e-6)


def test_three_samples_over_the_limit_in_a_row_are_too_many() -> None:
    rules = Rules(max_memory_bytes=400 * MB)
    over = 0
    for used, verdict in [
        (500, Verdict(1)), (500, Verdict(2)), (400, Verdict(0)), (500, Verdict(1)), (512, Verdict(2)),
        (511.5, Verdict(0, "used 512 MB of 400")),
    ]:  # fmt: skip
        said = judge(rules, over, int(used * MB), 0.0, is_idle=False)
        assert said == verdict
        over = said.samples_over


def test_one_that_is_old_goes_when_it_is_idle_or_a_little_later() -> None:
    rules = Rules(max_age_seconds=36_000.0)
    assert not judge(rules, 0, 0, 35_999.0, is_idle=True).reason
    assert judge(rules, 0, 0, 36_000.0, is_idle=True) == Verdict(0, "ran 10.0 h of 10.0 h", is_planned=True)
    assert not judge(rules, 0, 0, 39_599.0, is_idle=False).reason
    assert judge(rules, 0, 0, 39_600.0, is_idle=False) == Verdict(0, "ran 11.0 h of 10.0 h", is_planned=True)
    assert judge(Rules(max_age_seconds=90.0), 0, 0, 91.0, is_idle=True).reason == "ran 1.5 min of 1.5 min"


@given(st.integers(0, 10), st.integers(0, 10**12), st.floats(0, 1e9), st.booleans())
def test_without_limits_nothing_is_outgrown(over: int, used: int, age: float, is_idle: bool) -> None:
    assert judge(Rules(), over, used, age, is_idle) == Verdict()
