"""What is told of messages, and in how many records."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus.backlog import Entry
from trinity_tui.bus.receipts import Receipts
from trinity_tui.core import limits


def direct(position: int) -> Entry:
    return Entry(position, 1, f"id-{position}", "normal")


def many(position: int) -> Entry:
    found = direct(position)
    found.is_many = True
    return found


def test_direct_messages_are_listed() -> None:
    receipts = Receipts()
    for position in (3, 5):
        receipts.received(direct(position))
    receipts.read(direct(3))
    receipts.expired(direct(7))
    receipts.dead(direct(8))
    assert receipts.take(100) == [
        {"received_low": 100, "read_low": 100, "received": [3, 5], "read": [3], "expired": [7], "dead": [8]}
    ]
    assert not receipts.is_due


def test_the_low_mark_stands_at_the_first_message_to_many_that_is_unread() -> None:
    receipts = Receipts()
    for position in (10, 20, 30):
        receipts.received(many(position))
    assert receipts.take(40) == [{"received_low": 40, "read_low": 10}]
    receipts.read(many(20))
    assert receipts.take(40) == [{"received_low": 40, "read_low": 10}]
    receipts.read(many(10))
    assert receipts.take(40) == [{"received_low": 40, "read_low": 30}]
    receipts.done(many(30))
    assert receipts.take(50) == [{"received_low": 50, "read_low": 50}]


def test_what_is_done_with_is_told_only_if_it_held_a_mark_back() -> None:
    receipts = Receipts()
    receipts.done(direct(5))
    receipts.done(many(5))
    assert not receipts.is_due


def test_what_could_not_be_written_is_told_again() -> None:
    receipts = Receipts()
    receipts.received(direct(1))
    receipts.put_back(receipts.take(10))
    receipts.received(direct(2))
    assert receipts.take(20) == [{"received_low": 20, "read_low": 20, "received": [1, 2]}]


@given(st.integers(0, 1500), st.integers(0, 1500))
def test_nothing_is_lost_by_splitting_and_every_part_fits(received: int, read: int) -> None:
    receipts = Receipts()
    start = 10**15
    for number in range(received):
        receipts.received(direct(start + number))
    for number in range(read):
        receipts.read(direct(start + number))
    parts: list[dict[str, Any]] = receipts.take(start * 2)
    assert [p for part in parts for p in part.get("received", [])] == list(range(start, start + received))
    assert [p for part in parts for p in part.get("read", [])] == list(range(start, start + read))
    assert all(len(msgspec.json.encode(part)) < limits.METADATA_BYTES for part in parts)
    assert {part["received_low"] for part in parts} == {start * 2}
