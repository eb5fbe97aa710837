"""What each session found open, settled, left open and met again, counted from the events.

::

    goal, blocker ──▶ open ──action, failure, unblock, a goal called off──▶ closed

What a session opened and did not close is *left*. What was left by sessions that were over when it began is what it
*found*, whoever left it; what of that it closed itself is *settled*. What a session opens again is its own as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import repeats
from trinity_tui.core.handoff.measures import Event, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Name = tuple[str, str]
"""Of what is open: what kind of thing, and what it is about."""


class Account(msgspec.Struct):
    """One session's; every entry is the event it is counted from."""

    session: str
    instance: str
    began: float
    """When its first event was, in seconds since the epoch."""
    ended: float
    events: int = 0
    """How many it has: of nothing else is it counted."""
    found: list[Event] = []
    """What stood open when it began, each as it was opened."""
    settled: list[Event] = []
    """What of that it closed, each as it was opened."""
    left: list[Event] = []
    """What it opened, and was open at its last event."""
    repeated: list[Event] = []
    """What happened in it though an earlier session could have told."""


class Total(msgspec.Struct, frozen=True):
    """The sessions of one instance together."""

    instance: str
    sessions: int
    events: int
    found: int
    settled: int
    left: int
    repeated: int


def accounts(events: Iterable[Event]) -> list[Account]:
    """Each session's, in the order in which they began."""
    ordered = [event for event in in_order(events) if event.event != "found"]
    last = {event.session: index for index, event in enumerate(ordered)}
    told: dict[str, Account] = {}
    opened: dict[Name, Event] = {}
    for index, event in enumerate(ordered):
        account = told.get(event.session)
        if account is None:
            account = told[event.session] = Account(event.session, event.instance, event.ts, event.ts)
            account.found = [one for one in opened.values() if last[one.session] < index]
        account.ended = event.ts
        account.events += 1
        _fold(opened, event, account)
        if index == last[event.session]:
            account.left = [one for one in opened.values() if one.session == event.session]
    for again in (repeats.decisions(ordered), repeats.blockers(ordered), repeats.failures(ordered)):
        for event in again.events:
            told[event.session].repeated.append(event)
    return list(told.values())


def totals(told: Sequence[Account]) -> list[Total]:
    """Each instance's, by name."""
    by_instance: dict[str, list[Account]] = {}
    for account in told:
        by_instance.setdefault(account.instance, []).append(account)
    return [
        Total(
            name, len(own), sum(one.events for one in own),
            sum(len(one.found) for one in own), sum(len(one.settled) for one in own),
            sum(len(one.left) for one in own), sum(len(one.repeated) for one in own),
        )
        for name, own in sorted(by_instance.items())
    ]  # fmt: skip


def _fold(opened: dict[Name, Event], event: Event, account: Account) -> None:
    name = _name(event)
    if event.event == "blocker" or (event.event == "goal" and not event.value):
        opened[name] = event
    elif event.event in ("action", "failure", "unblock", "goal") and opened.pop(name, None) is not None:
        account.settled += [one for one in account.found if _name(one) == name and one not in account.settled]


def _name(event: Event) -> Name:
    if event.event in ("blocker", "unblock"):
        return "blocker", repeats.signature(event.key)
    return "goal", event.key
