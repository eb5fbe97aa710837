"""What a session found open, settled, left and met again: right on known cases, alike in any order of the events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.handoff.accounts import Account, accounts, totals
from trinity_tui.core.handoff.measures import Event, EventKind


def event(kind: EventKind, session: str, ts: float, key: str = "a", value: str = "") -> Event:
    """Something that happened in a session of the instance that its name begins with."""
    return Event(kind, session, ts, session[0], key=key, value=value, ref=f"m{ts:g}")


def keys(account: Account) -> tuple[list[str], list[str], list[str], list[str]]:
    """What it found, settled, left and repeated."""
    lists = (account.found, account.settled, account.left, account.repeated)
    found, settled, left, repeated = ([one.key for one in some] for some in lists)
    return found, settled, left, repeated


def test_what_one_session_leaves_the_next_finds_and_settles() -> None:
    told = accounts([
        event("goal", "a1", 1, "mend the cart"), event("blocker", "a1", 2, "no key for 12 maps"),
        event("goal", "a1", 3, "paint it"), event("action", "a1", 4, "paint it", "ok"),
        event("unblock", "b1", 5, "no key for 13 maps", "here"), event("action", "b1", 6, "mend the cart", "ok"),
        event("goal", "a2", 7, "sell it"),
    ])  # fmt: skip
    assert [one.session for one in told] == ["a1", "b1", "a2"]
    assert keys(told[0]) == ([], [], ["mend the cart", "no key for 12 maps"], [])
    assert keys(told[1]) == ((both := ["mend the cart", "no key for 12 maps"]), both[::-1], [], [])
    assert keys(told[2]) == ([], [], ["sell it"], [])
    assert [(one.instance, one.sessions, one.events, one.left) for one in totals(told)] == [
        ("a", 2, 5, 3), ("b", 1, 2, 0),
    ]  # fmt: skip


def test_what_a_session_still_works_on_is_not_left_to_the_one_beside_it() -> None:
    told = accounts([event("goal", "a1", 1), event("goal", "b1", 2, "b"), event("action", "a1", 3, "x")])
    assert [one.found for one in told] == [[], []]


def test_what_is_taken_up_again_and_done_is_settled_once() -> None:
    told = accounts([
        event("goal", "a1", 1), event("goal", "b1", 2), event("action", "b1", 3), event("goal", "b1", 4),
        event("action", "b1", 5),
    ])  # fmt: skip
    assert keys(told[1]) == (["a"], ["a"], [], [])
    assert told[0].left == [event("goal", "a1", 1)]


def test_what_an_earlier_session_knew_counts_as_repeated_where_it_happened() -> None:
    told = accounts([
        event("failure", "a1", 1, "shell", "exit 1 in a.py"), event("decision", "a1", 2, "db", "one"),
        event("failure", "a1", 3, "shell", "exit 1 in a.py"), event("failure", "a2", 4, "shell", "exit 2 in a.py"),
        event("decision", "a2", 5, "db", "two"),
    ])  # fmt: skip
    assert [keys(one)[3] for one in told] == [[], ["db", "shell"]]


KINDS: list[EventKind] = ["goal", "action", "blocker", "unblock", "failure", "decision", "found", "probe"]
EVENTS = st.lists(
    st.builds(event, st.sampled_from(KINDS), st.sampled_from(["a1", "a2", "b1"]), st.integers(0, 9).map(float),
              st.sampled_from("xy"), st.sampled_from(["", "ok"])),
    max_size=25,
)  # fmt: skip


@given(EVENTS, st.data())
def test_in_any_order_the_same_is_told_and_nothing_that_did_not_happen(
    events: list[Event], data: st.DataObject
) -> None:
    told = accounts(events)
    assert accounts(data.draw(st.permutations(events))) == told
    assert sum(one.events for one in told) == sum(one.event != "found" for one in events)
    for account in told:
        assert all(one in account.found for one in account.settled)
        assert all(one.session == account.session for one in (*account.left, *account.repeated))
        assert all(one in events and one.session != account.session for one in account.found)
