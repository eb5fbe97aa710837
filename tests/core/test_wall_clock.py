"""What is granted for some time lasts that long, however the wall clock is set, and after a start never longer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.wall_clock import STEP_SECONDS, Moment, found_end, set_seconds

HOUR = 3_600.0
SET = st.one_of(st.just(0.0), st.floats(-48 * HOUR, 48 * HOUR))
STEPS = st.lists(st.tuples(st.floats(0.5, 600), SET, st.booleans()), max_size=20)


@given(st.floats(1, 24 * HOUR), STEPS)
def test_no_hold_lasts_longer_than_granted_and_only_a_start_can_end_it_early(
    granted: float, steps: list[tuple[float, float, bool]]
) -> None:
    """A process looks after each step; a clock may be set and a process may be another at any of them."""
    real, offset, since = 1e6, 0.0, 1e6
    before, until, starts = Moment(real, real), real + granted, 0
    for elapsed, set_by, is_start in steps:
        real, offset = real + elapsed, offset + set_by
        now = Moment(real + offset, real)
        if is_start:
            until, since, starts = found_end(until, granted, now.wall), real, starts + 1
            before = now
        elif seconds := set_seconds(before, now):
            until, before = until + seconds, now
        if now.wall < until:
            assert real - since < granted + STEP_SECONDS
        elif not starts:
            assert real - since > granted - STEP_SECONDS


@given(st.floats(0, 1e9), st.floats(0, 1e6))
def test_what_is_found_with_a_clock_nobody_set_ends_when_it_says(at: float, granted: float) -> None:
    assert found_end(at + granted, granted, at) == at + granted
    assert found_end(at + granted, granted, at + granted + 1) < at + granted + 1


@given(st.floats(0, 1e6), st.floats(-STEP_SECONDS, STEP_SECONDS, exclude_min=True, exclude_max=True))
def test_a_clock_that_is_brought_right_slowly_was_not_set(elapsed: float, off: float) -> None:
    wall, steady = 1e6, 5.0
    assert set_seconds(Moment(wall, steady), Moment(wall + elapsed + off / 2, steady + elapsed)) == 0.0
