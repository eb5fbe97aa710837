"""What a face and the bridge on another computer exchange over one stream of bytes, such as an ssh connection's.

::

    face                bridge
                        (whatever the login there prints)
         ◀───────────   MARK, Hello
    Open ───────────▶   (connects to the coordinator of a folder)
         ◀───────────   Opened, or Ended
         ◀──────────▶   a face's frames, as ``face`` has them
         ◀───────────   Ended      (the coordinator hung up; the next Open tries again)
    Beat ◀──────────▶   Beat       (still there)

Each piece is a length of four bytes, one byte that says whose it is, and JSON. The stream lasts longer than one
connection to a coordinator, as whoever had to enter a password does not want to do it again for each.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from trinity_tui.core.errors import WireError
from trinity_tui.core.wire import framing

VERSION = 1
"""It rises when a frame here changes its meaning."""
MARK = b"\0trinity bridge\n"
"""Where the stream begins; no text has such a line."""
CHATTER_BYTES = 256 * 1024
"""How much a login may print before it."""
PIECE_BYTES = 64 * 1024 * 1024
"""The longest piece; a snapshot of a full room is some megabytes."""
OWN, FACE = b"b", b"f"
"""The bridge's own frames, and those between face and coordinator."""

Start: TypeAlias = Literal["never", "if none runs", "if it died"]
"""Whether the bridge starts a coordinator."""


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The bridge presents itself."""

    version: int
    """Of this protocol."""
    program: str
    """The version of its Trinity."""
    protocol: int
    """What its coordinators speak with faces."""


class Open(msgspec.Struct, frozen=True, tag="open"):
    """Connect to the coordinator of a folder, instead of the one before."""

    link: int
    """Counts them, so that the end of the one before is not taken for the end of this one."""
    path: str
    """Absolute, or ``~`` and what is below the home folder there."""
    read_only: bool = False
    start: Start = "never"


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """It is connected."""

    link: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """It is not, or no more."""

    link: int
    reason: str
    exit_code: int = 1
    hint: str = ""


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """Still there."""


FromFace = Open | Beat
FromBridge = Hello | Opened | Ended | Beat

_encoder = msgspec.json.Encoder()
_from_face = msgspec.json.Decoder(FromFace)
_from_bridge = msgspec.json.Decoder(FromBridge)


def own(frame: FromFace | FromBridge) -> bytes:
    """A piece that is the bridge's."""
    return framing.with_length(OWN + _encoder.encode(frame))


def carried(frame: bytes) -> bytes:
    """A piece that passes through."""
    return framing.with_length(FACE + frame)


def decode_from_face(body: bytes) -> FromFace:
    """What a face says to the bridge.

    Raises:
        WireError: It is none of its frames.
    """
    try:
        return _from_face.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"a frame that no bridge knows: {error}") from error


def decode_from_bridge(body: bytes) -> FromBridge:
    """What the bridge says to a face.

    Raises:
        WireError: It is none of its frames.
    """
    try:
        return _from_bridge.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"a frame that is none of a bridge's: {error}") from error


class Pieces:
    """Cuts a stream into its pieces.

    Args:
        is_marked: Whether it begins with ``MARK``, before which anything may stand.
    """

    def __init__(self, *, is_marked: bool) -> None:
        self._chatter: bytearray | None = bytearray() if is_marked else None
        self._cutter = framing.FrameCutter(PIECE_BYTES)

    @property
    def has_begun(self) -> bool:
        """Whether the mark has been seen."""
        return self._chatter is None

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """The pieces completed by these bytes: whose each is, and its JSON.

        Raises:
            WireError: It is no such stream.
        """
        if self._chatter is not None:
            self._chatter += data
            before, mark, data = bytes(self._chatter).partition(MARK)
            if not mark:
                if len(before) > CHATTER_BYTES:
                    raise WireError(f"no bridge began within {CHATTER_BYTES:,} bytes of other output")
                return []
            self._chatter = None
        return [(body[:1], body[1:]) for body in self._cutter.feed(data)]
