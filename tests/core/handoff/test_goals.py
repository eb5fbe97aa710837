"""Goals of their own: what was given is none, what nobody went on with is none, and any order tells the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.handoff.goals import OwnGoal, own_goals
from trinity_tui.core.handoff.measures import Event, Origin


def goal(session: str, ts: float, key: str, origin: Origin = "self") -> Event:
    """A goal in a session of the instance that its name begins with."""
    return Event("goal", session, ts, session[0], origin, key)


def test_a_goal_that_several_take_up_over_sessions_is_one_of_their_own() -> None:
    events = [
        goal("a1", 1, "measure the slow parser"), goal("b1", 2, "the parser is slow: measure"), goal("a2", 3, "paint"),
        goal("b2", 4, "measure the slow parser"),
    ]  # fmt: skip
    assert own_goals(events) == [OwnGoal("measure the slow parser", 3, 2, 4, 0.75)]
    assert own_goals(events[:3]) == [], "two sessions are few"
    assert own_goals([*events[:1], goal("a3", 5, "measure the slow parser"), events[3]])[0].sessions == 3
    assert not own_goals([goal(f"a{n}", n, "measure the slow parser") for n in range(5)]), "of one instance alone"


def test_what_was_given_before_is_nobodys_own() -> None:
    events = [
        goal("a1", 1, "measure the parser"),
        goal("b1", 2, "measure the parser"),
        goal("a2", 3, "measure parsers"),
    ]
    assert own_goals(events)
    assert not own_goals([goal("c1", 0, "Measure the parser", "human"), *events])
    assert own_goals([*events, goal("c1", 9, "Measure the parser", "human")]), "later it was theirs already"


EVENTS = st.lists(
    st.builds(goal, st.sampled_from(["a1", "a2", "b1", "b2"]), st.integers(0, 9).map(float),
              st.sampled_from(["mend cart", "mend cart wheel", "paint"]), st.sampled_from(["self", "human"])),
    max_size=20,
)  # fmt: skip


@given(EVENTS, st.data())
def test_in_any_order_the_same_goals_are_told(events: list[Event], data: st.DataObject) -> None:
    told = own_goals(events)
    assert own_goals(data.draw(st.permutations(events))) == told
    assert all(0 < one.persistence <= 1 and one.span >= one.sessions for one in told)
