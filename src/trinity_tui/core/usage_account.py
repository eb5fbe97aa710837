"""What models were used for and what that cost: an account per UTC day, instance and brain, folded from the log.

An instance puts a ``status`` about itself on record after each exchange, with ``metadata.spent``. What it says is
counted as it is said, never less than nothing; days that are long over are forgotten.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import typed
from trinity_tui.core.conversation import Usage
from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import format_time, parse_time

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

DAYS_KEPT = 35
BRAINS_KEPT = 16
"""Of one instance and day; what others used counts as ``other``."""
OTHER = "other"
MOST = 10**12
"""No exchange uses more of anything."""


class Tally(msgspec.Struct, frozen=True):
    """What was used together."""

    exchanges: int = 0
    usage: Usage = Usage()

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.exchanges + other.exchanges, self.usage + other.usage)


Tallies = dict[str, dict[str, Tally]]
"""By instance and brain."""


class Account(msgspec.Struct):
    """What was used on each of the last days."""

    days: dict[str, Tallies] = msgspec.field(default_factory=dict[str, Tallies])
    """By UTC day, ``2026-11-21``."""

    def fold(self, message: Message) -> bool:
        """Count what an instance says it used; whether it says so."""
        spent, day = spent_of(message.metadata), day_of(message)
        if spent is None or not day:
            return False
        tallies = self.days.setdefault(day, {}).setdefault(message.from_, {})
        brain = typed.text(spent, "brain", OTHER)
        if brain not in tallies and len(tallies) >= BRAINS_KEPT:
            brain = OTHER
        tallies[brain] = tallies.get(brain, Tally()) + Tally(1, _usage(spent))
        while len(self.days) > DAYS_KEPT:
            del self.days[min(self.days)]
        return True

    def of(self, instance: str, day: str) -> Tally:
        """What one instance used on one day, of all brains together."""
        return sum(self.days.get(day, {}).get(instance, {}).values(), Tally())


def spent_of(metadata: dict[str, Any]) -> dict[str, Any] | None:
    """What a status says was used; None where it says nothing of that kind."""
    found = typed.tables({"spent": [metadata.get("spent")]}, "spent")
    return found[0] if found else None


def day_of(message: Message) -> str:
    """The UTC day of a message; empty where its time is none."""
    try:
        return day(parse_time(message.timestamp))
    except (ValueError, OverflowError):
        return ""


def day(now: float) -> str:
    """The UTC day of a time in seconds since the epoch."""
    return format_time(now)[:10]


def day_named(name: str, now: float) -> str:
    """The UTC day that somebody means.

    Args:
        name: ``today``, or one such as ``2026-11-21``.
        now: Seconds since the epoch.

    Raises:
        ClientError: That is no day (2).
    """
    if name == "today":
        return day(now)
    try:
        return date.fromisoformat(name).isoformat()
    except ValueError:
        raise ClientError(f"{name!r} is no day: today, or one such as 2026-11-21, in UTC", 2) from None


def _usage(spent: dict[str, Any]) -> Usage:
    return Usage(**{name: max(0, min(MOST, typed.whole(spent, name))) for name in Usage.__struct_fields__})
