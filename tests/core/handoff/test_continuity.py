"""Figures of continuity: right on known cases, alike in any order of the events, silent where there is too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.handoff import continuity, repeats
from trinity_tui.core.handoff.measures import Event, EventKind, Origin


def event(kind: EventKind, session: str, ts: float, key: str = "", value: str = "", origin: Origin = "self") -> Event:
    """Something that happened."""
    return Event(kind, session, ts, "builder-1", origin, key, value, f"m{ts:g}")


def test_wilsons_interval_is_the_tables() -> None:
    part = continuity.share(8, 10)
    assert part.value == 0.8
    assert (part.low, part.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert continuity.share(4, 4).value is None
    assert (continuity.share(0, 0).low, continuity.share(0, 0).high) == (0.0, 1.0)


@given(st.integers(0, 200), st.integers(0, 200))
def test_an_interval_holds_its_share(count: int, more: int) -> None:
    part = continuity.share(count, count + more)
    assert 0 <= part.low <= part.high <= 1
    assert not part.of or part.low - 1e-9 <= count / part.of <= part.high + 1e-9


def test_the_same_trouble_has_the_same_signature() -> None:
    one = "ImportError in src/a.py line 12: no module 'left' (0xdeadbeef01)"
    other = "importerror in lib/x/b.py line 7: no  module 'right' (0xdeadbeef02)"
    assert repeats.signature(one) == repeats.signature(other)
    assert repeats.signature(one) != repeats.signature("TypeError in src/a.py line 12")


def test_a_flip_without_a_word_counts_against_fidelity() -> None:
    values = ["a", "a", "b", "b", "b", "b"]
    events = [event("decision", str(n), float(n), "db", value) for n, value in enumerate(values)]
    assert continuity.decision_fidelity(events) == continuity.share(4, 5)
    said = [*events[:2], Event("decision", "2", 2.0, key="db", value="b", supersedes="m1"), *events[3:]]
    assert continuity.decision_fidelity(said).value == 1.0


def test_autonomy_is_shown_beside_what_was_of_use() -> None:
    events = [event("action", "s", float(n), value="ok" if n % 2 else "failed") for n in range(6)]
    events += [event("action", "s", 10.0 + n, value="ok", origin="assigned") for n in range(6)]
    assert continuity.autonomy(events).value == 0.5
    assert continuity.useful_autonomy(events).value == 0.5
    assert continuity.useful_autonomy(events, ["m1"]) == continuity.share(2, 6)


def test_what_was_solved_and_comes_back_counts_against_adaptation() -> None:
    events = [
        event("blocker", "1", 0.0, "no key for maps"),
        event("unblock", "1", 10.0, "no key for maps"),
        *(event("blocker", "2", 20.0 + n, "no key for maps") for n in range(3)),
        event("blocker", "1", 30.0, "no rain"),
        *(event("blocker", "2", 31.0 + n, "no rain") for n in range(3)),
        *(event("failure", str(n), 50.0 + n, "shell", "exit 1 in a.py") for n in range(5)),
    ]
    assert continuity.repeated_blockers(events) == continuity.share(3, 6)
    assert continuity.repeated_failures(events) == continuity.share(4, 5)
    assert continuity.adaptation(events) == pytest.approx(1 - (0.5 + 0.8) / 2)
    assert continuity.adaptation(events[:3]) is None


def test_open_blockers_are_counted_as_far_as_they_are() -> None:
    events = [event("blocker", "1", 0.0, name) for name in ("a", "b", "c", "d")]
    events += [event("unblock", "1", at, name) for name, at in (("a", 10.0), ("b", 20.0))]
    waits = continuity.time_to_unblock(events, 15.0 + 20)
    assert (waits.median_seconds, waits.resolved, waits.open) == (20.0, 2, 2)
    assert continuity.time_to_unblock(events[:5], 35.0).median_seconds is None


@pytest.mark.parametrize(("count", "chance"), [(5, 2 / 120), (6, 2 / 720), (10, 2 / 3_628_800)])
def test_a_perfect_rise_is_as_unlikely_as_the_tables_say(count: int, chance: float) -> None:
    found = continuity.trend([float(n) for n in range(count)])
    assert found is not None
    assert found.chance == pytest.approx(chance)
    assert found.slope == 1.0
    assert continuity.trend([float(n) for n in range(4)]) is None


def test_no_trend_is_found_where_there_is_none() -> None:
    assert continuity.trend([1.0] * 8) == continuity.Trend(0.0, 1.0, 8)
    found = continuity.trend([1.0, 5.0, 2.0, 4.0, 3.0, 3.5])
    assert found is not None and found.chance > 0.5


KINDS: list[EventKind] = ["decision", "action", "blocker", "unblock", "failure", "goal"]
EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(KINDS),
        st.sampled_from("123"),
        st.integers(0, 20).map(float),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["ok", "x"]),
    ),
    max_size=25,
)


@given(EVENTS, st.data())
def test_the_order_in_which_events_are_read_means_nothing(events: list[Event], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(events))
    figures = (
        continuity.decision_fidelity, continuity.autonomy, continuity.useful_autonomy, continuity.repeated_blockers,
        continuity.repeated_failures,
    )  # fmt: skip
    assert [figure(events) for figure in figures] == [figure(shuffled) for figure in figures]
    assert continuity.time_to_unblock(events, 30.0) == continuity.time_to_unblock(shuffled, 30.0)
