"""When lines were printed: today or a day before, in whatever zone their clock is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.log_times import Run, ahead_of, moments, runs_of

NOW = 1_790_000_531
"""14:22:11 UTC."""
GAPS = st.lists(st.integers(0, 80_000), min_size=1, max_size=12)
HOURS = st.integers(-12, 14)


def said(at: int, hours: int) -> str:
    """A line as somebody prints it whose clock is so many hours ahead of UTC."""
    return f"{datetime.fromtimestamp(at, UTC) + timedelta(hours=hours):%H:%M:%S} step"


@given(GAPS, HOURS, st.floats(0, 0.9), st.integers(0, 3))
def test_the_days_of_the_lines_are_found_whatever_zone_they_are_in(
    gaps: list[int], hours: int, late: float, follow: int
) -> None:
    times = [NOW - sum(gaps[index:]) for index in range(len(gaps))]
    texts = [text for at in times for text in (said(at, hours), *["  of it"] * follow)]
    runs, written = runs_of(texts), times[-1] + late
    found = moments(runs, written, ahead_of(runs, written, 0.0))
    by_line = [at for at, run in zip(found, runs, strict=True) for _ in range(run.lines)]
    assert by_line == [at for at in times for _ in range(follow + 1)]


def test_a_clock_that_goes_back_a_little_is_no_day_and_no_time_is_none() -> None:
    runs = runs_of(["no time", said(NOW - 3, 0), said(NOW, 0), said(NOW - 1, 0), "no time"])
    assert moments(runs, NOW, 0.0) == [None, NOW - 3, NOW - 1, NOW - 1, NOW - 1]
    assert moments([Run(None, 2)], NOW, 0.0) == [None]
    assert ahead_of([Run(None, 1)], NOW, 7_200.0) == 7_200.0


def test_a_date_before_the_time_and_a_fraction_after_it_are_read() -> None:
    texts = ["2026-09-21 14:22:11,123 a", "2026-09-21T14:22:11Z b", "14:22:12 c", "14:22:12 d", "14:22 no", "none"]
    assert runs_of(texts) == [Run(51_731, 2), Run(51_732, 2), Run(None, 2)]
    assert runs_of([]) == []
