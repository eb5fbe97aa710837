"""Who may write what: the table of the specification, row by row, for every type and every kind of sender."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.authority import ENVELOPE_CHARACTERS, refusal
from trinity_tui.core.message import KINDS, Message

ANYONES = {"finding", "question", "answer", "proposal", "vote", "message", "chat", "memory", "task", "alert", "session"}
SENDERS = ("explorer-1", "human", "C2", "C2/araya")
HOLDER = ("explorer-1", 70)


def said(kind: str, sender: str = "explorer-1", **data: Any) -> Message:
    """One message; ``id``, ``to``, … are its fields, all else is metadata."""
    names = ("id", "to", "priority", "timestamp", "reply_to", "content")
    fields: dict[str, Any] = {"id": "m", "to": "human", "priority": "normal", "timestamp": "t", "content": ""}
    fields |= {name: data.pop(name) for name in names if name in data}
    return Message(v=1, from_=sender, type=kind, metadata=data, **fields)


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("kind", sorted(ANYONES))
def test_anyone_may_say(kind: str, sender: str) -> None:
    assert refusal(said(kind, sender)) is None


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "data", [{}, {"instance": "explorer-1"}, {"op": "decision"}, {"state": "ASSIGNED", "task": "t"}]
)
def test_the_coordinator_may_say_everything(kind: str, data: dict[str, str]) -> None:
    assert refusal(said(kind, "coordinator", **data)) is None


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize(
    ("kind", "why"), [("receipt", "a receipt of somebody else"), ("status", "a status of somebody else")]
)
def test_receipts_and_statuses_are_about_oneself(kind: str, why: str, sender: str) -> None:
    assert refusal(said(kind, sender)) is None
    assert refusal(said(kind, sender, instance=sender)) is None
    assert refusal(said(kind, sender, instance=["builder-1"])) is None
    assert refusal(said(kind, sender, instance="builder-1")) == why


@pytest.mark.parametrize("sender", SENDERS)
def test_anyone_may_ask_for_approval_and_nobody_decide(sender: str) -> None:
    assert refusal(said("approval", sender, op="request")) is None
    for data in ({"op": "decision", "verdict": "once"}, {"verdict": "always"}, {"op": ["request"]}, {}):
        assert refusal(said("approval", sender, **data)) == "a decision is the coordinator's"


@pytest.mark.parametrize("sender", SENDERS)
def test_consensus_is_the_coordinators(sender: str) -> None:
    assert refusal(said("consensus", sender)) == "consensus is the coordinator's to write"


@pytest.mark.parametrize(
    ("sender", "data", "holder", "why"),
    [
        ("explorer-1", {"token": 70}, HOLDER, None),
        ("explorer-1", {"token": 70}, None, "the task is not assigned to the sender"),
        ("builder-1", {"token": 70}, HOLDER, "the task is not assigned to the sender"),
        ("human", {"token": 70}, HOLDER, "the task is not assigned to the sender"),
        ("explorer-1", {"token": 69}, HOLDER, "the assignment is an older one"),
        ("explorer-1", {}, HOLDER, "the assignment is an older one"),
        ("explorer-1", {"token": "70"}, HOLDER, "the assignment is an older one"),
        ("explorer-1", {"token": 70.0}, HOLDER, "the assignment is an older one"),
        ("explorer-1", {"token": True}, ("explorer-1", 1), "the assignment is an older one"),
    ],
)
def test_the_assignee_shows_its_token(sender: str, data: dict[str, Any], holder: Any, why: str | None) -> None:
    assert refusal(said("task_complete", sender, **data), holder) == why
    assert refusal(said("task_update", sender, state="IN_PROGRESS", **data), holder) == why


@pytest.mark.parametrize("state", ["QUEUED", "ASSIGNED", "COMPLETED", "FAILED", "BLOCKED", "CANCELLED", "", None, 7])
def test_the_assignee_sets_no_other_state(state: Any) -> None:
    data = said("task_update", state=state, token=70)
    assert refusal(data, HOLDER) == "that task state is the coordinator's to set"


@pytest.mark.parametrize("sender", ["", "Explorer", "broadcast", "all", "ALL", "role:lead", "C0", "C2/", "a b", "é"])
def test_a_sender_is_somebody(sender: str) -> None:
    why = "the sender is no instance, computer, person or coordinator"
    assert {refusal(said(kind, sender)) for kind in [*KINDS, "dance"]} == {why}


@pytest.mark.parametrize("field", ["id", "to", "priority", "timestamp", "reply_to"])
def test_no_part_of_the_envelope_is_endless(field: str) -> None:
    fits: dict[str, Any] = {field: "x" * ENVELOPE_CHARACTERS}
    endless: dict[str, Any] = {field: "x" * (ENVELOPE_CHARACTERS + 1)}
    why = "an id, address, type or time of more than 128 characters"
    assert refusal(said("chat", "coordinator", **fits)) is None
    assert refusal(said("chat", "coordinator", **endless)) == why
    assert refusal(said("d" * 129)) == refusal(said("chat", "e" * 129)) == why


@given(st.text(max_size=20).filter(lambda kind: kind not in KINDS))
def test_an_unknown_type_is_nobodys_to_forbid(kind: str) -> None:
    assert refusal(said(kind)) is None


def test_the_table_names_every_type() -> None:
    assert KINDS == ANYONES | {"receipt", "status", "approval", "consensus", "task_update", "task_complete"}
