"""Deliveries: the way of one message, the reach of one to many, and what receipts may and may not say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import delivery
from trinity_tui.core.delivery import SIGNS, Deliveries, Delivery, Stage, receiver
from trinity_tui.core.message import Message

STEPS = ("received", "read", "expired", "dead")


def said(from_: str, to: str, name: str = "m", *, at: str = "t0", reply_to: str | None = None, **data: Any) -> Message:
    """One message."""
    return Message(
        v=1, id=name, from_=from_, to=to, type="chat", priority="normal", timestamp=at, content="", metadata=data,
        reply_to=reply_to,
    )  # fmt: skip


def receipt(from_: str, at: str = "t1", **data: Any) -> Message:
    """One receipt."""
    return said(from_, "coordinator", "r", at=at, **data)


def to_builder() -> tuple[Deliveries, Delivery]:
    """A message from the person to builder-1, at position 7."""
    ways = Deliveries()
    ways.written(7, said("human", "builder-1"), 1)
    return ways, ways.by_id["m"]


def test_the_way_of_a_message_to_one() -> None:
    ways, way = to_builder()
    stages = [way.stage]
    assert ways.receipt(receipt("builder-1", "t1", received=[7])) == ["m"]
    stages.append(way.stage)
    assert ways.receipt(receipt("builder-1", "t2", read=[7])) == ["m"]
    stages.append(way.stage)
    assert ways.answered(said("builder-1", "human", "a", at="t3", reply_to="m"), "builder") == "m"
    stages.append(way.stage)
    assert stages == ["written", "received", "read", "answered"]
    assert (way.written_at, way.received_at, way.read_at, way.answered_at) == ("t0", "t1", "t2", "t3")
    assert way.answer == "a"


def test_read_is_received_as_well() -> None:
    ways, way = to_builder()
    ways.receipt(receipt("builder-1", "t2", read=[7]))
    ways.receipt(receipt("builder-1", "t3", received=[7], read=[7]))
    assert (way.received_at, way.read_at) == ("t2", "t2")


@pytest.mark.parametrize(("step", "data", "reason"), [("expired", {}, "expired"), ("dead", {"reason": "no"}, "no")])
def test_a_message_that_ended_says_why(step: Stage, data: dict[str, str], reason: str) -> None:
    ways, way = to_builder()
    ways.receipt(receipt("builder-1", **{step: [7]}, **data))
    assert (way.stage, way.reason) == (step, reason)
    ways.receipt(receipt("builder-1", expired=[7], dead=[7], reason="again"))
    assert (way.stage, way.reason) == (step, reason)


def test_an_answer_is_the_acknowledgement_also_of_what_was_given_up() -> None:
    ways, way = to_builder()
    ways.receipt(receipt("builder-1", dead=[7]))
    ways.answered(said("builder-1", "human", "a", reply_to="m"), "builder")
    assert way.stage == "answered"


def test_the_first_answer_counts() -> None:
    ways, way = to_builder()
    ways.answered(said("builder-1", "human", "a", reply_to="m"), "builder")
    assert ways.answered(said("builder-1", "human", "b", reply_to="m"), "builder") is None
    assert way.answer == "a"


@pytest.mark.parametrize(
    ("to", "sender", "role", "counts"),
    [
        ("builder-1", "builder-1", "builder", True),
        ("builder-1", "builder-2", "builder", False),
        ("builder-1", "lead-1", "lead", False),
        ("builder-1", "coordinator", "", False),
        ("role:builder", "builder-2", "builder", True),
        ("role:builder", "explorer-1", "explorer", False),
        ("role:builder", "lead-1", "builder", False),
        ("role:coordinator", "lead-2", "lead", True),
        ("broadcast", "explorer-1", "explorer", True),
        ("broadcast", "lead-1", "lead", False),
        ("broadcast", "human", "", True),
        ("role:builder", "coordinator", "", True),
        ("ALL", "C2/araya", "", True),
        ("human", "human", "", True),
        ("human", "explorer-1", "explorer", False),
        ("C2", "C2", "", True),
    ],
)
def test_who_may_answer(to: str, sender: str, role: str, counts: bool) -> None:
    ways = Deliveries()
    ways.written(7, said("lead-1", to), 1)
    answered = ways.answered(said(sender, "lead-1", "a", reply_to="m"), role)
    assert (answered == "m") is (ways.by_id["m"].answer == "a") is counts


def test_an_answer_to_what_is_not_remembered() -> None:
    ways, _ = to_builder()
    assert ways.answered(said("builder-1", "human", "a", reply_to="gone"), "") is None
    assert ways.answered(said("builder-1", "human", "a"), "") is None


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("forger", ["explorer-1", "human", "coordinator"])
def test_a_receipt_of_another_moves_nothing(step: str, forger: str) -> None:
    ways, way = to_builder()
    data: dict[str, Any] = {step: [7]}
    assert ways.receipt(receipt(forger, **data)) == []
    assert way.stage == "written"


def test_the_coordinator_writes_the_receipts_of_links() -> None:
    ways = Deliveries()
    ways.written(7, said("lead-1", "C2"), 1)
    told = receipt("coordinator", instance="C2", read=[7])
    assert receiver(told) == "C2"
    assert ways.receipt(told) == ["m"]
    assert ways.by_id["m"].stage == "read"


@pytest.mark.parametrize("garbage", [None, 7, "7", {"7": 7}, ["7", None, True, 7.0, [7]], [8, -1, 2**80]])
def test_garbage_in_a_receipt_moves_nothing(garbage: Any) -> None:
    ways, way = to_builder()
    before = ways.marks.copy()
    assert ways.receipt(receipt("builder-1", received=garbage, read=garbage, dead=garbage, expired=garbage)) == []
    assert (way.stage, ways.marks) == ("written", before)


def test_one_instances_trouble_does_not_end_a_message_to_many() -> None:
    ways = Deliveries()
    ways.written(7, said("lead-1", "broadcast"), 3)
    assert ways.receipt(receipt("builder-1", dead=[7], expired=[7])) == []
    assert ways.by_id["m"].ended == ""


def test_the_reach_of_a_message_to_many() -> None:
    ways = Deliveries()
    ways.written(7, said("lead-1", "broadcast"), 2)
    way, team = ways.by_id["m"], ["builder-1", "explorer-1", "late-1"]
    assert ways.reach(way, team) == (0, 0)
    ways.mark(receipt("builder-1", received_low=8, read_low=7))
    assert ways.reach(way, team) == (1, 0)
    ways.mark(receipt("explorer-1", received_low=8, read_low=8))
    assert ways.reach(way, team) == (2, 1)
    ways.mark(receipt("late-1", received_low=99, read_low=99))
    assert ways.reach(way, team) == (2, 2)
    assert ways.reach(way, ["builder-1"]) == (1, 0)


@given(st.lists(st.tuples(st.integers(-3, 50) | st.text(max_size=2), st.integers(-3, 50) | st.none()), max_size=20))
def test_marks_only_rise(lows: list[tuple[Any, Any]]) -> None:
    ways, before = Deliveries(), (0, 0)
    for received, read in lows:
        ways.mark(receipt("builder-1", received_low=received, read_low=read))
        mark = ways.marks["builder-1"]
        assert mark.received_low >= before[0]
        assert mark.read_low >= before[1]
        before = mark.received_low, mark.read_low
    whole = [received for received, _ in lows if isinstance(received, int)]
    assert before[0] == max([0, *whole])


@given(st.lists(st.tuples(st.sampled_from([*STEPS, "answer"]), st.sampled_from(["builder-1", "lead-1"])), max_size=12))
def test_a_stage_never_goes_back(events: list[tuple[str, str]]) -> None:
    order: list[Stage] = ["written", "received", "read", "expired", "dead", "answered"]
    ways, way = to_builder()
    for number, (event, sender) in enumerate(events):
        before, stage = (way.received_at, way.read_at, way.answer, way.ended), way.stage
        if event == "answer":
            ways.answered(said(sender, "human", f"a{number}", reply_to="m"), "")
        else:
            ways.receipt(receipt(sender, f"t{number + 1}", **{event: [7]}))
        now = (way.received_at, way.read_at, way.answer, way.ended)
        assert all(old in ("", new) for old, new in zip(before, now, strict=True))
        assert sender == "builder-1" or now == before
        assert order.index(way.stage) >= order.index(stage)
        assert way.received_at or not way.read_at


def test_the_oldest_are_forgotten_in_both_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "KEPT", 2)
    ways = Deliveries()
    for position, name in enumerate("abcb", 10):
        ways.written(position, said("human", "builder-1", name), 1)
    assert list(ways.by_id) == ["b", "c"]
    assert ways.by_position == {11: "b", 12: "c"}


def test_an_id_that_comes_again_does_not_replace_the_first() -> None:
    ways, way = to_builder()
    ways.written(9, said("lead-1", "human"), 1)
    assert ways.by_id["m"] is way
    assert ways.by_position == {7: "m"}


def test_every_stage_has_a_sign() -> None:
    assert Delivery("m", 0, "a", "b", "chat", "t", ended="failed").stage == "failed"
    assert set(SIGNS) == {"written", "received", "read", "answered", "expired", "failed", "dead"}
