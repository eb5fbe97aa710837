"""What models cost and use, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.core.usage_account import Tally


def dollars(microdollars: int) -> str:
    """An amount for people: cents where there are some, more digits where there are none."""
    amount = microdollars / 1e6
    return f"${amount:.2f}" if amount >= 0.1 or not microdollars else f"${amount:.4f}"


def told(tally: Tally) -> str:
    """An account in a few words; empty where nothing was used."""
    cost = f", {dollars(tally.usage.microdollars)}" if tally.usage.microdollars else ""
    return f"{tally.usage.tokens:,} tokens{cost}" if tally.exchanges else ""
