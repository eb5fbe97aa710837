"""What happened though an earlier session could have told: solved blockers met again, the same failures, flips.

Alike is told from keys and signatures alone: what is worded otherwise counts as something else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff.measures import Event, in_order, of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNATURE_WORDS = 12
SIGNATURE_CHARACTERS = 2_000
_MARKED = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b"), "<id>"),
    (re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`"), "<text>"),
    (re.compile(r"(?:[\w.@~-]*/)+[\w.@-]*"), "<path>"),
    (re.compile(r"\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{6,}\b"), "<hex>"),
    (re.compile(r"\b\d+(?:\.\d+)*\b"), "<number>"),
)


class Again(msgspec.Struct, frozen=True):
    """The events that need not have been, of the cases in which it could happen."""

    events: tuple[Event, ...]
    cases: int


def signature(text: str) -> str:
    """What makes two troubles the same: their words, with what changes from time to time replaced by marks."""
    text = text[:SIGNATURE_CHARACTERS].casefold()
    for pattern, mark in _MARKED:
        text = pattern.sub(mark, text)
    return " ".join(text.split()[:SIGNATURE_WORDS])


def decisions(events: Iterable[Event]) -> Again:
    """Of the decisions on what was decided before, those that decide otherwise and do not say what they supersede."""
    held: dict[str, str] = {}
    flipped: list[Event] = []
    cases = 0
    for event in of_kind(events, "decision"):
        if event.key in held:
            cases += 1
            if event.value != held[event.key] and not event.supersedes:
                flipped.append(event)
        held[event.key] = event.value
    return Again(tuple(flipped), cases)


def blockers(events: Iterable[Event]) -> Again:
    """Of the blockers that were met before, those an earlier session had logged a resolution for."""
    met: set[str] = set()
    resolved: dict[str, set[str]] = defaultdict(set)
    known: list[Event] = []
    cases = 0
    for event in in_order(events):
        name = signature(event.key)
        if event.event == "unblock":
            resolved[name].add(event.session)
        elif event.event == "blocker":
            cases += name in met
            if name in met and resolved[name] - {event.session}:
                known.append(event)
            met.add(name)
    return Again(tuple(known), cases)


def failures(events: Iterable[Event]) -> Again:
    """Of the failures, those like one an earlier session logged: the same tool, class of error and file."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    again: list[Event] = []
    failed = of_kind(events, "failure")
    for event in failed:
        name = (event.key, signature(event.value))
        if seen[name] - {event.session}:
            again.append(event)
        seen[name].add(event.session)
    return Again(tuple(again), len(failed))
