"""Positions that messages speak of, in a log in which the same messages stand elsewhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.message import Message
from trinity_tui.core.relocation import Relocation


def said(kind: str, **metadata: object) -> Message:
    return Message(
        v=1, id="m", from_="builder-1", to="coordinator", type=kind, priority="normal",
        timestamp="2026-11-20T10:16:29.757120Z", content="", metadata=metadata,
    )  # fmt: skip


@given(st.lists(st.integers(0, 10_000), unique=True, min_size=1), st.integers(0, 10_001))
def test_a_mark_has_the_same_messages_below_it(places: list[int], mark: int) -> None:
    places.sort()
    moved = Relocation()
    for number, place in enumerate(places):
        moved.add(place, 3 * number + 1)
    below = sum(place < mark for place in places)
    assert sum(3 * number + 1 < moved.mark(mark) for number in range(len(places))) == below
    for number, place in enumerate(places):
        assert moved.exact(place) == 3 * number + 1
    assert moved.exact(10_002) is None


def test_receipts_and_tokens_are_said_anew_and_nothing_else() -> None:
    moved = Relocation()
    for old, new in ((100, 1), (250, 2), (900, 3)):
        moved.add(old, new)
    receipt = moved.said_anew(said("receipt", received=[100, 900, 5], read=[250], received_low=901, read_low=250))
    assert receipt.metadata == {"received": [1, 3], "read": [2], "received_low": 4, "read_low": 2}
    assert moved.said_anew(said("task_complete", task="t", token=250)).metadata == {"task": "t", "token": 2}
    chat = said("chat", token=250, received=[100])
    assert moved.said_anew(chat) is chat
    stale = said("task_update", token=7)
    assert moved.said_anew(stale) is stale
