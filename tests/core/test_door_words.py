"""Whatever an outsider's entry holds, it becomes a message that may be published and that has no rights."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import record
from trinity_tui.core.authority import refusal
from trinity_tui.core.door import parse
from trinity_tui.core.door_words import SAYS, TALK, entry_of, message_of
from trinity_tui.core.message import Message, check, parse_time

NOW = 1_700_000_000.0
TAKEN = {"builder-1", "outsider"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = [
    "human",
    "coordinator",
    "builder-1",
    "C2",
    "C1/builder-1",
    "ALL",
    "all",
    "role:coordinator",
    "status",
    "",
    "x y",
]
ENTRIES = st.dictionaries(
    st.sampled_from(["from", "to", "type", "content", "timestamp", "metadata", "priority", "reply_to", "more", "blob"]),
    st.sampled_from(WORDS) | JSON,
)


def made(fields: dict[str, Any]) -> Message:
    return message_of(fields, "door-m-1", TAKEN, "message", NOW)


@given(ENTRIES | JSON)
def test_any_entry_becomes_a_message_without_rights(entry: object) -> None:
    (fields,) = parse(json.dumps([entry]).encode())
    message = made(fields)
    check(message)
    assert record.decode(record.encode(message)) == message
    assert message.origin == "tool"
    assert message.from_ not in {"human", "coordinator", "builder-1", "outsider"}
    assert "/" not in message.from_
    assert message.type in SAYS
    assert refusal(message) is None
    assert parse_time(message.timestamp) <= NOW
    assert "blob" not in message.metadata


def test_the_seeds_shapes_come_as_they_stand() -> None:
    fields = {
        "from": "instance_1", "to": "all", "type": "proposal", "timestamp": "2023-01-02T03:04:05+01:00",
        "content": "split it", "metadata": {"file": "a.py"}, "priority": "high", "colour": "red",
    }  # fmt: skip
    message = made(fields)
    assert (message.from_, message.to, message.type, message.priority) == (
        "instance_1",
        "broadcast",
        "proposal",
        "high",
    )
    assert (message.content, message.timestamp) == ("split it", "2023-01-02T02:04:05.000000Z")
    assert message.metadata == {"file": "a.py", "colour": "red"}


@pytest.mark.parametrize(
    ("claimed", "is_named"),
    [("Bob", "bob"), ("My Script!", "my-script"), ("human", "outsider-"), ("C2", "outsider-"),
     ("builder-1", "outsider-"), ("Human", "outsider-"), (None, "outsider-"), ("x" * 99, "x" * 32)],
)  # fmt: skip
def test_a_name_is_its_own(claimed: str | None, is_named: str) -> None:
    message = made({} if claimed is None else {"from": claimed})
    assert message.from_ == is_named
    assert message.metadata.get("claimed_from") == claimed


def test_what_is_not_for_outsiders_comes_as_a_word_about_it() -> None:
    message = made({"from": "script", "type": "task_complete", "to": "Nobody Here", "content": "done"})
    assert (message.type, message.to) == ("message", "human")
    assert message.metadata == {"claimed_type": "task_complete", "claimed_to": "Nobody Here"}


def test_metadata_over_its_limit_is_left_out_and_that_is_said() -> None:
    message = made({"from": "script", "metadata": {"all": "x" * 20_000}})
    assert message.metadata == {"left_out": "message refused: metadata: is over 16384 bytes"}


def test_what_outsiders_are_shown_has_no_key_in_it() -> None:
    message = Message(
        v=1, id="1", from_="builder-1", to="human", type="answer", priority="urgent", content="sk-" + "a" * 30,
        timestamp="2023-01-02T03:04:05.000000Z", metadata={"n": 1}, reply_to="0",
    )  # fmt: skip
    assert message.type in TALK
    assert entry_of(message) == {
        "from": "builder-1", "to": "human", "type": "answer", "timestamp": "2023-01-02T03:04:05.000000Z",
        "content": "[hidden]", "metadata": {"n": 1}, "id": "1", "priority": "urgent", "reply_to": "0",
    }  # fmt: skip
