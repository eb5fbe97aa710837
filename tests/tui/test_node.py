from __future__ import annotations

import pytest
from tui_demo import NOW

from trinity_tui.core.message import format_time
from trinity_tui.core.room import InstanceView
from trinity_tui.core.wire.face import LiveView
from trinity_tui.tui.node import describe, key_of, reason_now, shown_state

STATES = ("OFFLINE", "STARTING", "ONLINE", "BUSY", "DEGRADED", "CRASHED", "PARKED", "PAUSED", "UNKNOWN")


def view(state: str = "ONLINE", **more: object) -> InstanceView:
    made = InstanceView("builder-1", role="builder", brain="builtin", state=state, since=format_time(NOW - 90))
    for key, value in more.items():
        setattr(made, key, value)
    return made


@pytest.mark.parametrize("activity", ["thinking", "writing", "tool"])
def test_an_instance_that_works_is_busy_for_as_long_as_it_does(activity: str) -> None:
    text = describe(view(), LiveView("builder-1", activity, "pytest -q", since=NOW - 12), 1, NOW)
    assert (text.state, text.word, text.age, text.about, text.key) == ("BUSY", activity, "12s", "pytest -q", "2")
    assert text.is_ticking


@pytest.mark.parametrize("activity", ["idle", "waiting"])
def test_an_instance_that_does_not_work_counts_no_seconds(activity: str) -> None:
    text = describe(view(), LiveView("builder-1", activity, inbox_depth=3), 1, NOW)
    assert (text.state, text.word, text.age, text.about) == ("ONLINE", activity, "", "3 queued")
    assert not text.is_ticking


def test_one_that_waits_for_the_person_says_since_when() -> None:
    text = describe(view(), LiveView("builder-1", "waiting", "may I run pytest", since=NOW - 42), 1, NOW)
    assert (text.state, text.word, text.age, text.about) == ("ONLINE", "waiting", "42s", "may I run pytest")
    assert text.is_ticking
    later = describe(view(), LiveView("builder-1", "waiting", "may I run pytest", since=NOW - 190), 1, NOW)
    assert later.age == "3m"
    assert not later.is_ticking


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("ONLINE", "BUSY", "STARTING")])
def test_a_state_that_is_not_plain_says_why(state: str) -> None:
    text = describe(view(state, reason="no Ollama, using builtin"), LiveView("builder-1", "idle", "auth.py"), 0, NOW)
    assert text.about == "no Ollama, using builtin"
    assert text.is_alarming
    assert text.word == state.lower()
    assert text.age == "1m"
    assert not text.is_ticking
    fresh = describe(view(state, reason="no Ollama, using builtin", since=format_time(NOW - 59)), None, 0, NOW)
    assert (fresh.age, fresh.is_ticking) == ("59s", True), "seconds that are told are counted"


def test_work_does_not_hide_that_something_is_wrong() -> None:
    assert shown_state(view("DEGRADED"), LiveView("builder-1", "thinking")) == "DEGRADED"


def test_a_restart_is_told_for_ten_seconds() -> None:
    crashed = view(crash="signal 9", crash_at=format_time(NOW - 3))
    assert describe(crashed, None, 0, NOW).about == "restarted 3 s ago: signal 9"
    assert describe(crashed, None, 0, NOW).is_ticking
    assert describe(crashed, None, 0, NOW + 6.9).about == "restarted 9 s ago: signal 9"
    later = describe(crashed, None, 0, NOW + 7.1)
    assert later.about == ""
    assert not later.is_ticking


def test_a_crash_it_has_not_come_back_from_is_no_restart() -> None:
    text = describe(view("CRASHED", crash="signal 9", crash_at=format_time(NOW), reason="again in 2 s"), None, 0, NOW)
    assert text.about == "again in 2 s"


def test_a_long_turn_says_what_it_is_about() -> None:
    assert describe(view(turn="the refresh path"), None, 0, NOW).about == "the refresh path"


def test_the_brain_in_use_is_named_not_the_one_asked_for() -> None:
    asked = view(brain="ollama:qwen2.5:7b")
    assert describe(asked, LiveView("builder-1", brain="builtin"), 0, NOW).brain == "builtin"
    assert describe(asked, None, 0, NOW).brain == "ollama:qwen2.5:7b"


def test_a_time_that_is_none_is_no_age() -> None:
    assert describe(view("OFFLINE", since="yesterday", crash="x", crash_at="never"), None, 0, NOW).age == ""


def test_nine_have_a_digit() -> None:
    assert [key_of(seat) for seat in (-1, 0, 8, 9)] == ["", "1", "9", ""]


def test_the_seconds_to_the_next_start_are_counted_from_the_crash_on() -> None:
    crashed = view(
        "CRASHED", reason="signal 9; next start in 36.8 s", since=format_time(NOW), crash_at=format_time(NOW)
    )
    told = describe(crashed, None, 0, NOW + 16)
    assert (told.about, told.is_ticking) == ("signal 9; 20s to the next start", True)
    assert reason_now(crashed, NOW + 36.5) == "signal 9; starts in a moment"
    assert reason_now(view("CRASHED", reason=crashed.reason), NOW) == crashed.reason, "of another record"
