"""New messages."""

from __future__ import annotations

from trinity_tui.bus import new_message
from trinity_tui.core import message
from trinity_tui.core.message import Origin


def test_a_new_message_may_be_published_and_carries_what_it_was_given() -> None:
    made = new_message(
        "explorer-1",
        "broadcast",
        "finding",
        "water is wet",
        priority="high",
        metadata={"where": "here"},
        thread="t",
        reply_to="r",
        hops=3,
        origin=Origin.WEB,
        expires_at="2030-01-01T00:00:00Z",
        ack_by="2029-01-01T00:00:00Z",
        now=1_700_000_000.25,
    )
    message.check(made)
    assert made.timestamp == "2023-11-14T22:13:20.250000Z"
    assert (made.priority, made.metadata, made.origin) == ("high", {"where": "here"}, "web")
    assert (made.thread, made.reply_to, made.hops) == ("t", "r", 3)
    assert (made.expires_at, made.ack_by) == ("2030-01-01T00:00:00Z", "2029-01-01T00:00:00Z")


def test_ids_are_unique_and_in_order_of_time() -> None:
    ids = [new_message("explorer-1", "builder-1", "chat", "").id for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert ids == sorted(ids)
    assert all(len(one) == 36 and one[14] == "7" for one in ids)
