"""Frames on a byte stream: a length of four bytes, big-endian, then one JSON object.

Bytes in, frames out; no socket here. A frame over the limit, or one that does not decode, ends the connection: there
is no way to know where the next one begins.
"""

from __future__ import annotations

import struct
from typing import Generic, TypeVar

import msgspec

from trinity_tui.core.errors import WireError

FRAME_BYTES = 4 * 1024 * 1024
"""The longest frame either side accepts."""

_LENGTH = struct.Struct(">I")
_encoder = msgspec.json.Encoder()
T = TypeVar("T")


def with_length(body: bytes) -> bytes:
    """The body of a frame, ready to be written."""
    return _LENGTH.pack(len(body)) + body


def encode(frame: msgspec.Struct) -> bytes:
    """One frame, ready to be written.

    Raises:
        WireError: The frame is over the limit, or a text in it cannot be written, as of a file's name that is no UTF-8.
    """
    try:
        body = _encoder.encode(frame)
    except UnicodeEncodeError as error:
        raise WireError(f"a frame with a text that cannot be written: {error.reason}") from error
    if len(body) > FRAME_BYTES:
        raise WireError(f"a frame of {len(body)} bytes is over the limit of {FRAME_BYTES}")
    return with_length(body)


class FrameCutter:
    """Cuts a stream into the bodies of its frames.

    Args:
        limit_bytes: The longest that is accepted.
    """

    def __init__(self, limit_bytes: int = FRAME_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies completed by these bytes.

        Raises:
            WireError: One would be over the limit; the connection is of no more use.
        """
        self._buffer += data
        bodies: list[bytes] = []
        start = 0
        while len(self._buffer) - start >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(self._buffer, start)
            if size > self._limit_bytes:
                raise WireError(f"a frame of {size} bytes is over the limit of {self._limit_bytes}")
            end = start + _LENGTH.size + size
            if len(self._buffer) < end:
                break
            bodies.append(bytes(self._buffer[start + _LENGTH.size : end]))
            start = end
        del self._buffer[:start]
        return bodies

    @property
    def pending_bytes(self) -> int:
        """How many bytes of an unfinished frame are held."""
        return len(self._buffer)


class FrameDecoder(Generic[T]):
    """Cuts a stream into frames of one union of types.

    Args:
        frames: The union (of tagged structs) that may arrive.
    """

    def __init__(self, frames: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(frames)
        self._cutter = FrameCutter()

    def feed(self, data: bytes) -> list[T]:
        """The frames completed by these bytes.

        Raises:
            WireError: The stream is no stream of such frames; the connection is of no more use.
        """
        return [self._decode(body) for body in self._cutter.feed(data)]

    def _decode(self, body: bytes) -> T:
        try:
            return self._decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise WireError(f"a frame that is none of ours: {error}") from error

    @property
    def pending_bytes(self) -> int:
        """How many bytes of an unfinished frame are held."""
        return self._cutter.pending_bytes
