"""Which price a model is counted by."""

from __future__ import annotations

import pytest

from trinity_tui.brains import prices
from trinity_tui.core.brain_name import parse
from trinity_tui.core.brain_price import Price, Tariff, cost
from trinity_tui.core.brains_config import BrainsConfig
from trinity_tui.core.conversation import Usage

CLOUD = "openai:https://models.example/v1#large"


def test_a_dated_name_costs_what_the_model_does() -> None:
    assert prices.price_of("claude-sonnet-4-5-20250929") == prices.price_of("claude-sonnet-4-5") is not None
    assert prices.price_of("claude-of-tomorrow") is None


@pytest.mark.parametrize("name", ["claude:claude-of-tomorrow", CLOUD])
def test_a_model_without_a_price_is_counted_by_the_highest_and_that_is_said(name: str) -> None:
    tariff = prices.tariff_of(parse(name), BrainsConfig())
    assert tariff is not None and tariff.is_assumed
    usage = Usage(1000, 1000, 1000, 1000)
    assert all(cost(tariff.price, usage) >= cost(price, usage) for price in prices.CLAUDE.values())


@pytest.mark.parametrize("name", ["claude:claude-sonnet-5-5", "claude:claude-of-tomorrow", CLOUD])
def test_the_persons_own_price_goes_before(name: str) -> None:
    own = Price(0.5, 1.0)
    assert prices.tariff_of(parse(name), BrainsConfig(prices={parse(name).model: own})) == Tariff(own)


@pytest.mark.parametrize("name", ["builtin", "auto", "ollama:qwen2.5:7b", "openai:http://127.0.0.1:8080/v1#local"])
def test_what_runs_here_costs_nothing(name: str) -> None:
    assert prices.tariff_of(parse(name), BrainsConfig()) is None
