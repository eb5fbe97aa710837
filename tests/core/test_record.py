"""Records: a damaged line is known as one, and costs nothing but itself and at most its neighbour."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trinity_tui.core import limits, record
from trinity_tui.core.errors import MessageError
from trinity_tui.core.message import Message
from trinity_tui.core.record import DamagedLine

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


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
messages = st.builds(
    made,
    id=st.uuids().map(str),
    content=texts,
    metadata=st.dictionaries(texts, texts | st.integers(-9, 9), max_size=2),
    priority=st.sampled_from(["low", "normal", "high", "urgent"]),
    reply_to=st.none() | texts,
    extra=st.none() | st.dictionaries(st.sampled_from(["colour", "mood"]), texts, min_size=1),
)
logs = st.lists(messages, min_size=1, max_size=4)


def without_extra(item: Message) -> Message:
    return msgspec.structs.replace(item, extra=None)


def lines_of(log: bytes) -> list[bytes]:
    """The lines a reader takes: what ends in a newline."""
    return [line for line in log.split(b"\n")[:-1] if line]


def read(log: bytes) -> list[Message]:
    """Every message of a log that counts as whole; its routing says the same."""
    found: list[Message] = []
    for line in lines_of(log):
        try:
            item = record.decode(line)
        except DamagedLine:
            with pytest.raises(DamagedLine):
                record.decode_routing(line)
            continue
        routing = record.decode_routing(line)
        assert (routing.id, routing.to, routing.priority) == (item.id, item.to, item.priority)
        found.append(item)
    return found


def lost(originals: list[Message], found: list[Message]) -> list[int]:
    """Which messages are missing; fails where one was found that was not written, or in another order."""
    expected = [without_extra(item) for item in originals]
    places = [expected.index(item) for item in found]
    assert places == sorted(set(places))
    return [place for place in range(len(expected)) if place not in places]


@given(messages)
def test_a_record_is_what_was_written(item: Message) -> None:
    line = record.encode(item)
    assert line.endswith(b'"}\n')
    assert line.count(b"\n") == 1
    assert record.decode(line) == without_extra(item)
    assert record.decode(line[:-1]) == without_extra(item)
    routing = record.decode_routing(line)
    assert (routing.to, routing.from_, routing.type, routing.reply_to) == (
        item.to,
        item.from_,
        item.type,
        item.reply_to,
    )


@given(logs, st.data())
def test_a_log_cut_anywhere_gives_the_messages_before_the_cut(log: list[Message], data: st.DataObject) -> None:
    lines = [record.encode(item) for item in log]
    whole = b"".join(lines)
    cut = data.draw(st.integers(0, len(whole)))
    ends = [sum(map(len, lines[: count + 1])) for count in range(len(lines))]
    assert read(whole[:cut]) == [without_extra(item) for item, end in zip(log, ends, strict=True) if end <= cut]


@given(logs, st.data())
def test_a_torn_line_that_was_closed_with_a_newline_is_known_as_damaged(
    log: list[Message], data: st.DataObject
) -> None:
    *before, torn = [record.encode(item) for item in log]
    cut = data.draw(st.integers(1, len(torn) - 1))
    whole = b"".join(before) + torn[:cut] + b"\n" + record.encode(made(id="after"))
    found = read(whole)
    assert found[-1] == made(id="after")
    assert lost([*log, made(id="after")], found) == ([] if cut == len(torn) - 1 else [len(log) - 1])


@given(logs, st.data(), st.integers(1, 255))
def test_a_byte_changed_anywhere_costs_that_line_and_at_most_its_neighbour(
    log: list[Message], data: st.DataObject, change: int
) -> None:
    lines = [record.encode(item) for item in log]
    whole = bytearray(b"".join(lines))
    place = data.draw(st.integers(0, len(whole) - 1))
    struck = sum(place >= sum(map(len, lines[: count + 1])) for count in range(len(lines)))
    is_newline = whole[place] == 0x0A
    whole[place] ^= change
    missing = lost(log, read(bytes(whole)))
    assert struck in missing
    assert set(missing) <= ({struck, struck + 1} if is_newline else {struck})


@given(logs, st.data())
def test_a_byte_taken_out_or_put_in_costs_that_line_and_at_most_its_neighbour(
    log: list[Message], data: st.DataObject
) -> None:
    lines = [record.encode(item) for item in log]
    whole = b"".join(lines)
    place = data.draw(st.integers(0, len(whole) - 1))
    put_in = data.draw(st.binary(max_size=1))
    missing = lost(log, read(whole[:place] + put_in + whole[place + (not put_in) :]))
    assert len(missing) <= 2
    assert all(second == first + 1 for first, second in pairwise(missing))


@given(st.binary(max_size=300))
@example(b'{"v":1,"sum":"00000000"}')
@example(b',"sum":"00000000"}')
@example(b'{"from":"a","to":"b","type":"c","content":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
@example(b'{"from":"a","to":"b","type":"\xff"}')
@example(b"{}")
@example(b"")
def test_no_line_raises_anything_but_damaged(line: bytes) -> None:
    for decode in (record.decode, record.decode_routing):
        try:
            decode(line)
        except DamagedLine as damaged:
            assert str(damaged)


def test_the_older_shapes_are_read_without_a_sum() -> None:
    line = b'{"from":"explorer","to":"role:coordinator","type":"finding","content":"hi","metadata":{}}\n'
    assert record.decode(line).to == "role:lead"
    routing = record.decode_routing(line)
    assert (routing.to, routing.priority, routing.id) == ("role:coordinator", "normal", "")
    with pytest.raises(DamagedLine):
        record.decode(line[:-20])


def test_a_line_over_its_limit_is_refused() -> None:
    fits = made(content="x" * (limits.LINE_BYTES - len(record.encode(made(content="")))))
    assert len(record.encode(fits)) == limits.LINE_BYTES
    with pytest.raises(MessageError, match=f"{limits.LINE_BYTES} is the limit"):
        record.encode(made(content=fits.content + "x"))


@pytest.mark.parametrize("fields", [{"content": "\ud800"}, {"metadata": {"x": object()}}])
def test_what_is_no_json_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(MessageError, match="cannot be written as JSON"):
        record.encode(made(**fields))
