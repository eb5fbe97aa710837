"""The limits in the sending process: what counts, what never does, and what the person's word forgives."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import storm
from trinity_tui.core.message import KINDS, Message
from trinity_tui.core.storm import Bucket, Guard, StormConfig

TALK = sorted(KINDS - storm.EXEMPT)


def said(name: str = "m", hops: int = 1, content: str = "well?", **fields: Any) -> Message:
    given_: dict[str, Any] = {
        "v": 1, "id": name, "from_": "a-1", "to": "b-1", "type": "chat", "priority": "normal",
        "timestamp": "2026-08-01T10:00:00Z", "content": content, "metadata": {}, "thread": "t", "hops": hops, **fields,
    }  # fmt: skip
    return Message(**given_)


def rules(guard: Guard, *messages: Message, now: float = 0.0) -> list[str]:
    refused = [guard.refusal(message, now) for message in messages]
    return [one.rule if one else "" for one in refused]


def test_hops_begin_anew_with_the_person_and_the_coordinator() -> None:
    assert storm.hops_after(said(hops=3)) == 4
    assert storm.hops_after(said(hops=3, from_="human")) == 0
    assert storm.hops_after(said(hops=3, from_="coordinator")) == 0


@pytest.mark.parametrize(("hops", "rule"), [(16, ""), (17, "hops")])
def test_a_chain_ends_at_its_limit(hops: int, rule: str) -> None:
    assert rules(Guard(StormConfig()), said(hops=hops)) == [rule]


def test_the_same_text_to_the_same_one_in_one_conversation_is_refused_the_fourth_time() -> None:
    guard = Guard(StormConfig())
    assert rules(guard, *[said(str(n)) for n in range(5)]) == ["", "", "", "repeats", "repeats"]
    others = [said("p", thread="other"), said("q", to="c-1"), said("r", content="indeed")]
    assert rules(guard, *others) == ["", "", ""]
    assert rules(guard, said("later"), now=300.0) == [""]


def test_what_nobody_caused_is_never_counted() -> None:
    guard = Guard(StormConfig(max_hops=1, per_minute=1, repeats=2))
    assert rules(guard, *[said(str(n), hops=0) for n in range(99)]) == [""] * 99


@pytest.mark.parametrize("kind", sorted(storm.EXEMPT))
def test_bookkeeping_is_never_refused(kind: str) -> None:
    assert rules(Guard(StormConfig()), *[said(str(n), hops=99, type=kind) for n in range(9)]) == [""] * 9


def test_the_rate_is_so_many_at_once_and_then_so_many_a_minute() -> None:
    guard = Guard(StormConfig(per_minute=60))
    burst = [said(str(n), content=str(n)) for n in range(61)]
    assert rules(guard, *burst) == [""] * 60 + ["rate"]
    assert rules(guard, burst[60], said("x", content="x"), now=1.0) == ["", "rate"]


def test_what_is_said_again_under_the_same_id_is_counted_once() -> None:
    guard = Guard(StormConfig())
    assert rules(guard, *[said("m")] * 9) == [""] * 9


def test_the_persons_word_forgives_and_a_switch_turns_it_off() -> None:
    guard = Guard(StormConfig())
    rules(guard, *[said(str(n)) for n in range(4)])
    guard.forgive()
    assert rules(guard, said("again")) == [""]
    off = Guard(StormConfig(enabled=False))
    assert rules(off, *[said(str(n), hops=999) for n in range(99)]) == [""] * 99


@given(st.integers(1, 50), st.lists(st.floats(0, 100), max_size=200))
def test_a_bucket_never_gives_more_than_its_size_and_what_ran_in(size: int, pauses: list[float]) -> None:
    bucket, now, taken = Bucket(size, 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        taken += bucket.take(60, now)
    assert taken <= size + now + 1e-6


@given(st.lists(st.tuples(st.sampled_from(TALK), st.integers(0, 16), st.integers(0, 99)), max_size=60))
def test_different_words_within_the_rate_are_never_refused(messages: list[tuple[str, int, int]]) -> None:
    guard = Guard(StormConfig())
    for number, (kind, hops, text) in enumerate(messages):
        message = said(str(number), hops, f"{text} {number}", type=kind)
        assert guard.refusal(message, 0.0) is None


def test_a_cause_is_what_is_answered_or_what_the_sender_names() -> None:
    assert storm.cause_of(said(reply_to="r", metadata={"cause": "c"})) == "r"
    assert storm.cause_of(said(metadata={"cause": "c"})) == "c"
    assert storm.cause_of(said(metadata={"cause": 7})) == ""
    assert msgspec.convert({"max_hops": 3}, StormConfig) == StormConfig(max_hops=3)
