"""What faces and the coordinator exchange: every frame is read as it was written, rooms and records included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.errors import WireError
from trinity_tui.core.message import KINDS, Message
from trinity_tui.core.record import Record
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.wire import face, live
from trinity_tui.core.wire.face import FromFace, LiveView, ToFace

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.room import Room

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.integers(0, 2**53)
SECONDS = st.floats(0, 1e12)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ARGS = st.dictionaries(TEXT, JSON, max_size=3)
VIEW = st.builds(LiveView, TEXT, TEXT, TEXT, SECONDS, NUMBER, TEXT, SECONDS, NUMBER, SECONDS)
SAID = st.builds(
    Message, v=st.just(1), id=st.uuids().map(str), from_=st.sampled_from(["lead-1", "human", "coordinator"]), to=TEXT,
    type=st.sampled_from(sorted(KINDS)), priority=st.just("high"), timestamp=TEXT, content=TEXT, metadata=ARGS,
    reply_to=st.none() | TEXT, hops=st.integers(0, 3), thread=st.none() | TEXT,
)  # fmt: skip
RECORDS = st.lists(SAID, max_size=4).map(lambda said: [Record(at * 9, message) for at, message in enumerate(said)])


def folded(records: list[Record]) -> Room:
    """The room these records give."""
    folder = Folder()
    for record in records:
        folder.apply(record)
    return folder.room


FRAMES: dict[Any, st.SearchStrategy[Any]] = {
    face.Attach: st.builds(face.Attach, NUMBER, TEXT, st.none() | NUMBER, NUMBER, st.booleans()),
    face.Request: st.builds(face.Request, NUMBER, TEXT, ARGS),
    face.Follow: st.builds(face.Follow, TEXT, NUMBER), face.Unfollow: st.builds(face.Unfollow, TEXT),
    face.Shown: st.builds(face.Shown, NUMBER),
    face.Greeting: st.builds(
        face.Greeting, NUMBER, TEXT, TEXT, TEXT, NUMBER, NUMBER, NUMBER, rights=TEXT,
        room=st.none() | RECORDS.map(folded), live=st.lists(VIEW, max_size=2), notices=st.lists(TEXT, max_size=2),
    ),
    face.Batch: st.builds(face.Batch, NUMBER, RECORDS), face.Live: st.builds(face.Live, st.lists(VIEW, max_size=3)),
    face.Notices: st.builds(face.Notices, st.lists(TEXT, max_size=3)),
    face.Output: st.builds(face.Output, TEXT, NUMBER, st.lists(TEXT, max_size=3), NUMBER, st.booleans()),
    face.Listen: st.builds(face.Listen, TEXT), face.Unlisten: st.builds(face.Unlisten, TEXT),
    face.Talk: st.builds(
        face.Talk, TEXT, st.lists(st.builds(live.Piece, TEXT, NUMBER, TEXT, st.booleans()), max_size=2),
        st.lists(st.builds(live.ToolUse, TEXT, TEXT, TEXT, TEXT, st.just("runs"), TEXT), max_size=2),
        st.lists(TEXT, max_size=2), st.booleans(),
    ),
    face.Reply: st.builds(face.Reply, NUMBER, JSON, TEXT, st.integers(0, 5)),
}  # fmt: skip


def test_every_frame_is_tried() -> None:
    assert set(FRAMES) == {*get_args(FromFace), *get_args(ToFace)}


@given(st.one_of(*FRAMES.values()))
def test_a_frame_is_read_as_it_was_written_by_the_side_it_is_for(frame: Any) -> None:
    line = face.encode(frame)
    mine: Callable[[bytes | str], Any] = face.decode_from_face
    other: Callable[[bytes | str], Any] = face.decode_to_face
    if type(frame) in get_args(ToFace):
        mine, other = other, mine
    assert mine(line) == mine(line.decode()) == frame
    with pytest.raises(WireError):
        other(line)


@pytest.mark.parametrize("line", [b"", b"{", b"\xff", b'{"type":"request","id":1,"do":"x","args":' + b"[" * 100_000])
def test_what_is_no_frame_is_an_error_of_ours(line: bytes) -> None:
    for decode in (face.decode_from_face, face.decode_to_face):
        with pytest.raises(WireError):
            decode(line)


@given(RECORDS)
def test_a_batch_folds_to_the_room_a_greeting_carries(records: list[Record]) -> None:
    room = folded(records)
    greeting = face.decode_to_face(face.encode(face.Greeting(1, "shop", "/", "C1", 7, 1, room.position, room=room)))
    batch = face.decode_to_face(face.encode(face.Batch(room.position, records)))
    assert isinstance(greeting, face.Greeting)
    assert isinstance(batch, face.Batch)
    assert greeting.room == room == folded(batch.records)
    assert greeting.room is not None
    assert greeting.room.digest() == room.digest()


def test_a_face_of_another_version_can_say_so() -> None:
    attach = face.decode_from_face(b'{"type":"attach","protocol":9,"wish":"colours"}')
    assert attach == face.Attach(9)
