"""Goals that nobody gave and that lasted: taken up by several instances over several sessions.

Goals are one where most of their words are; one that was given before, by the person or another, is nobody's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff.measures import in_order
from trinity_tui.core.handoff.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.handoff.measures import Event

LEAST_SESSIONS = 3
LEAST_INSTANCES = 2
WINDOW_SESSIONS = 10
ALIKE = 0.5
"""The part of all words of two goals that both have, from which on they are one."""


class OwnGoal(msgspec.Struct, frozen=True):
    """Such a goal."""

    key: str
    """As it was worded first."""
    sessions: int
    instances: int
    span: int
    """Over how many sessions, of all there were, from the first in which it was seen to the last."""
    persistence: float
    """The share of the sessions that had it, from the first on, of ten at the most."""


class _Cluster(msgspec.Struct):
    key: str
    words: frozenset[str]
    is_own: bool
    sessions: set[str]
    instances: set[str]


def own_goals(events: Iterable[Event]) -> list[OwnGoal]:
    """The goals of their own that lasted, in the order in which they came up."""
    ordered = [event for event in in_order(events) if event.event != "found"]
    place = {name: index for index, name in enumerate(dict.fromkeys(event.session for event in ordered))}
    clusters: list[_Cluster] = []
    given: set[frozenset[str]] = set()
    for event in ordered:
        if event.event != "goal" or event.value:
            continue
        words = stems(event.key)
        if event.origin == "self":
            cluster = _cluster_of(clusters, event.key, words, given)
            cluster.sessions.add(event.session)
            cluster.instances.add(event.instance)
        else:
            given.add(words)
    return [_told(one, place) for one in clusters if _lasted(one)]


def _cluster_of(clusters: list[_Cluster], key: str, words: frozenset[str], given: set[frozenset[str]]) -> _Cluster:
    for one in clusters:
        if one.key == key or _are_alike(one.words, words):
            return one
    is_own = not any(_are_alike(words, other) for other in given)
    clusters.append(_Cluster(key, words, is_own, set(), set()))
    return clusters[-1]


def _lasted(one: _Cluster) -> bool:
    return one.is_own and len(one.sessions) >= LEAST_SESSIONS and len(one.instances) >= LEAST_INSTANCES


def _told(one: _Cluster, place: dict[str, int]) -> OwnGoal:
    places = sorted(place[session] for session in one.sessions)
    window = min(WINDOW_SESSIONS, len(place) - places[0])
    seen = sum(index < places[0] + window for index in places)
    return OwnGoal(one.key, len(places), len(one.instances), places[-1] - places[0] + 1, seen / window)


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one | other) and len(one & other) >= ALIKE * len(one | other)
