"""Looking through the log from a position on, for as long as one may: what fits, and from where on nobody has looked.

As ``looking_back``, made for a thread that others share the interpreter with.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.reading import LogReader
from trinity_tui.core.record import Position, Record
from trinity_tui.core.sieve import sift

if TYPE_CHECKING:
    from trinity_tui.bus.layout import Layout
    from trinity_tui.core.sieve import Sieve


class Ahead(msgspec.Struct, frozen=True):
    """What looking on came to."""

    records: list[Record]
    """The oldest first."""
    following: Position
    """Everything before here was looked at."""
    is_end: bool
    """Whether the log ended there."""


def look_on(layout: Layout, segment_bytes: int, start: Position, sieve: Sieve, most: int, seconds: float) -> Ahead:
    """Find records from a position on. At least one piece is looked through, however little time there is.

    Args:
        layout: The bus's folder.
        segment_bytes: From which size on a segment may be finished.
        start: Where to begin.
        sieve: What is looked for.
        most: So many are enough.
        seconds: For so long.

    Raises:
        BusError: The log cannot be read.
    """
    due = time.monotonic() + seconds
    found: list[Record] = []
    reader = LogReader(layout, segment_bytes, start, Stats())
    try:
        while lines := reader.lines():
            for item in sift(lines, sieve):
                found.append(item)
                if len(found) >= most:
                    return Ahead(found, item.position + 1, is_end=False)
            if time.monotonic() >= due:
                return Ahead(found, reader.position, is_end=False)
        return Ahead(found, reader.position, is_end=True)
    finally:
        reader.close()
