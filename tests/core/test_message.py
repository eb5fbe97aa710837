"""Messages: shapes that are accepted, what is kept, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import limits, message
from trinity_tui.core.errors import MessageError
from trinity_tui.core.message import Message, Source

PLAIN = Message(
    v=1,
    id="an-id",
    from_="explorer-1",
    to="builder-1",
    type="finding",
    priority="normal",
    timestamp="2026-01-02T03:04:05.000006Z",
    content="water is wet",
    metadata={},
)


def made(**fields: Any) -> Message:
    return msgspec.structs.replace(PLAIN, **fields)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
messages = st.builds(
    made,
    content=texts,
    metadata=st.dictionaries(texts, values, max_size=4),
    to=st.sampled_from(["builder-1", "broadcast", "role:oracle", "C2/araya"]),
    type=st.sampled_from(sorted(message.KINDS)),
    priority=st.sampled_from(message.PRIORITIES),
    thread=st.none() | texts,
    reply_to=st.none() | texts,
    hops=st.integers(0, 99),
    source=st.none() | st.builds(Source, st.just("C2"), st.integers(0), st.none() | st.integers(0)),
)
unknown_keys = st.dictionaries(texts.filter(lambda key: key not in _reserved()), values, min_size=1, max_size=3)


def _reserved() -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(Message)} | {"sum"}


@given(messages)
def test_a_message_is_what_was_encoded(item: Message) -> None:
    line = message.encode(item)
    assert message.decode(line) == item
    assert message.decode_whole(line) == item
    assert line.startswith(b'{"v":1,')
    assert b"\n" not in line


@given(messages, unknown_keys)
def test_unknown_keys_are_kept(item: Message, extra: dict[str, Any]) -> None:
    line = message.encode(msgspec.structs.replace(item, extra=extra))
    found = message.decode_whole(line)
    assert found.extra == extra
    assert msgspec.structs.replace(found, extra=None) == item
    assert message.encode(found) == line
    assert message.decode(line) == item


def test_the_first_older_shape_is_accepted() -> None:
    line = (
        b'{"from":"explorer","to":"all","type":"finding","timestamp":"2024-05-06T07:08:09",'
        b'"content":"hi","metadata":{"a":1}}'
    )
    found = message.decode_whole(line, "new-id", 0.0)
    assert (found.from_, found.to, found.type, found.content) == ("explorer", "broadcast", "finding", "hi")
    assert (found.id, found.priority, found.timestamp, found.metadata) == (
        "new-id", "normal", "2024-05-06T07:08:09", {"a": 1},
    )  # fmt: skip
    message.check(found)


def test_the_second_older_shape_is_accepted() -> None:
    line = b'{"type":"status","from":"C1","to":"ALL","content":{"load":[1,2]},"priority":"high"}'
    found = message.decode_whole(line, "new-id", 1.5)
    assert (found.from_, found.to, found.priority) == ("C1", "ALL", "high")
    assert found.content == '{"load":[1,2]}'
    assert found.timestamp == "1970-01-01T00:00:01.500000Z"
    message.check(found)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"[]", "message"),
        (b"{", "message"),
        (b"\xff", "message"),
        (b'{"to":"a","type":"chat"}', "from"),
        (b'{"from":"a","to":"","type":"chat"}', "to"),
        (b'{"from":"a","to":"b","type":7}', "type"),
        (b'{"from":"a","to":"b","type":"chat","hops":"many"}', "hops"),
        (b'{"from":"a","to":"b","type":"chat","metadata":[]}', "metadata"),
        (b'{"from":"a","to":"b","type":"chat","source":{"computer":1}}', "source.computer"),
    ],
)
def test_what_is_no_message_is_refused_by_field(line: bytes, field: str) -> None:
    with pytest.raises(MessageError) as refused:
        message.decode_whole(line)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"type": "shout"}, "type"),
        ({"priority": "asap"}, "priority"),
        ({"id": ""}, "id"),
        ({"id": "x" * 65}, "id"),
        ({"id": "ü"}, "id"),
        ({"id": "a\n"}, "id"),
        ({"from_": "nobody here"}, "from"),
        ({"to": "role:king"}, "to"),
        ({"origin": "god"}, "origin"),
        ({"metadata": {"x": "y" * limits.METADATA_BYTES}}, "metadata"),
        ({"metadata": {"x": object()}}, "metadata"),
        ({"metadata": {"x": "\ud800"}}, "metadata"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"expires_at": ""}, "expires_at"),
        ({"ack_by": "2026-13-01T00:00:00Z"}, "ack_by"),
    ],
)
def test_what_may_not_be_published_is_refused_by_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(MessageError) as refused:
        message.check(made(**fields))
    assert refused.value.field == field
    assert str(refused.value).startswith(f"message refused: {field}: ")


def nested(levels: int) -> dict[str, Any]:
    value: Any = 0
    for level in range(levels):
        value = [value] if level % 2 else {"in": value}
    return {"x": value}


@pytest.mark.parametrize("levels", [message.DEPTH, 900, 5000])
def test_what_is_nested_too_deep_to_be_read_everywhere_is_refused(levels: int) -> None:
    message.check(made(metadata=nested(message.DEPTH - 1)))
    message.check(made(metadata={"flat": [{}] * 1000}))
    with pytest.raises(MessageError, match=r"metadata: (is nested more|cannot be written)"):
        message.check(made(metadata=nested(levels)))


@given(messages)
def test_what_is_well_formed_may_be_published_and_not_to_nobody(item: Message) -> None:
    message.check(item)
    with pytest.raises(MessageError, match="is no address"):
        message.check(msgspec.structs.replace(item, to="nobody at all"))


@given(st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))
def test_a_time_is_what_was_formatted(moment: datetime) -> None:
    text = message.format_time(moment.timestamp())
    assert len(text) == 27
    assert abs(message.parse_time(text) - moment.timestamp()) < 1e-3
    assert datetime.fromisoformat(text) == moment or moment.year > 2100


@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_times_order_as_their_texts(first: float, second: float) -> None:
    texts_ = sorted([(message.format_time(first), first), (message.format_time(second), second)])
    assert texts_[0][1] <= texts_[1][1] or texts_[0][0] == texts_[1][0]


def test_a_time_without_zone_is_universal() -> None:
    assert message.parse_time("1970-01-01T00:00:10") == 10.0
    assert message.parse_time("1970-01-01T01:00:10+01:00") == 10.0


def test_priorities_have_an_order_and_an_unknown_one_is_normal() -> None:
    assert [message.rank(name) for name in ("urgent", "high", "normal", "low")] == [0, 1, 2, 3]
    assert message.rank("asap") == message.rank("normal")
