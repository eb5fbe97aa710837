"""The order in which a consumer's messages are taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus.backlog import AGE_SECONDS, Backlog, Entry
from trinity_tui.core.message import PRIORITIES, rank


def entry(position: int, priority: str = "normal") -> Entry:
    return Entry(position, 1, f"id-{position}", priority)


def order(backlog: Backlog, now: float) -> list[int]:
    found: list[int] = []
    while item := backlog.pop(now):
        found.append(item.position)
    return found


priorities = st.sampled_from(PRIORITIES)


@given(st.lists(priorities))
def test_of_what_came_together_the_most_pressing_goes_first_then_the_oldest(given_priorities: list[str]) -> None:
    backlog = Backlog()
    entries = [entry(position, priority) for position, priority in enumerate(given_priorities)]
    for item in entries:
        backlog.add(item, 0.0)
    assert order(backlog, 0.0) == [item.position for item in sorted(entries, key=lambda item: item.rank)]


@given(st.lists(st.tuples(priorities, st.floats(0, 200)), max_size=30))
def test_urgent_goes_first_whatever_waits(arrivals: list[tuple[str, float]]) -> None:
    backlog = Backlog()
    urgent: list[int] = []
    for position, (priority, now) in enumerate(sorted(arrivals, key=lambda arrival: arrival[1])):
        backlog.add(entry(position, priority), now)
        urgent += [position] if priority == "urgent" else []
    assert backlog.has_urgent(200.0) is bool(urgent)
    assert order(backlog, 200.0)[: len(urgent)] == urgent


@given(st.lists(priorities, min_size=1), st.integers(0, 3))
def test_nothing_that_is_not_urgent_waits_behind_what_came_ninety_seconds_later(
    late: list[str], earlier_rank: int
) -> None:
    backlog = Backlog()
    early = entry(0, {rank(name): name for name in PRIORITIES}[earlier_rank])
    backlog.add(early, 0.0)
    for position, priority in enumerate(late, 1):
        backlog.add(entry(position, priority), 3 * AGE_SECONDS)
    taken = order(backlog, 3 * AGE_SECONDS)
    before = taken[: taken.index(0)]
    assert all(late[position - 1] == "urgent" for position in before)


def test_a_class_is_worth_thirty_seconds() -> None:
    backlog = Backlog()
    backlog.add(entry(0, "low"), 0.0)
    backlog.add(entry(1, "normal"), AGE_SECONDS - 1)
    backlog.add(entry(2, "normal"), AGE_SECONDS + 1)
    assert order(backlog, AGE_SECONDS + 1) == [1, 0, 2]


def test_what_is_to_be_taken_later_keeps_its_place() -> None:
    backlog = Backlog()
    first = entry(0)
    backlog.add(first, 0.0)
    backlog.add(entry(1), 0.0)
    assert backlog.pop(0.0) is first
    backlog.add_again(first, 10.0)
    assert backlog.next_due() == 10.0
    assert len(backlog) == 2
    backlog.add(entry(2, "low"), 1.0)
    assert backlog.is_ready(1.0)
    assert order(backlog, 10.0) == [0, 1, 2]
    assert not backlog.is_ready(10.0)
    assert backlog.next_due() is None


def test_an_entry_may_begin_later_and_age_from_now() -> None:
    backlog = Backlog()
    backlog.add(entry(0, "urgent"), 0.0, due=5.0)
    assert not backlog.has_urgent(4.0)
    assert backlog.pop(4.0) is None
    assert backlog.has_urgent(5.0)


def test_what_is_done_with_while_it_waits_is_not_taken() -> None:
    backlog = Backlog()
    entries = [entry(position) for position in range(4)]
    for item in entries[:3]:
        backlog.add(item, 0.0)
    backlog.add(entries[3], 0.0, due=9.0)
    for item in (entries[0], entries[2], entries[3]):
        backlog.discard(item)
    assert len(backlog) == 1
    assert order(backlog, 9.0) == [1]
    assert len(backlog) == 0
