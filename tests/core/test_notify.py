"""What is told to a person without a screen: each thing once, seldom, together, and nothing of it lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import notify
from trinity_tui.core.inbox import Item
from trinity_tui.core.notify import BURST, Told

PACE = 300.0


def item(name: str, text: str = "ship it?") -> Item:
    """A question that waits."""
    return Item("question", name, "mechanic", text, "2026-09-21T14:00:00Z")


def test_what_waits_is_told_once_and_together() -> None:
    found = notify.plan([item("a"), item("b")], Told(), 1_000.0, PACE, is_watched=False)
    assert [one.id for one in found.due] == ["a", "b"]
    told = notify.delivered(found.told, found.due)
    assert notify.plan([item("a"), item("b")], told, 1_001.0, PACE, is_watched=False).due == ()
    again = notify.plan([item("b"), item("c")], told, 1_002.0, PACE, is_watched=False)
    assert [one.id for one in again.due] == ["c"]
    assert notify.sentence([item("a"), item("b")]) == "2 wait for you"
    assert notify.sentence([item("a")]) == "mechanic: ship it?"


def test_what_was_seen_on_a_screen_is_not_told_after_it_was_left() -> None:
    seen = notify.plan([item("a")], Told(), 1_000.0, PACE, is_watched=True)
    assert seen.due == ()
    assert [one.id for one in notify.plan([item("a"), item("b")], seen.told, 1_001.0, PACE, is_watched=False).due] == [
        "b"
    ]


def test_what_could_not_be_told_is_tried_again_ever_later() -> None:
    told, now, waits = Told(), 1_000.0, list[float]()
    for _ in range(9):
        found = notify.plan([item("a")], told, now, PACE, is_watched=False)
        assert found.due
        told = notify.failed(found.told, now)
        later = notify.plan([item("a")], told, now + 1, PACE, is_watched=False)
        assert later.due == ()
        assert later.wake_at is not None
        waits.append(later.wake_at - now)
        now = later.wake_at
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (notify.FIRST_RETRY_SECONDS, notify.LONGEST_RETRY_SECONDS)


def test_a_clock_that_was_years_ahead_keeps_nothing_back_for_years() -> None:
    ahead = Told(tokens=0.0, at=4e9, failures=1, retry_at=4e9)
    told = notify.plan([item("a")], ahead, 1_000.0, PACE, is_watched=False).told
    later = 1_000.0 + notify.LONGEST_RETRY_SECONDS
    assert notify.plan([item("a")], told, later, PACE, is_watched=False).due


@given(st.integers(1, 12), st.floats(-1e8, 1e8))
def test_a_clock_that_is_set_makes_the_next_try_come_no_later_and_no_sooner(failures: int, set_by: float) -> None:
    now, told = 1e9, Told()
    for _ in range(failures):
        told = notify.failed(told, now)
    wait = told.retry_at - now
    told = notify.moved(told, set_by)
    assert notify.plan([item("a")], told, now + set_by + wait - 1, PACE, is_watched=False).due == ()
    assert notify.plan([item("a")], told, now + set_by + wait + 1, PACE, is_watched=False).due


@given(st.integers(1, 12), st.floats(0, 1e8))
def test_a_try_that_a_start_finds_far_ahead_waits_no_longer_than_was_meant(failures: int, set_back: float) -> None:
    now, told = 1e9, Told()
    for _ in range(failures):
        told = notify.failed(told, now)
    wait = told.retry_at - now
    told = notify.plan([item("a")], told, now - set_back, PACE, is_watched=False).told
    assert notify.plan([item("a")], told, now - set_back + wait + 1, PACE, is_watched=False).due


def test_what_is_told_hides_keys_and_acts_on_nothing() -> None:
    said = notify.payload([item("a", "use sk-abcdefghijklmnopqrstuvwx\x1b]0;x\x07\nnow")], "shop", "/shop", "C1")
    assert said["items"][0]["text"] == "use [hidden] ]0;x now"
    assert said["id"] == notify.payload([item("a")], "", "", "")["id"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["wait", "over", "tell", "fail", "kill"]), st.integers(0, 5), st.floats(1, 400))
    ),
    st.booleans(),
)
def test_nothing_is_lost_nothing_told_twice_and_never_too_often(
    steps: list[tuple[str, int, float]], is_slow: bool
) -> None:
    """Whatever waits, is over, fails, or ends the coordinator between two tellings."""
    waiting: dict[str, Item] = {}
    told, now, count, sent = Told(), 1_000.0, 0, list[str]()
    begun: list[float] = []
    for step, number, seconds in steps:
        now += seconds if is_slow else seconds / 100
        if step == "wait":
            count += 1
            waiting[f"{number}-{count}"] = item(f"{number}-{count}")
        elif step == "over":
            waiting.pop(next(iter(waiting), ""), None)
        found = notify.plan(list(waiting.values()), told, now, PACE, is_watched=False)
        told = found.told
        if not found.due:
            assert found.wake_at is not None or set(waiting) <= {*sent}
            continue
        if step == "fail":
            told = notify.failed(told, now)
        else:
            begun.append(now)
            sent += [one.id for one in found.due]
            told = notify.delivered(told, found.due)
    assert len(sent) == len(set(sent))
    for first, at in enumerate(begun):
        within = [later for later in begun[first:] if later - at < PACE]
        assert len(within) <= BURST + 1
