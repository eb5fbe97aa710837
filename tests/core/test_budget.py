"""Budgets: who has used one up is held until the UTC day is over, whatever order it was spent in; nobody else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.budget import (
    DAY_SECONDS,
    Budget,
    LimitsConfig,
    Pace,
    budget_of,
    decide,
    dollars,
    exceeds,
    least,
    rate_hold,
    words_of,
)
from trinity_tui.core.conversation import Usage
from trinity_tui.core.usage_account import Account, Tally, day

MIDNIGHT = 20_778 * DAY_SECONDS
NOW = MIDNIGHT + 3_600.0
COUNT = st.integers(0, 3_000_000)


def account(name: str, *used: Usage, at: float = NOW) -> Account:
    tallies = {f"brain-{n}": Tally(1, usage) for n, usage in enumerate(used)}
    return Account({day(at): {name: tallies}})


@given(st.lists(st.builds(Usage, COUNT, COUNT, COUNT, COUNT, COUNT), max_size=5), COUNT, COUNT)
def test_held_is_who_has_used_it_up_and_nobody_else(used: list[Usage], tokens: int, microdollars: int) -> None:
    budget = Budget(tokens, microdollars)
    total = sum(used, Usage())
    held = decide(account("a", *used), {"a": budget, "b": budget}, NOW)
    is_up = 0 < tokens <= total.tokens or 0 < microdollars <= total.microdollars
    assert list(held) == (["a"] if is_up else [])
    assert held == decide(account("a", *reversed(used)), {"b": budget, "a": budget}, NOW)
    assert all(hold.until == MIDNIGHT + DAY_SECONDS for hold in held.values())


@given(st.builds(Usage, COUNT, COUNT, COUNT, COUNT, COUNT), st.floats(0, DAY_SECONDS - 1))
def test_the_next_day_begins_anew(used: Usage, later: float) -> None:
    budget = Budget(1, 1)
    spent = account("a", used)
    held = decide(spent, {"a": budget}, MIDNIGHT + later)
    assert bool(held) == bool(used.tokens or used.microdollars)
    assert decide(spent, {"a": budget}, MIDNIGHT + DAY_SECONDS) == {}


def test_the_reason_is_a_sentence_with_the_time_and_the_figures() -> None:
    held = decide(account("a", Usage(microdollars=2_310_000)), {"a": Budget(0, 2_000_000)}, NOW)
    assert held["a"].reason == "until 2026-11-22 00:00 UTC: 2.31 of 2.00 dollars today"
    held = decide(account("a", Usage(1_200, 34)), {"a": Budget(1_000, 0)}, NOW)
    assert held["a"].reason == "until 2026-11-22 00:00 UTC: 1,234 of 1,000 tokens today"
    assert rate_hold(NOW + 131, "claude says 429").reason == "until 01:02:11 UTC: claude says 429"


BUDGETS = st.builds(Budget, st.sampled_from([0, 1, 5]), st.sampled_from([0, 1, 5]))


@given(BUDGETS, BUDGETS, st.integers(0, 9), st.integers(0, 9))
def test_what_keeps_to_two_budgets_keeps_to_both_and_exceeds_neither(
    first: Budget, second: Budget, tokens: int, microdollars: int
) -> None:
    def is_up(budget: Budget) -> bool:
        return bool(decide(account("a", Usage(tokens, microdollars=microdollars)), {"a": budget}, NOW))

    both = least(first, second)
    assert is_up(both) == (is_up(first) or is_up(second))
    assert not exceeds(both, first) and not exceeds(both, second)
    assert exceeds(first, second) == (both != first)


def test_a_budget_in_words() -> None:
    assert words_of(Budget(1_000, 2_500_000)) == "2.50 dollars and 1,000 tokens a day"
    assert words_of(Budget()) == ""


def test_an_instances_own_limit_goes_before_that_of_all() -> None:
    limits = LimitsConfig(tokens_per_day=10)
    assert budget_of(limits, 0, 0.0) == Budget(10, 2_000_000)
    assert budget_of(limits, 7, 0.5) == Budget(7, 500_000)
    assert budget_of(LimitsConfig(dollars_per_day=0.0), 0, 0.0) == Budget()
    assert budget_of(limits, 0, 1e-9).microdollars == 1


@pytest.mark.parametrize(("micro", "text"), [(0, "0.00"), (1, "0.000001"), (9_999, "0.009999"), (12_345_678, "12.35")])
def test_money_is_written_in_cents_unless_it_is_less(micro: int, text: str) -> None:
    assert dollars(micro) == text


@given(st.lists(st.floats(0, 30), max_size=30), st.integers(1, 10))
def test_a_minute_has_no_more_requests_than_are_allowed(waits: list[float], most: int) -> None:
    pace, now, made = Pace(), 0.0, list[float]()
    for wait in waits:
        now += wait
        until = pace.full_until(now, most)
        if until == 0.0:
            pace.note(now, most)
            made.append(now)
        else:
            assert now < until <= now + 60.0
            assert pace.full_until(until, most) == 0.0
    assert all(sum(other <= at < other + 60.0 for other in made) <= most for at in made)


def test_no_limit_is_never_full() -> None:
    pace = Pace()
    for _ in range(100):
        pace.note(1.0, 0)
    assert pace.full_until(1.0, 0) == 0.0
