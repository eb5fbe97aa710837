"""Frames: the same whichever way the stream is split, and nothing but a WireError for what is no frame."""

from __future__ import annotations

import struct
from typing import cast

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trinity_tui.core.errors import WireError
from trinity_tui.core.wire import keeper, live
from trinity_tui.core.wire.framing import FRAME_BYTES, FrameDecoder, encode
from trinity_tui.core.wire.live import FromInstance

FRAMES = st.builds(live.Beat, st.integers(0, 9)) | st.builds(live.Pong, st.integers(-(2**62), 2**62)) | st.builds(
    live.Activity, st.sampled_from(["idle", "tool"]), st.text(max_size=30), st.floats(0, 2e9), brain=st.just("builtin")
)  # fmt: skip


def decoder() -> FrameDecoder[FromInstance]:
    """One for what instances send."""
    return FrameDecoder[FromInstance](cast("type[FromInstance]", FromInstance))


def framed(body: bytes) -> bytes:
    """A frame of any body."""
    return struct.pack(">I", len(body)) + body


def split(stream: bytes, cuts: list[int]) -> list[bytes]:
    """The stream in pieces, some perhaps empty."""
    places = sorted(cut % (len(stream) + 1) for cut in cuts)
    return [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]


@given(st.lists(FRAMES, max_size=6), st.lists(st.integers(0, 2_000), max_size=12))
def test_any_split_gives_the_same_frames(frames: list[FromInstance], cuts: list[int]) -> None:
    stream, cutter = b"".join(map(encode, frames)), decoder()
    found = [frame for piece in split(stream, cuts) for frame in cutter.feed(piece)]
    assert found == frames
    assert cutter.pending_bytes == 0


@given(st.lists(FRAMES, min_size=1, max_size=3))
def test_one_byte_after_the_other(frames: list[FromInstance]) -> None:
    cutter, found, stream = decoder(), list[FromInstance](), b"".join(map(encode, frames))
    for place in range(len(stream)):
        found += cutter.feed(stream[place : place + 1])
    assert found == frames


@given(FRAMES, st.integers(0, 100))
def test_what_is_cut_off_is_no_frame_yet(frame: FromInstance, lost: int) -> None:
    stream, cutter = encode(frame), decoder()
    kept = stream[: max(0, len(stream) - 1 - lost)]
    assert cutter.feed(kept) == []
    assert cutter.pending_bytes == len(kept)
    assert cutter.feed(stream[len(kept) :]) == [frame]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=4))
@example(framed(b"\xff\xfe"), [])
@example(framed(b'{"type":"beat","x":"\xff"}'), [])
def test_garbage_is_refused_or_waited_for(garbage: bytes, cuts: list[int]) -> None:
    cutter = decoder()
    try:
        for piece in split(garbage, cuts):
            cutter.feed(piece)
    except WireError:
        return
    assert cutter.pending_bytes <= len(garbage)


@given(st.lists(FRAMES, min_size=1, max_size=3), st.data())
def test_a_changed_byte_is_refused_or_another_frame(frames: list[FromInstance], data: st.DataObject) -> None:
    stream = bytearray(b"".join(map(encode, frames)))
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = decoder().feed(bytes(stream))
    except WireError:
        return
    assert len(found) <= len(frames)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b'{"type":"dance"}', b'{"type":"pong"}', b'{"type":"pong","nonce":"1"}',
        b'{"type":"activity","activity":"flying"}', b'{"type":"ping","nonce":1}', b'{"type":"beat"}x', b"\xff\xfe",
        b'{"type":"beat","x":' + b"[" * 100_000, b'{"x":' * 100_000,
    ],
)  # fmt: skip
def test_what_is_none_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(WireError, match="^a frame that is none of ours: "):
        decoder().feed(framed(body))


def test_a_key_of_a_later_version_is_no_fault() -> None:
    assert decoder().feed(framed(b'{"type":"pong","nonce":1,"mood":[{}]}')) == [live.Pong(1)]


def test_a_length_over_the_limit_is_refused_before_its_body_comes() -> None:
    for length in (FRAME_BYTES + 1, 2**32 - 1):
        cutter = decoder()
        assert cutter.feed(struct.pack(">I", length)[:3]) == []
        with pytest.raises(WireError, match=f"^a frame of {length} bytes is over the limit of 4194304$"):
            cutter.feed(struct.pack(">I", length)[3:])


def test_the_longest_frame_goes_through_and_one_more_byte_does_not() -> None:
    room = FRAME_BYTES + 4 - len(encode(live.Activity("tool")))
    longest = live.Activity("tool", "x" * room)
    assert len(encode(longest)) == 4 + FRAME_BYTES
    assert decoder().feed(encode(longest)) == [longest]
    with pytest.raises(WireError, match="^a frame of 4194305 bytes is over the limit"):
        encode(live.Activity("tool", "x" * (room + 1)))


def test_a_text_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(WireError, match="a text that cannot be written"):
        encode(live.Activity("tool", "name\udcff.py"))


def test_each_lane_takes_its_own_frames_alone() -> None:
    lane = FrameDecoder[keeper.FromKeeper](cast("type[keeper.FromKeeper]", keeper.FromKeeper))
    with pytest.raises(WireError):
        lane.feed(encode(live.Beat()))
    assert msgspec.json.decode(encode(live.Beat())[4:]) == {"type": "beat", "inbox_depth": 0}
