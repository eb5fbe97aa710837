"""What a model of a provider that takes money costs: data, from its published price list of October 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from trinity_tui.core.conversation import Usage


class Price(msgspec.Struct, frozen=True):
    """Dollars a million tokens, which are microdollars a token."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    """Of what is kept for five minutes."""
    long_above_tokens: int = 0
    """A prompt longer than this costs ``long_factor`` times as much, with its answer; 0: there is no such bound."""
    long_factor: float = 1.0


def _price(input_price: float, output: float, read_share: float = 0.1, **bounds: float) -> Price:
    # Writing to the cache costs a quarter more than reading anew, whatever the model.
    above, factor = int(bounds.get("above", 0)), bounds.get("factor", 1.0)
    return Price(input_price, output, input_price * read_share, input_price * 1.25, above, factor)


CLAUDE: dict[str, Price] = {
    "claude-fable-5-1": _price(10, 50, 0.025),
    "claude-mythos-5-1": _price(10, 50, 0.025),
    "claude-fable-5": _price(10, 50),
    "claude-mythos-5": _price(10, 50),
    "claude-opus-5-5": _price(4, 20, 0.05),
    "claude-opus-5": _price(5, 25),
    "claude-opus-4-8": _price(5, 25),
    "claude-opus-4-7": _price(5, 25),
    "claude-opus-4-6": _price(5, 25),
    "claude-opus-4-5": _price(5, 25),
    "claude-opus-4-1": _price(15, 75),
    "claude-sonnet-5-5": _price(2, 10, 0.05),
    "claude-sonnet-5": _price(2, 10),
    "claude-sonnet-4-6": _price(3, 15),
    "claude-sonnet-4-5": _price(3, 15),
    "claude-haiku-5-5": _price(0.1, 0.5, above=100_000, factor=5.0),
    "claude-haiku-4-5": _price(1, 5),
}


def price_of(model: str) -> Price | None:
    """The price of a Claude model, also under its dated name; None where it is not known."""
    name, _, date = model.rpartition("-")
    return CLAUDE.get(name if len(date) == 8 and date.isdigit() else model)


def microdollars(model: str, usage: Usage) -> int:
    """What an exchange cost, rounded up; 0 where no price is known."""
    price = price_of(model)
    if price is None:
        return 0
    prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    factor = price.long_factor if price.long_above_tokens and prompt > price.long_above_tokens else 1.0
    cost = usage.input_tokens * price.input + usage.output_tokens * price.output
    cost += usage.cache_read_tokens * price.cache_read + usage.cache_write_tokens * price.cache_write
    return -int(-cost * factor // 1)
