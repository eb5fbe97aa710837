"""A record: a message as it stands in the log, with its position and a checksum that knows a damaged line.

::

    line   = object "\\n"
    object = "{" fields ',"sum":"' crc '"}'      crc = CRC-32 (zlib) of all bytes before ',"sum"', 8 hex digits
           | "{" fields "}"                      a line of an older shape: no "v" first, no sum

A line that begins as ours does but has no valid sum is damaged. Unknown types decode: they are kept and shown, not
acted on.
"""

from __future__ import annotations

import zlib

import msgspec

from trinity_tui.core import limits, message
from trinity_tui.core.errors import MessageError
from trinity_tui.core.message import Message

Position = int
"""Where a message stands: an opaque ordered integer. To go on after the record at p, read from p + 1."""

_SUM = b',"sum":"'
_TAIL_BYTES = len(_SUM) + 8 + 2
_OURS = b'{"v":'


class Record(msgspec.Struct, frozen=True, gc=False):
    """A message and where it stands."""

    position: Position
    message: Message


class DamagedLine(ValueError):
    """A line of the log that is not whole; readers count and skip it."""


def encode(item: Message) -> bytes:
    """The line of a message, newline included.

    Raises:
        MessageError: The line is over its limit, or holds what is no JSON.
    """
    try:
        body = message.encode(item)
    except (TypeError, ValueError, RecursionError) as error:
        raise MessageError("content", f"cannot be written as JSON: {error}") from error
    fields = body[:-1]
    line = b'%s,"sum":"%08x"}\n' % (fields, zlib.crc32(fields))
    if len(line) > limits.LINE_BYTES:
        raise MessageError("content", f"the line has {len(line)} bytes, {limits.LINE_BYTES} is the limit")
    return line


def verify(line: bytes) -> bytes:
    """The JSON object of a line whose sum holds, or of an older shape that has none.

    Raises:
        DamagedLine: The line is torn or changed.
    """
    text = line[:-1] if line.endswith(b"\n") else line
    tail = text[-_TAIL_BYTES:]
    if tail.startswith(_SUM) and tail.endswith(b'"}'):
        if tail[len(_SUM) : -2] != b"%08x" % zlib.crc32(text[:-_TAIL_BYTES]):
            raise DamagedLine("the sum does not hold")
        return text
    if text.startswith(_OURS) or not (text.startswith(b"{") and text.endswith(b"}")):
        raise DamagedLine("the line is cut")
    return text


def decode(line: bytes) -> Message:
    """The message of a line, by the fast way where it is of our own shape.

    Raises:
        DamagedLine: The line is torn, changed, or no message.
    """
    text = verify(line)
    try:
        return message.decode(text) if text.startswith(_OURS) else message.decode_whole(text)
    except (msgspec.DecodeError, MessageError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedLine(str(error)) from error


class Routing(msgspec.Struct, frozen=True, gc=False):
    """What a consumer needs to know of a message before it is its turn."""

    to: str
    from_: str = msgspec.field(name="from")
    priority: str = "normal"
    id: str = ""
    type: str = ""
    reply_to: str | None = None
    expires_at: str | None = None


_routing = msgspec.json.Decoder(Routing)


def decode_routing(line: bytes) -> Routing:
    """Only the routing fields of a whole line.

    Raises:
        DamagedLine: The line is torn, changed, or no message.
    """
    try:
        return _routing.decode(verify(line))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedLine(str(error)) from error
