"""The health check by itself; what a lifecycle makes of it is tested there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import ping
from trinity_tui.core.ping import Complaint, Ping
from trinity_tui.core.restart import Rules
from trinity_tui.core.starvation import Look, Thread

RULES = Rules()
NOW = 1000.0


def test_an_answer_to_nothing_that_is_asked_is_none() -> None:
    idle = ping.begin(RULES, 0.5, NOW)
    assert ping.answer(idle, 0, RULES, 0.5, NOW) is None
    asked = ping.ask(ping.ask(ping.ask(idle, NOW), NOW), NOW)
    assert ping.answer(asked, 1, RULES, 0.5, NOW) is None
    assert ping.answer(asked, 4, RULES, 0.5, NOW) is None


@given(phase=st.floats(0.0, 1.0), now=st.floats(1.0, 1e6))
def test_who_is_asked_next_is_asked_within_a_period(phase: float, now: float) -> None:
    next_at = ping.begin(RULES, phase, now).next_at
    assert next_at is not None
    assert -1e-6 <= next_at - now <= RULES.ping_seconds + 1e-6


@given(misses=st.integers(1, 9), wanted=st.integers(1, 9))
def test_without_a_look_so_many_misses_are_the_end(misses: int, wanted: int) -> None:
    rules = Rules(ping_misses=wanted)
    state = ping.ask(Ping(), NOW)
    for _ in range(misses):
        state = ping.miss(state, None)
    hung = ping.why_given_up(state, rules, NOW + 5.0)
    assert hung == (f"hung: {misses} pings unanswered" if misses >= wanted else "")
    assert ping.complaint(state, rules) == Complaint(f"ping unanswered, {misses} of {wanted}", "ping")


def test_a_look_that_fails_leaves_nothing_to_judge_by() -> None:
    state = ping.ask(Ping(), NOW)
    for number in range(3):
        state = ping.miss(state, Look(NOW + 5.0 * number, 70, {70: Thread("R", 1.0, 1.0, 1)}))
    assert ping.why_given_up(state, RULES, NOW + 15.0) == ""
    assert ping.why_given_up(state, RULES, NOW + RULES.starved_seconds).startswith("no answer for 600 s")
    assert ping.why_given_up(ping.miss(state, None), RULES, NOW + 20.0) == "hung: 4 pings unanswered"


@given(seconds=st.floats(0.0, 1e6), asked=st.integers(0, 3))
def test_what_is_given_back_is_never_more_than_there_was(seconds: float, asked: int) -> None:
    state = Ping()
    for number in range(asked):
        state = ping.ask(ping.miss(state, None) if number else state, NOW + number)
    after = ping.give_back(state, seconds, NOW + asked)
    assert (after.nonce, after.misses) == (state.nonce, state.misses)
    for moment, before in ((after.sent_at, state.sent_at), (after.unanswered_since, state.unanswered_since)):
        assert (moment is None) == (before is None)
        assert moment is None or before is None or before <= moment <= NOW + asked


def test_the_time_without_an_answer_begins_with_the_first_ping_that_has_none() -> None:
    state = ping.miss(ping.ask(Ping(), NOW), None)
    state = ping.miss(ping.ask(state, NOW + 5.0), None)
    assert state.unanswered_since == NOW
    answered = ping.answer(ping.ask(state, NOW + 10.0), 3, RULES, 0.0, NOW + 10.5)
    assert answered is not None
    assert (answered.unanswered_since, answered.misses, answered.latency_seconds) == (None, 0, 0.5)
