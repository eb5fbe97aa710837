"""Reading the log line by line from a position, over segments, without ever taking half a line for a whole one.

A start in the middle of a line goes on at the next line. What a line says, and if it is whole, ``core.record`` knows.
"""

from __future__ import annotations

import bisect
import os
from typing import TYPE_CHECKING

from trinity_tui.bus.segments import open_segment
from trinity_tui.core import record
from trinity_tui.core.errors import BusError, LogDeletedError
from trinity_tui.core.record import DamagedLine, Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.carrier import Stats
    from trinity_tui.bus.layout import Layout
    from trinity_tui.bus.segments import Segment
    from trinity_tui.bus.source import Line
    from trinity_tui.core.record import Position

CHUNK_BYTES = 256 * 1024
BATCH_RECORDS = 1000
_LONGEST_LINE_BYTES = 8 * 1024 * 1024
"""A run of bytes without newline beyond this is passed over as damaged instead of being held in memory."""


class LogReader:
    """One reader's place in the log. ``position`` is where the next line begins.

    Args:
        layout: The bus's folder.
        segment_bytes: From which size on a segment may be finished.
        start: Where to begin; beyond the log's end it is the end, before its oldest segment that segment.
        stats: Where damage is counted.
        wanted: Whether a sealed segment is worth reading, by its base.
    """

    def __init__(
        self,
        layout: Layout,
        segment_bytes: int,
        start: Position,
        stats: Stats,
        wanted: Callable[[Position], bool] | None = None,
    ) -> None:
        self._layout = layout
        self._segment_bytes = segment_bytes
        self._stats = stats
        self._wanted = wanted
        self._segment: Segment | None = None
        self._bases = layout.bases() or [0]
        self._base = 0
        self._chunk = CHUNK_BYTES
        self._aligning = False
        self._is_full_chunk = False
        self._seek(start)
        if wanted is not None and self._base != self._bases[-1] and not wanted(self._base):
            self._enter(self._bases[bisect.bisect_right(self._bases, self._base)])

    @property
    def position(self) -> Position:
        """Where the next line begins."""
        return self._base + self._offset

    @property
    def is_behind(self) -> bool:
        """Whether there may be more at once; if not, the last look ended where the log did."""
        return self._is_full_chunk or self._offset >= self._segment_bytes or self._base < self._bases[-1]

    def _seek(self, start: Position) -> None:
        index = max(0, bisect.bisect_right(self._bases, start) - 1)
        self._base = self._bases[index]
        self._offset = 0
        segment = self._opened()
        if segment is None:
            return
        self._offset = max(0, min(start - self._base, segment.size()))
        self._aligning = self._offset > 0 and segment.read(1, self._offset - 1) != b"\n"

    def _opened(self) -> Segment | None:
        """The segment that is read; None where it is not there."""
        while self._segment is None:
            try:
                self._segment = open_segment(self._layout, self._base)
            except FileNotFoundError:
                if not self._pass_gone():
                    return None
        return self._segment

    def _pass_gone(self) -> bool:
        """Go on at the oldest segment that is kept, where the one to be read has gone with others before it."""
        self._bases = self._layout.bases() or [0]
        if self._bases[0] <= self._base:
            return False
        self._stats.skipped += 1
        self._base, self._offset, self._aligning = self._bases[0], 0, False
        return True

    def lines(self) -> list[Line]:
        """The next whole lines, at most a chunk of them; empty at the log's end.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        try:
            return self._lines()
        except OSError as error:
            raise BusError(f"the message log cannot be read: {error.strerror}") from error

    def _lines(self) -> list[Line]:
        while segment := self._segment or self._opened():
            data = segment.read(self._chunk, self._offset)
            self._is_full_chunk = len(data) == self._chunk
            cut = data.rfind(b"\n")
            if cut >= 0:
                self._chunk = CHUNK_BYTES
                found = self._split(data[:cut])
                if found:
                    return found
            elif len(data) == self._chunk:
                self._widen()
            elif not self._next_segment(torn=bool(data), size=self._offset + len(data)):
                return []
        return []

    def _split(self, data: bytes) -> list[Line]:
        lines: list[Line] = []
        position = self._base + self._offset
        parts = data.split(b"\n")
        if self._aligning:
            self._aligning = False
            position += len(parts.pop(0)) + 1
        for text in parts:
            if text:
                lines.append((position, text))
            position += len(text) + 1
        self._offset += len(data) + 1
        return lines

    def _widen(self) -> None:
        if self._aligning or self._chunk >= _LONGEST_LINE_BYTES:
            self._stats.damaged += not self._aligning
            self._offset += self._chunk
            self._chunk = CHUNK_BYTES
            self._aligning = True
        else:
            self._chunk *= 2

    def _next_segment(self, torn: bool, size: int) -> bool:
        """Go on to the segment after this one, if this one is sealed."""
        following = self._base + size
        # Only a writer who found this segment finished, under the lock, makes the one that begins where it ends.
        if size < max(1, self._segment_bytes) or not self._layout.has(following):
            if size >= self._segment_bytes:
                self._bases = self._layout.bases() or [0]
            later = self._bases[bisect.bisect_right(self._bases, self._base) :]
            if not later:
                return False
            if self._segment is not None and self._segment.size() > size:
                return True  # Its last line was half written at our first look, and it was left for the next since.
            self._note_gap(following, later[0])
            following = later[0]
        self._stats.damaged += torn
        self._enter(following)
        return True

    def _note_gap(self, following: Position, found: Position) -> None:
        """What is missing before the oldest segment was given up; elsewhere it was lost."""
        if following < found == self._bases[0]:
            self._stats.skipped += 1
        else:
            self._stats.damaged += following != found

    def _enter(self, base: Position) -> None:
        if base not in self._bases:
            bisect.insort(self._bases, base)
        while self._wanted is not None and base != self._bases[-1] and not self._wanted(base):
            base = self._bases[self._bases.index(base) + 1]
        self.close()
        self._base, self._offset, self._aligning, self._chunk = base, 0, False, CHUNK_BYTES

    def check_there(self) -> None:
        """Make sure that the log still has a name, so that waiting for more of it makes sense.

        Raises:
            BusError: It was deleted.
        """
        if self._segment is not None and self._segment.is_deleted():
            raise LogDeletedError(self._layout.root)

    def records(self, limit: int = BATCH_RECORDS) -> list[Record]:
        """The next records, damaged lines counted and left out; empty at the log's end.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        while lines := self.lines():
            if len(lines) > limit:
                self._turn_back(lines[limit][0])
                del lines[limit:]
            if found := self._decode(lines):
                return found
        return []

    def _turn_back(self, position: Position) -> None:
        self._offset = position - self._base
        self._is_full_chunk = True

    def _decode(self, lines: list[Line]) -> list[Record]:
        found: list[Record] = []
        for position, text in lines:
            try:
                found.append(Record(position, record.decode(text)))
            except DamagedLine:
                self._stats.damaged += 1
        return found

    def close(self) -> None:
        """Give the descriptor back."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None


class EndProbe:
    """Where the log ends, asked often."""

    def __init__(self, layout: Layout, segment_bytes: int) -> None:
        self._layout = layout
        self._segment_bytes = segment_bytes
        self._base = 0
        self._descriptor = -1

    def end(self) -> Position:
        """Where the log's last byte ends.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        try:
            if self._descriptor < 0:
                self._open()
            state = os.fstat(self._descriptor)
            if state.st_size >= self._segment_bytes:
                self._open()
                state = os.fstat(self._descriptor)
        except OSError as error:
            raise BusError(f"the message log cannot be read: {error.strerror}") from error
        if state.st_nlink == 0:
            raise LogDeletedError(self._layout.root)
        return self._base + state.st_size

    @property
    def base(self) -> Position:
        """Where the segment begins in which the log ended when last asked."""
        return self._base

    def is_torn(self) -> bool:
        """Whether the log's last line lacks its end: its writer was killed, or is just writing it."""
        size = self.end() - self._base
        return size > 0 and os.pread(self._descriptor, 1, size - 1) != b"\n"

    def _open(self) -> None:
        bases = self._layout.bases()
        base = bases[-1] if bases else 0
        descriptor = os.open(self._layout.segment(base), os.O_RDONLY | os.O_CLOEXEC)
        self.close()
        self._base, self._descriptor = base, descriptor

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class LineFetcher:
    """Single lines whose place and length are known, through one kept descriptor."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._bases: list[Position] = []
        self._base = -1
        self._segment: Segment | None = None

    def fetch(self, position: Position, length: int) -> bytes:
        """The line at a position.

        Raises:
            BusError: It is not there any more, or cannot be read.
        """
        try:
            text = self._fetch(position, length)
            if len(text) < length:
                # It stands in a segment made since the names were read.
                self._bases = self._layout.bases()
                text = self._fetch(position, length)
        except (OSError, IndexError) as error:
            raise BusError(f"the message at {position} cannot be read from the log: {error}") from error
        if len(text) < length:
            raise BusError(f"the message at {position} is not in the log any more")
        return text

    def _fetch(self, position: Position, length: int) -> bytes:
        index = bisect.bisect_right(self._bases, position) - 1
        if index < 0:
            return b""
        base = self._bases[index]
        if self._segment is None or base != self._base:
            self.close()
            self._segment = open_segment(self._layout, base)
            self._base = base
        return self._segment.read(length, position - base)

    def close(self) -> None:
        """Give the descriptor back."""
        if self._segment is not None:
            self._segment.close()
            self._segment, self._base = None, -1
