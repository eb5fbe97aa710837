"""The stream to a bridge: however it is cut, whatever a login prints before it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.errors import WireError
from trinity_tui.core.wire import framing, tunnel

FRAMES = [tunnel.Hello(1, "1.2.3", 1), tunnel.Opened(1), tunnel.Ended(1, "gone", 3, "hint"), tunnel.Beat()]
FRAMES_KNOWN = (tunnel.Hello, tunnel.Open, tunnel.Opened, tunnel.Ended, tunnel.Beat)
STREAM = tunnel.MARK + b"".join(map(tunnel.own, FRAMES)) + tunnel.carried(b'{"type":"batch"}')


@given(st.binary(max_size=200), st.lists(st.integers(0, len(STREAM) + 200), max_size=8))
def test_however_it_is_cut_the_same_pieces_come(chatter: bytes, cuts: list[int]) -> None:
    chatter = chatter.replace(b"\0", b"")
    whole = chatter + STREAM
    pieces = tunnel.Pieces(is_marked=True)
    came: list[tuple[bytes, bytes]] = []
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    for start, end in zip(edges, edges[1:], strict=False):
        came += pieces.feed(whole[start:end])
    assert [tunnel.decode_from_bridge(body) for whose, body in came if whose == tunnel.OWN] == FRAMES
    assert came[-1] == (tunnel.FACE, b'{"type":"batch"}')


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_pieces_or_an_error_of_ours(data: bytes, is_marked: bool) -> None:
    mark = tunnel.MARK if is_marked else b""
    try:
        pieces = tunnel.Pieces(is_marked=is_marked).feed(mark + data)
    except WireError:
        return
    came = b"".join(framing.with_length(whose + body) for whose, body in pieces)
    assert data.startswith(came), "nothing is made up"
    for _, body in pieces:
        for decode in (tunnel.decode_from_bridge, tunnel.decode_from_face):
            with suppress(WireError):
                assert isinstance(decode(body), FRAMES_KNOWN)


def test_a_login_that_never_stops_talking_is_no_bridge() -> None:
    pieces = tunnel.Pieces(is_marked=True)
    with pytest.raises(WireError, match="no bridge began"):
        for _ in range(10):
            pieces.feed(b"x" * tunnel.CHATTER_BYTES)


def test_a_frame_of_a_face_is_one() -> None:
    frame = tunnel.Open(3, "/srv/a 'b", read_only=True, start="if it died")
    ((whose, body),) = tunnel.Pieces(is_marked=False).feed(tunnel.own(frame))
    assert whose == tunnel.OWN
    assert tunnel.decode_from_face(body) == frame
