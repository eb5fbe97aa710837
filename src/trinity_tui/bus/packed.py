"""A finished segment as gzip: members of 256 KiB one after another, so that one line costs one member to read.

::

    file   = member+                          `zcat FILE | jq` reads it as any other
    member = gzip header with the extra field "TR" = the member's own length, deflate, CRC-32, size

The lengths in the headers are the index: it is read by stepping from header to header. A gzip file of another program
is one member, and is read whole.
"""

from __future__ import annotations

import bisect
import os
import struct
import zlib
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMBER_BYTES = 256 * 1024
KEPT_MEMBERS = 3
"""How many unpacked members a reader holds: a read across a border needs two, and who reads back needs the earlier one
of them again after the one before it."""
_LEVEL = 6
_HEADER = struct.Struct("<4sIBBH2sHI")
_TRAILER = struct.Struct("<II")
_MAGIC = b"\x1f\x8b\x08\x04"
_EXTRA = b"TR"
_UNIX = 3


def pack(data: bytes) -> Iterator[bytes]:
    """The members of a segment."""
    for start in range(0, len(data), MEMBER_BYTES):
        yield _member(data[start : start + MEMBER_BYTES])


def _member(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    length = _HEADER.size + len(body) + _TRAILER.size
    return _HEADER.pack(_MAGIC, 0, 0, _UNIX, 8, _EXTRA, 4, length) + body + _TRAILER.pack(zlib.crc32(data), len(data))


class Members:
    """Random access to a packed segment.

    Args:
        descriptor: Of the file; closed with this.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._starts: list[int] = []
        self._places: list[tuple[int, int]] = []
        """Where each member begins in the file, and its length there."""
        self._unpacked: OrderedDict[int, bytes] = OrderedDict()
        self.size = self._index()

    def _index(self) -> int:
        """Step over the headers; how long the segment is."""
        end, at, size = os.fstat(self._descriptor).st_size, 0, 0
        while at + _HEADER.size + _TRAILER.size <= end:
            magic, _, _, _, _, extra, _, length = _HEADER.unpack(os.pread(self._descriptor, _HEADER.size, at))
            if (magic, extra) != (_MAGIC, _EXTRA):
                length = end - at
            if not _HEADER.size < length <= end - at:
                break  # The file is cut here.
            self._starts.append(size)
            self._places.append((at, length))
            at += length
            size += _TRAILER.unpack(os.pread(self._descriptor, _TRAILER.size, at - _TRAILER.size))[1]
        return size

    def read(self, count: int, offset: int) -> bytes:
        """Bytes of the segment, as ``os.pread`` of the plain one would give."""
        parts: list[bytes] = []
        stop = min(self.size, offset + count)
        while offset < stop:
            number = bisect.bisect_right(self._starts, offset) - 1
            first = offset - self._starts[number]
            part = self._member(number)[first : first + stop - offset]
            parts.append(part)
            offset += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _member(self, number: int) -> bytes:
        found = self._unpacked.get(number)
        if found is None:
            found = self._unpacked[number] = self._unpack(number)
            if len(self._unpacked) > KEPT_MEMBERS:
                self._unpacked.popitem(last=False)
        else:
            self._unpacked.move_to_end(number)
        return found

    def _unpack(self, number: int) -> bytes:
        at, length = self._places[number]
        following = self._starts[number + 1] if number + 1 < len(self._starts) else self.size
        size = following - self._starts[number]
        try:
            data = zlib.decompress(os.pread(self._descriptor, length, at), zlib.MAX_WBITS | 16, size)
        except zlib.error:
            data = b""
        if len(data) == size:
            return data
        # What is not to be read is damaged lines: they fail their sums, are counted and passed over as others are.
        return b"\0" * size

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)
