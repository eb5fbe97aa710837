"""The restart policy's numbers and the fleet's bucket."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.restart import Rules, bucket, delay


def test_delays_double_up_to_the_longest() -> None:
    rules = Rules()
    assert [delay(rules, failures, 0.0) for failures in range(9)] == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]
    assert delay(rules, 5000, 0.0) == 60.0


@given(failures=st.integers(1, 100), jitter=st.floats(-5, 5))
def test_chance_moves_a_delay_by_a_fifth_at_most(failures: int, jitter: float) -> None:
    rules = Rules()
    plain = delay(rules, failures, 0.0)
    assert 0.8 * plain - 1e-9 <= delay(rules, failures, jitter) <= 1.2 * plain + 1e-9


def test_a_burst_is_free_and_then_there_is_a_rate() -> None:
    tokens = bucket(2, now=100.0)
    waits: list[float] = []
    for _ in range(11):
        tokens, wait = tokens.take(100.0)
        waits.append(round(wait, 6))
    assert waits == [0.0] * 8 + [0.1, 0.2, 0.3]
    tokens, wait = tokens.take(200.0)
    assert wait == 0.0


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_never_more_starts_than_the_burst_and_the_rate_allow(gaps: list[float]) -> None:
    tokens, now, starts = bucket(1, now=0.0), 0.0, list[float]()
    for gap in gaps:
        now += gap
        tokens, wait = tokens.take(now)
        starts.append(now + wait)
    for first in starts:
        within = [start for start in starts if first <= start < first + 1.0]
        assert len(within) <= 4 + 10 + 1
