"""What an exchange with a model costs, by a price that is known or assumed; the lists are the providers' and yours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from trinity_tui.core.conversation import Usage

Dollars = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
CACHE_WRITE_FACTOR = 1.25
"""Where a price does not say it: what is written to a cache costs so many times what is read anew."""


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars a million tokens, which are microdollars a token."""

    input: Dollars
    output: Dollars
    cache_read: Dollars | None = None
    """None: as what is read anew."""
    cache_write: Dollars | None = None
    """Of what is kept for five minutes; None: a quarter more than what is read anew."""
    long_above_tokens: Annotated[int, msgspec.Meta(ge=0)] = 0
    """A prompt longer than this costs ``long_factor`` times as much, with its answer; 0: there is no such bound."""
    long_factor: Annotated[float, msgspec.Meta(ge=1, le=1_000)] = 1.0


class Tariff(msgspec.Struct, frozen=True):
    """By what an exchange is counted."""

    price: Price
    is_assumed: bool = False
    """No price of this model is known: the highest that is known of any stands in for it."""


def cost(price: Price, usage: Usage) -> int:
    """Microdollars, rounded up."""
    prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    factor = price.long_factor if price.long_above_tokens and prompt > price.long_above_tokens else 1.0
    kept = price.input if price.cache_read is None else price.cache_read
    stored = price.input * CACHE_WRITE_FACTOR if price.cache_write is None else price.cache_write
    sum_of = usage.input_tokens * price.input + usage.output_tokens * price.output
    sum_of += usage.cache_read_tokens * kept + usage.cache_write_tokens * stored
    return -int(-sum_of * factor // 1)


def priced(tariff: Tariff | None, usage: Usage) -> Usage:
    """The same with what it costs; None: nothing."""
    if tariff is None:
        return usage
    microdollars = cost(tariff.price, usage)
    return msgspec.structs.replace(
        usage, microdollars=microdollars, assumed_microdollars=microdollars if tariff.is_assumed else 0
    )
