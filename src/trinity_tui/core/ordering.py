"""Who waits for whom: what keeps an instance from being started, and who may be stopped before whom.

An instance is started once everything it comes ``after`` is ready; what becomes of those later does not touch it.
Stops go the other way round, within one grace for all (``supervision.stopping``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.lifecycle_state import Actual, Desired

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from trinity_tui.core.lifecycle_state import Lifecycle

NAMED_MOST = 4
"""So many of those that are waited for are named."""


def standing(state: Lifecycle | None) -> str | None:
    """How far an instance is for those that wait for it: None when it is ready, else a word (empty: on its way).

    One that was to end and did so well counts as ready, and so does one that answers slowly.
    """
    if state is None:
        return "not there"
    if state.actual in (Actual.RUNNING, Actual.COMPLETED):
        return None
    if state.actual is Actual.PARKED:
        return "parked"
    return "stopped" if state.desired is Desired.DOWN else ""


def blocked(after: Iterable[str], states: Mapping[str, Lifecycle]) -> str:
    """What an instance waits for, as a sentence; empty when everything it comes after is ready."""
    waits_for: list[str] = []
    for name in after:
        word = standing(states.get(name))
        if word is not None:
            waits_for.append(f"{name} ({word})" if word else name)
    if not waits_for:
        return ""
    more = len(waits_for) - NAMED_MOST
    return f"waits for {', '.join(waits_for[:NAMED_MOST])}" + (f" and {more} more" if more > 0 else "")


def first_to_stop(live: Collection[str], after: Mapping[str, Collection[str]]) -> list[str]:
    """Those of the living that no other living one came after.

    Args:
        live: Whoever still has a process.
        after: What each waits for when it starts.
    """
    needed = {name for one in live for name in after.get(one, ()) if name != one}
    return [one for one in live if one not in needed]
