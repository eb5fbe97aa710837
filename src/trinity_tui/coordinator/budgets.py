"""The authority over what models are used for: who has used up a budget, asks too often, or was refused, is paused.

Budgets are decided on what the log says, so they hold for the next coordinator as well; limits of providers are kept
in a file, for the same. How often an instance asks is only true for a minute, and kept here; a pause that is on record
outlives us. All these pauses end by themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.budget import BUDGET, MINUTE_SECONDS, RATE, Hold, Pace, decide, moved, rate_hold
from trinity_tui.core.message import parse_time
from trinity_tui.core.wall_clock import found_end, set_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.coordinator.provider_limits import ProviderLimits
    from trinity_tui.coordinator.standing import Standing
    from trinity_tui.core.budget import Budget, LimitsConfig
    from trinity_tui.core.message import Message
    from trinity_tui.core.room import Room
    from trinity_tui.core.wall_clock import Moment
    from trinity_tui.core.wire.live import Spent

TURNS_KEPT = 1_000
HOW = "`[limits]` in instances.toml, or the same key of [instances.{}], allows more."


class Hands(msgspec.Struct, frozen=True):
    """What is done with what was decided."""

    hold: Callable[[str, str, str, int], None]
    """Pause an instance: with the reason, who says so, and until when."""
    release: Callable[[str, str], None]
    """End such a pause."""
    cut: Callable[[str, str], object]
    """Stop a turn of an instance."""


class Budgets:
    """Decides about pauses for what models are used for.

    Args:
        room: The room as it is when asked.
        standing: Who is paused, and by whom.
        limits: As configured now.
        budgets: Each instance's, as configured now.
        providers: Which of them take no more requests.
        hands: Carries it out.
        nudge: Called when there is something to decide.
        clock: This moment.
    """

    def __init__(
        self,
        room: Callable[[], Room],
        standing: Standing,
        limits: Callable[[], LimitsConfig],
        budgets: Callable[[], Mapping[str, Budget]],
        providers: ProviderLimits,
        hands: Hands,
        nudge: Callable[[], None],
        clock: Callable[[], Moment],
    ) -> None:
        self._room = room
        self._standing = standing
        self._limits = limits
        self._budgets = budgets
        self._providers = providers
        self._hands = hands
        self._nudge = nudge
        self._clock = clock
        self._last = clock()
        """When the wall clock was last known to be as everything that waits was reckoned by it."""
        self._paces: dict[str, Pace] = {}
        self._uses: dict[str, str] = {}
        """Which provider each instance last asked."""
        self._turns: dict[tuple[str, str], int] = {}
        self._told: set[str] = set()
        self._found: dict[str, Hold | None] = {}
        """What each instance was paused for by the coordinator before us, for a rate, until we know better."""

    def heard(self, instance: str, spent: Spent, provider: str) -> None:
        """An exchange of an instance's with a model is over.

        Args:
            instance: Whose.
            spent: What it says of it.
            provider: Whom it asked: who refuses one of its users refuses them all.
        """
        now = self._now()
        self._uses[instance] = provider
        self._paces.setdefault(instance, Pace()).note(now, self._limits().requests_per_minute)
        if spent.limited_seconds > 0:
            self._providers.refused(provider, spent.limited_seconds, spent.problem, now)
        if not spent.problem:
            self._count(instance, spent.turn)
        self._nudge()

    def _count(self, instance: str, turn: str) -> None:
        count = self._turns.pop((instance, turn), 0) + 1
        self._turns[instance, turn] = count
        if len(self._turns) > TURNS_KEPT:
            del self._turns[next(iter(self._turns))]
        if turn and count > self._limits().turns_per_task:
            self._hands.cut(instance, turn)

    def uses(self, instance: str, provider: str) -> None:
        """An instance has another brain: another provider's limits are its own."""
        if self._uses.get(instance) != provider:
            self._uses[instance] = provider
            self._nudge()

    def _now(self) -> float:
        """Seconds since the epoch, and what waits moved along where the clock was set."""
        now = self._clock()
        if seconds := set_seconds(self._last, now):
            self._last = now
            self._providers.move(seconds)
            for pace in self._paces.values():
                pace.move(seconds)
            self._found = {name: hold and moved(hold, hold.until + seconds) for name, hold in self._found.items()}
        return now.wall

    def decide(self) -> list[Message]:
        """Pause and let go on who is to, and the words for the person."""
        now, budgets = self._now(), self._budgets()
        spent = decide(self._room().usage, budgets, now)
        for instance in budgets:
            self._apply(instance, BUDGET, spent.get(instance))
            self._apply(instance, RATE, self._limit(instance, now))
        return [alert for name, hold in spent.items() if (alert := self._alert(name, hold, budgets[name])) is not None]

    def _limit(self, instance: str, now: float) -> Hold | None:
        limits = self._limits()
        ours = self._paces.get(instance, Pace()).full_until(now, limits.requests_per_minute)
        theirs = self._providers.of(self._uses.get(instance, ""))
        if max(ours, theirs.until) <= now:
            return self._inherited(instance, now)
        self._found[instance] = None
        if theirs.until >= ours:
            return rate_hold(theirs.until, theirs.said)
        return rate_hold(ours, f"{limits.requests_per_minute} requests within {MINUTE_SECONDS:g} s")

    def _inherited(self, instance: str, now: float) -> Hold | None:
        """A pause on record from the coordinator before us, which knew why."""
        if instance not in self._found:
            self._found[instance] = self._on_record(instance, now)
        found = self._found[instance]
        return found if found is not None and found.until > now else None

    def _on_record(self, instance: str, now: float) -> Hold | None:
        before, view = self._standing.pause_of(instance, RATE), self._room().instances.get(instance)
        if before is None or view is None:
            return None
        try:
            granted = before.until - parse_time(view.since)
        except ValueError:
            return None  # Whatever the log says of a time, the coordinator begins.
        end = found_end(before.until, granted, now)
        return moved(Hold(before.reason, before.until), end)

    def _apply(self, instance: str, by: str, wanted: Hold | None) -> None:
        before = self._standing.pause_of(instance, by)
        if wanted is None:
            if before is not None:
                self._hands.release(instance, by)
        elif before is None or (before.reason, before.until) != (wanted.reason, wanted.until):
            self._hands.hold(instance, wanted.reason, by, wanted.until)

    def _alert(self, instance: str, hold: Hold, budget: Budget) -> Message | None:
        """The person is told once of each budget and day, over all coordinators: the id is made of what it is about."""
        limit = budget.microdollars if hold.kind == "dollars" else budget.tokens
        about = f"{instance} {hold.kind} {hold.until} {limit}"
        if about in self._told:
            return None
        self._told.add(about)
        text = f"{instance} is paused {hold.reason}. {HOW.format(instance)}"
        alert = new_message(
            COORDINATOR, HUMAN, "alert", text, origin="coordinator", priority="high",
            metadata={"budget": hold.kind, "instance": instance, "until": hold.until},
        )  # fmt: skip
        mark = hashlib.blake2b(about.encode(), digest_size=16).hexdigest()
        return msgspec.structs.replace(alert, id=f"budget-{mark}")
