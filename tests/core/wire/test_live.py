"""The live lane's frames: every one is read as it was written, by the side it is for and by no other."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.wire import live
from trinity_tui.core.wire.live import FromCoordinator, FromInstance

SIDES: list[Any] = [FromInstance, FromCoordinator]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(-(2**62), 2**62)
COLLEAGUE = st.builds(live.Colleague, TEXT, TEXT, TEXT, TEXT)
FRAMES: dict[Any, st.SearchStrategy[Any]] = {
    live.Hello: st.builds(live.Hello, NUMBER, TEXT, NUMBER, NUMBER),
    live.Activity: st.builds(
        live.Activity, st.sampled_from(get_args(live.ActivityName)), TEXT, st.floats(0, 1e12), NUMBER, TEXT, TEXT
    ),
    live.Beat: st.builds(live.Beat, NUMBER), live.Pong: st.builds(live.Pong, NUMBER),
    live.Welcome: st.builds(live.Welcome, NUMBER, NUMBER), live.Refused: st.builds(live.Refused, TEXT),
    live.Ping: st.builds(live.Ping, NUMBER), live.Pause: st.builds(live.Pause, TEXT),
    live.Resume: st.just(live.Resume()), live.Roster: st.builds(live.Roster, st.lists(COLLEAGUE, max_size=3)),
    live.Piece: st.builds(live.Piece, TEXT, NUMBER, TEXT, st.booleans()),
    live.ToolUse: st.builds(live.ToolUse, TEXT, TEXT, TEXT, TEXT, st.sampled_from(["runs", "waits", "cut"]), TEXT),
    live.Spent: st.builds(live.Spent, TEXT, TEXT, *[NUMBER] * 7, st.floats(0, 1e6), TEXT),
    live.Asks: st.builds(live.Asks, TEXT, TEXT, st.floats(0, 1e12)), live.AsksNoMore: st.builds(live.AsksNoMore, TEXT),
    live.Verdict: st.builds(live.Verdict, TEXT, st.sampled_from(["once", "always", "reject"]), TEXT),
    live.Cut: st.builds(live.Cut, TEXT), live.UseBrain: st.builds(live.UseBrain, TEXT),
}  # fmt: skip


def test_every_frame_is_tried() -> None:
    assert set(FRAMES) == {frame for side in SIDES for frame in get_args(side)}


@given(st.one_of(*FRAMES.values()))
def test_a_frame_is_read_as_it_was_written(frame: Any) -> None:
    line = msgspec.json.encode(frame)
    for side in SIDES:
        if type(frame) in get_args(side):
            assert msgspec.json.decode(line, type=side) == frame
        else:
            with pytest.raises(msgspec.ValidationError):
                msgspec.json.decode(line, type=side)


def test_an_activity_is_one_that_can_be_drawn() -> None:
    assert get_args(live.ActivityName) == ("idle", "thinking", "writing", "tool", "waiting")
    with pytest.raises(msgspec.ValidationError, match="flying"):
        msgspec.json.decode(b'{"type":"activity","activity":"flying"}', type=FromInstance)
