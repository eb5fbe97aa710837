"""What a message does to the memory."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.memory import TEXT_CHARACTERS, Operation
from trinity_tui.core.memory_message import masked_operation, operation_of
from trinity_tui.core.message import Message, Source, parse_time

KEY = "sk-ant-0123456789abcdefghij"


def said(type_: str = "memory", content: str = "", /, reply_to: str | None = None, **metadata: Any) -> Message:
    """A message of an instance."""
    return Message(
        v=1, id="m1", from_="scout", to="broadcast", type=type_, priority="normal", content=content, metadata=metadata,
        timestamp="2026-08-01T10:00:00.000000Z", reply_to=reply_to,
    )  # fmt: skip


def done(*args: Any, **keywords: Any) -> Operation:
    """What it does; it does something."""
    operation = operation_of(said(*args, **keywords), "C1")
    assert operation is not None
    return operation


def test_a_memory_message_adds_what_it_says() -> None:
    one = done(
        "memory", "The port is 8001.", kind="decision", subject="api", predicate="port", value="8001", tags=["net"],
        confidence=0.5, valid_from="2026-09-01T00:00:00Z", expires="2026-10-01T00:00:00Z", supersedes=["m0"],
        sources=["q"],
    )  # fmt: skip
    assert (one.op, one.id, one.author, one.computer, one.kind) == ("add", "m1", "scout", "C1", "decision")
    assert (one.subject, one.predicate, one.value, one.tags, one.confidence) == ("api", "port", "8001", ("net",), 0.5)
    assert one.valid_from is not None and one.valid_from.month == 9
    assert one.expires is not None and one.expires.month == 10
    assert (one.supersedes, one.sources, one.text) == (("m0",), ("q",), "The port is 8001.")


def test_a_finding_is_remembered_by_its_key_and_place() -> None:
    one = done("finding", "a.py:3 bare except", key="bare:a.py:", rule="bare", path="a.py", line=3, rests_on=["m0"])
    assert (one.kind, one.key, one.path, one.line, one.tags, one.sources) == (
        "finding", "bare:a.py:", "a.py", 3, ("bare",), ("m0",),
    )  # fmt: skip


def test_what_is_taken_back_resolved_moved_and_superseded() -> None:
    assert done("memory", "no longer so", op="retract", reply_to="m0").target == "m0"
    assert done("memory", "this one", op="resolve", target="m0").op == "resolve"
    assert done("memory", "", op="move", lines={"k": 4, "x": "no"}).lines["k"] == 4
    assert done("memory", "now 2", op="supersede", reply_to="m0", supersedes=["m9"]).supersedes == ("m0", "m9")


def test_a_value_alone_makes_a_text() -> None:
    assert done("memory", "", subject="api", predicate="port", value="8001").text == "api port: 8001"


@pytest.mark.parametrize(
    "message",
    [said("chat", "hello"), said("memory", ""), said("memory", "x", op="dance"), said("memory", "x", op="retract")],
)
def test_what_does_nothing(message: Message) -> None:
    assert operation_of(message, "C1") is None


def test_secrets_are_masked_before_anything_is_kept() -> None:
    one = done("memory", f"the key is {KEY}", subject=KEY, predicate="api_key", value="hunter2hunter2", tags=[KEY])
    assert "0123456789" not in str(one)
    assert "hunter2" not in str(one)
    imported = Operation(id="x", time=one.time, author="a", text=KEY, predicate="password", value="hunter22")
    assert "0123456789" not in str(masked_operation(imported)) and "hunter22" not in str(masked_operation(imported))


def test_a_value_under_no_secrets_name_stays() -> None:
    assert done("memory", "x", subject="api", predicate="port", value="8001").value == "8001"


def test_a_text_is_cut_and_the_body_may_be_given() -> None:
    assert len(done("memory", "word " * 5_000).text) == TEXT_CHARACTERS
    whole = operation_of(said("memory", "the beg"), "C1", body="the beginning")
    assert whole is not None and whole.text == "the beginning"


def test_a_clock_that_is_ahead_is_not_believed() -> None:
    now = parse_time("2026-01-01T00:00:00Z")
    one = operation_of(said("memory", "x"), "C1", latest=now)
    assert one is not None and one.time.timestamp() == now


def test_a_message_of_another_computer_is_that_computers() -> None:
    import msgspec

    message = msgspec.structs.replace(said("memory", "x"), source=Source("C2", 5))
    one = operation_of(message, "C1")
    assert one is not None and one.computer == "C2"


_any = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4)
_names = st.sampled_from(
    [
        "op",
        "kind",
        "subject",
        "predicate",
        "value",
        "tags",
        "confidence",
        "valid_from",
        "expires",
        "lines",
        "key",
        "line",
    ]
)


@given(st.sampled_from(["memory", "finding", "chat"]), st.text(), st.dictionaries(_names, _any))
def test_any_metadata_is_borne(kind: str, content: str, metadata: dict[str, Any]) -> None:
    done = operation_of(said(kind, content, **metadata), "C1")
    assert done is None or (kind != "chat" and done.computer == "C1")
