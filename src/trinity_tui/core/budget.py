"""Limits of what instances may use models for, and the rule that tells from an account who has reached one.

They are the coordinator's to enforce: who has reached one is paused until the day is over, whatever its model says.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Annotated

import msgspec

from trinity_tui.core.message import format_time
from trinity_tui.core.usage_account import day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.usage_account import Account

BUDGET = "budget"
"""Who pauses, where a budget is used up."""
RATE = "rate limit"
"""Who pauses, where there were too many requests, by our limit or the provider's."""
DAY_SECONDS = 86_400
MINUTE_SECONDS = 60.0
MICRO = 1_000_000
Tokens = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Dollars = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


class LimitsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[limits]``: what each instance may use models for."""

    tokens_per_day: Tokens = 0
    """Of each instance, over all its models; 0: no limit."""
    dollars_per_day: Dollars = 2.0
    """Of each instance, for models that cost money; 0: no limit."""
    requests_per_minute: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 60
    """Of each instance to its model; 0: no limit."""
    turns_per_task: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 16
    """How many exchanges with a model one message or task may take."""


class Budget(msgspec.Struct, frozen=True):
    """What one instance may use in a day; 0: no limit."""

    tokens: int = 0
    microdollars: int = 0


class Hold(msgspec.Struct, frozen=True):
    """That an instance is to be paused."""

    reason: str
    until: int
    """Seconds since the epoch."""
    kind: str = ""
    """``tokens`` or ``dollars``, where a budget is used up."""


def budget_of(limits: LimitsConfig, tokens_per_day: int, dollars_per_day: float) -> Budget:
    """One instance's budget.

    Args:
        limits: What holds for all.
        tokens_per_day: Its own limit; 0: that of all.
        dollars_per_day: Its own limit; 0: that of all.
    """
    tokens, dollars = tokens_per_day or limits.tokens_per_day, dollars_per_day or limits.dollars_per_day
    # A limit so small that it rounds to nothing is still one.
    return Budget(tokens, max(1, round(dollars * MICRO)) if dollars else 0)


def exceeds(wanted: Budget, allowed: Budget) -> bool:
    """Whether a budget lets more be used than another, of anything."""
    return any(theirs and (not ours or ours > theirs) for ours, theirs in _pairs(wanted, allowed))


def least(first: Budget, second: Budget) -> Budget:
    """What keeps to both."""
    return Budget(*(min(filter(None, pair), default=0) for pair in _pairs(first, second)))


def _pairs(first: Budget, second: Budget) -> list[tuple[int, int]]:
    return [(first.tokens, second.tokens), (first.microdollars, second.microdollars)]


def words_of(budget: Budget) -> str:
    """A budget in words, such as ``2.00 dollars a day``; empty where nothing is limited."""
    most = [f"{dollars(budget.microdollars)} dollars"] if budget.microdollars else []
    most += [f"{budget.tokens:,} tokens"] if budget.tokens else []
    return f"{' and '.join(most)} a day" if most else ""


def decide(account: Account, budgets: Mapping[str, Budget], now: float) -> dict[str, Hold]:
    """Who has used up a budget today, and until when it is paused."""
    today, until = day(now), (int(now) // DAY_SECONDS + 1) * DAY_SECONDS
    found: dict[str, Hold] = {}
    for instance, budget in budgets.items():
        usage = account.of(instance, today).usage
        if budget.microdollars and usage.microdollars >= budget.microdollars:
            spent = f"{dollars(usage.microdollars)} of {dollars(budget.microdollars)} dollars today"
            found[instance] = Hold(f"until {_midnight(until)}: {spent}", until, "dollars")
        elif budget.tokens and usage.tokens >= budget.tokens:
            spent = f"{usage.tokens:,} of {budget.tokens:,} tokens today"
            found[instance] = Hold(f"until {_midnight(until)}: {spent}", until, "tokens")
    return found


def dollars(microdollars: int) -> str:
    """Money as it is written: cents, and more of what is below one."""
    return (
        f"{microdollars / MICRO:.2f}"
        if microdollars >= MICRO // 100 or not microdollars
        else f"{microdollars / MICRO:f}"
    )


def rate_hold(until: float, why: str) -> Hold:
    """A pause for seconds or minutes."""
    return Hold(f"until {format_time(until)[11:19]} UTC: {why}", int(until))


def moved(hold: Hold, until: float) -> Hold:
    """A pause for seconds or minutes that is over at another time than it said."""
    return hold if until == hold.until else rate_hold(until, hold.reason.partition(" UTC: ")[2])


def _midnight(until: int) -> str:
    return format_time(until)[:16].replace("T", " ") + " UTC"


class Pace:
    """How many requests were made within the last minute."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def note(self, now: float, most: int) -> None:
        """One was made; of the times, the newest ``most`` are kept."""
        self._times.append(now)
        while len(self._times) > most:
            self._times.popleft()

    def move(self, seconds: float) -> None:
        """The clock of the notes was set so far."""
        self._times = deque(at + seconds for at in self._times)

    def full_until(self, now: float, most: int) -> float:
        """When there may be another one; 0 where that is now.

        Args:
            now: On the clock of the notes.
            most: So many a minute; 0: no limit.
        """
        recent = [at for at in self._times if at + MINUTE_SECONDS > now]
        return recent[-most] + MINUTE_SECONDS if 0 < most <= len(recent) else 0.0
