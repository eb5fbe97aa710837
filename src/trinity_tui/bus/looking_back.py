"""Looking through the log from a position back, a piece at a time, for as long as one may; and what time it was where.

Made for a thread that others share the interpreter with: a piece is read and looked through as bytes, and only a line
that may fit is decoded.
"""

from __future__ import annotations

import bisect
import re
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import segments
from trinity_tui.core.errors import BusError
from trinity_tui.core.record import Position, Record
from trinity_tui.core.sieve import sift

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trinity_tui.bus.layout import Layout
    from trinity_tui.bus.segments import Segment
    from trinity_tui.bus.source import Line
    from trinity_tui.core.sieve import Sieve

PIECE_BYTES = 256 * 1024
"""Looking through so many bytes holds the interpreter for a fraction of a millisecond."""
_LONGEST_BYTES = 8 * 1024 * 1024
_STAMP_BYTES = 4096
_STAMP = re.compile(rb'"timestamp":"([0-9T:.+Z-]{19,32})"')


class Back(msgspec.Struct, frozen=True):
    """What looking back came to."""

    records: list[Record]
    """The newest first."""
    start: Position
    """Everything from here on was looked at."""
    stamp: str = ""
    """What time it was there, where a line says so."""


def look_back(layout: Layout, before: Position, sieve: Sieve, most: int, seconds: float, after: Position = 0) -> Back:
    """Find records that stand before a position. At least one piece is looked through, however little time there is.

    Args:
        layout: The bus's folder.
        before: Where a record begins, or the log ends.
        sieve: What is looked for.
        most: So many are enough.
        seconds: For so long.
        after: What stands before this is not looked for.

    Raises:
        BusError: The log cannot be read.
    """
    due = time.monotonic() + seconds
    found: list[Record] = []
    start, stamp = before, ""
    try:
        for start, data in _pieces(layout, before):
            stamp = _stamp(data) or stamp
            for item in _fitting(start, data, sieve):
                if item.position < after:
                    return Back(found, after, stamp)
                found.append(item)
                if len(found) >= most:
                    return Back(found, item.position, item.message.timestamp)
            if start <= after or time.monotonic() >= due:
                break
    except OSError as error:
        raise BusError(f"the message log cannot be read: {error.strerror}") from error
    return Back(found, max(start, after), stamp)


def _fitting(start: Position, data: bytes, sieve: Sieve) -> Iterator[Record]:
    """Those of a piece that fit, the newest first."""
    if sieve.passes(data):
        yield from sift(reversed(_lines(start, data)), sieve)


def _lines(start: Position, data: bytes) -> list[Line]:
    lines: list[Line] = []
    for text in data.split(b"\n"):
        if text:
            lines.append((start, text))
        start += len(text) + 1
    return lines


def _pieces(layout: Layout, before: Position) -> Iterator[tuple[Position, bytes]]:
    """Whole lines, from the end back, with where they begin."""
    for base in reversed(layout.bases()):
        if base >= before:
            continue
        try:
            segment = segments.open_segment(layout, base)
        except FileNotFoundError:
            return  # It was given up meanwhile, and all before it.
        try:
            stop = min(before - base, segment.size())
            while stop > 0:
                start, data = _piece(segment, stop)
                yield base + start, data
                stop = start
        finally:
            segment.close()


def _piece(segment: Segment, stop: int) -> tuple[int, bytes]:
    """What of a segment ends at an offset, cut so that it begins with a line; a longer line makes it longer."""
    size = PIECE_BYTES
    while True:
        start = max(0, stop - size)
        data = segment.read(stop - start, start)
        # Its own last newline is not what the line before it ends with.
        cut = data.find(b"\n", 0, len(data) - 1) + 1 if start else 0
        if cut or not start:
            return start + cut, data[cut:]
        if size >= _LONGEST_BYTES:
            return start, b""
        size *= 2


def stamps(layout: Layout, positions: Sequence[Position]) -> list[str]:
    """The time of the first whole line at or after each position in its segment; empty where there is none.

    Args:
        layout: The bus's folder.
        positions: In order.

    Raises:
        BusError: The log cannot be read.
    """
    bases = layout.bases()
    found: list[str] = []
    opened: tuple[Position, Segment] | None = None
    try:
        for position in positions:
            index = bisect.bisect_right(bases, position) - 1
            if index < 0:
                found.append("")
                continue
            if opened is None or opened[0] != bases[index]:
                if opened is not None:
                    opened[1].close()
                    opened = None
                try:
                    opened = bases[index], segments.open_segment(layout, bases[index])
                except FileNotFoundError:
                    found.append("")  # It was given up meanwhile.
                    continue
            found.append(_stamp_at(opened[1], position - opened[0]))
    except OSError as error:
        raise BusError(f"the message log cannot be read: {error.strerror}") from error
    finally:
        if opened is not None:
            opened[1].close()
    return found


def _stamp_at(segment: Segment, offset: int) -> str:
    size = _STAMP_BYTES
    while size <= _LONGEST_BYTES:
        data = segment.read(size, offset)
        begin = 0
        if offset and segment.read(1, offset - 1) != b"\n":
            begin = data.find(b"\n") + 1
            if not begin:
                if len(data) < size:
                    return ""
                size *= 4
                continue
        stamp = _stamp(data, begin)
        if stamp or len(data) < size:
            return stamp
        size *= 4
    return ""


def _stamp(data: bytes, start: int = 0) -> str:
    found = _STAMP.search(data, start)
    return found[1].decode() if found else ""
