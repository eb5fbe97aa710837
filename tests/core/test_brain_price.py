"""What an exchange costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.brain_price import Price, Tariff, cost, priced
from trinity_tui.core.conversation import Usage

figures = st.floats(0, 1_000, allow_nan=False)
prices = st.builds(
    Price, figures, figures, st.none() | figures, st.none() | figures, st.integers(0, 10_000), st.floats(1, 10)
)
counts = st.integers(0, 10_000_000)


@given(prices, counts, counts, counts, counts)
def test_more_tokens_never_cost_less(price: Price, read: int, written: int, kept: int, stored: int) -> None:
    usage = Usage(read, written, kept, stored)
    assert cost(price, usage + Usage(1, 1, 1, 1)) >= cost(price, usage) >= 0


def test_a_long_prompt_costs_more_where_the_price_says_so() -> None:
    price = Price(1, 5, long_above_tokens=100, long_factor=2)
    assert (cost(price, Usage(100, 10)), cost(price, Usage(101, 10))) == (150, 302)


def test_what_a_price_does_not_say_of_caches_is_no_gift() -> None:
    assert cost(Price(4, 20), Usage(0, 0, 10, 10)) == 40 + 50


@pytest.mark.parametrize(("is_assumed", "assumed"), [(True, 1000), (False, 0)])
def test_what_is_counted_by_an_assumed_price_says_so(is_assumed: bool, assumed: int) -> None:
    usage = priced(Tariff(Price(1, 1), is_assumed), Usage(1000))
    assert (usage.microdollars, usage.assumed_microdollars) == (1000, assumed)


def test_what_costs_nothing_is_as_it_was() -> None:
    assert priced(None, Usage(7, 8)) == Usage(7, 8)
