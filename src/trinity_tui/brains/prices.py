"""What a model of a provider that takes money costs: data, from its published price list of October 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.brain_price import CACHE_WRITE_FACTOR, Price, Tariff
from trinity_tui.core.brains_config import leaves_machine

if TYPE_CHECKING:
    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.core.brains_config import BrainsConfig


def _price(input_price: float, output: float, read_share: float = 0.1, **bounds: float) -> Price:
    # Writing to the cache costs a quarter more than reading anew, whatever the model.
    above, factor = int(bounds.get("above", 0)), bounds.get("factor", 1.0)
    return Price(input_price, output, input_price * read_share, input_price * CACHE_WRITE_FACTOR, above, factor)


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
_FIGURES = [(one.input, one.output, one.cache_read or 0.0, one.cache_write or 0.0) for one in CLAUDE.values()]
HIGHEST = Price(*(max(column) for column in zip(*_FIGURES, strict=True)))
"""The highest known figure of each kind: a model without a price is counted by it, so that a limit of money holds."""


def price_of(model: str) -> Price | None:
    """The price of a Claude model, also under its dated name; None where it is not known."""
    name, _, date = model.rpartition("-")
    return CLAUDE.get(name if len(date) == 8 and date.isdigit() else model)


def tariff_of(name: BrainName, config: BrainsConfig) -> Tariff | None:
    """By what an exchange with a brain is counted; None: it costs nothing.

    Args:
        name: The brain.
        config: With the person's own prices, which go before the list.
    """
    if name.provider not in ("claude", "openai"):
        return None
    if (own := config.prices.get(name.model)) is not None:
        return Tariff(own)
    if name.provider == "claude" and (known := price_of(name.model)) is not None:
        return Tariff(known)
    return Tariff(HIGHEST, is_assumed=True) if leaves_machine(name, config) else None
