"""What happened, one machine-readable line an event, so that continuity can be measured later.

Each computer writes a file of its own; a reader takes all of them, in any order, with what is repeated counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterable

EventKind = Literal["decision", "action", "blocker", "unblock", "failure", "goal", "probe", "found"]
"""``goal``: it was asked something, or given a task; with a ``value`` it is called off.
``found``: what somebody wrote into the log was first seen; ``ts`` is its place in it."""
Origin = Literal["human", "assigned", "self"]


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing an instance did, met or settled."""

    event: EventKind
    session: str
    """The id of the block it belongs to."""
    ts: float
    """In seconds since the epoch."""
    instance: str = ""
    origin: Origin = "self"
    key: str = ""
    """What it is about, in a few words; of a failure the tool, of a decision its subject."""
    value: str = ""
    """What came of it: ``ok``, a decision's content, the class of an error."""
    ref: str = ""
    """The message it stands in."""
    supersedes: str = ""
    """Of a decision, the message of the one it replaces."""


def without_secrets(event: Event) -> Event:
    """An event as it is kept: what others said in it has no keys any more."""
    return msgspec.structs.replace(event, key=redact(event.key), value=redact(event.value))


def first_found(events: list[Event]) -> dict[str, float]:
    """The place of each block that was found in a log, by any computer."""
    found: dict[str, float] = {}
    for event in events:
        if event.event == "found":
            found[event.session] = min(event.ts, found.get(event.session, event.ts))
    return found


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events as they happened, in one order however they were read."""
    return sorted(
        events, key=lambda one: (one.ts, one.session, one.event, one.key, one.value, one.ref, one.instance, one.origin)
    )  # fmt: skip


def of_kind(events: Iterable[Event], kind: EventKind) -> list[Event]:
    """Those of a kind, as they happened."""
    return in_order(event for event in events if event.event == kind)
