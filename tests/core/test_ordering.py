"""Who waits for whom, and who may be stopped before whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.lifecycle_state import Actual, Desired, Lifecycle
from trinity_tui.core.ordering import blocked, first_to_stop, standing

UP = Desired.UP


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (None, "not there"),
        (Lifecycle(desired=UP, actual=Actual.RUNNING), None),
        (Lifecycle(desired=UP, actual=Actual.COMPLETED), None),
        (Lifecycle(desired=UP, actual=Actual.STARTING), ""),
        (Lifecycle(desired=UP, actual=Actual.BACKOFF), ""),
        (Lifecycle(desired=UP, actual=Actual.WAITING), ""),
        (Lifecycle(desired=UP, actual=Actual.UNHEALTHY), ""),
        (Lifecycle(desired=UP, actual=Actual.PARKED), "parked"),
        (Lifecycle(actual=Actual.STOPPED), "stopped"),
        (Lifecycle(actual=Actual.STOPPING), "stopped"),
    ],
)
def test_how_far_one_is_for_those_that_wait(state: Lifecycle | None, word: str | None) -> None:
    assert standing(state) == word


def test_what_is_waited_for_is_said_with_what_is_wrong_with_it() -> None:
    states = {
        "a": Lifecycle(desired=UP, actual=Actual.RUNNING), "b": Lifecycle(desired=UP, actual=Actual.PARKED),
        "c": Lifecycle(desired=UP, actual=Actual.STARTING),
    }  # fmt: skip
    assert blocked((), states) == ""
    assert blocked(("a",), states) == ""
    assert blocked(("a", "b", "c"), states) == "waits for b (parked), c"
    assert blocked(("c", "c1", "c2", "c3", "c4", "c5"), states).endswith("c3 (not there) and 2 more")


NAMES = st.sampled_from("abcdef")


@given(st.dictionaries(NAMES, st.frozensets(NAMES)), st.frozensets(NAMES))
def test_whoever_is_stopped_first_is_needed_by_nobody_and_all_come_to_their_turn(
    after: dict[str, frozenset[str]], live: frozenset[str]
) -> None:
    # Only what comes earlier in the alphabet is waited for: the configuration lets no circle through.
    after = {name: frozenset(other for other in others if other < name) for name, others in after.items()}
    while live:
        first = first_to_stop(live, after)
        assert first, "the rest would never be stopped"
        assert not {other for name in live for other in after.get(name, ())} & set(first)
        live -= set(first)
