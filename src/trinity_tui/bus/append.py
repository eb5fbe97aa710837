"""Appending lines to the log under its lock: fence, segment, write. Nothing here waits or knows of messages.

A killed writer can leave a torn line; the next one closes it with a newline, so what follows stands on its own.
A full disk can cut a batch; the lines that are wholly in keep their positions, and the log stays readable.
"""

from __future__ import annotations

import errno
import os
from collections import deque
from typing import TYPE_CHECKING

from trinity_tui.bus import files
from trinity_tui.core.errors import BusError, LogDeletedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.bus.carrier import Stats
    from trinity_tui.bus.layout import Layout
    from trinity_tui.bus.lock import AppendLock
    from trinity_tui.core.record import Position

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Appended:
    """What became of a batch: the positions of the lines that are in, and why the rest is not."""

    __slots__ = ("error", "positions")

    def __init__(self, positions: list[Position], error: BusError | None = None) -> None:
        self.positions = positions
        self.error = error


class Appender:
    """The writing end of the log. Every method but ``close`` is called with the lock held."""

    def __init__(self, layout: Layout, lock: AppendLock, segment_bytes: int, stats: Stats) -> None:
        self._layout = layout
        self._lock = lock
        self._segment_bytes = segment_bytes
        self._stats = stats
        self._descriptor = -1
        self._base = 0
        self._left_at = -1
        """The segment's size when we last wrote to it: then it ended with our newline."""
        self.retired: deque[int] = deque()
        """Descriptors of segments we are done with, to be synced and closed by whoever syncs."""
        self.folder_changed = False

    @property
    def descriptor(self) -> int:
        """The active segment's."""
        return self._descriptor

    def append(self, lines: Sequence[bytes]) -> Appended:
        """Write lines that end in a newline each; no lines only closes a torn one."""
        try:
            size, torn = self._settle()
            data = b"".join((b"\n", *lines) if torn else lines)
            if not data:
                self._fail()
                return Appended([])
            written = os.write(self._descriptor, data)
        except OSError as error:
            self._fail()
            return Appended([], self._refused(error, 0, len(lines)))
        except BusError as error:
            self._fail()
            return Appended([], error)
        self._stats.fences += torn
        if written < len(data):
            return self._write_rest(data, written, size + torn, lines)
        self._left_at = size + written
        return self._placed(size + torn, lines)

    def _fail(self) -> None:
        """Nothing was appended: who wrote last before us would not notice that we signed the lock."""
        self._left_at = -1
        self._lock.unsign()

    def _placed(self, start: int, lines: Sequence[bytes]) -> Appended:
        position = first = self._base + start
        positions: list[Position] = []
        for line in lines:
            positions.append(position)
            position += len(line)
        stats = self._stats
        stats.appended += len(lines)
        stats.appended_bytes += position - first
        stats.batches += 1
        return Appended(positions)

    def _write_rest(self, data: bytes, written: int, start: int, lines: Sequence[bytes]) -> Appended:
        self._left_at = -1
        try:
            while written < len(data):
                written += os.write(self._descriptor, memoryview(data)[written:])
        except OSError as error:
            whole = _count_whole(lines, written - (len(data) - sum(map(len, lines))))
            placed = self._placed(start, lines[:whole])
            placed.error = self._refused(error, whole, len(lines)) if whole < len(lines) else None
            return placed
        return self._placed(start, lines)

    def _refused(self, error: OSError, whole: int, count: int) -> BusError:
        what = f"{count - whole} of {count} messages were not written"
        cause = "the disk is full" if error.errno in _FULL else str(error.strerror)
        refusal = BusError(f"{cause}: {what} to {self._layout.log}")
        refusal.__cause__ = error
        return refusal

    def _settle(self) -> tuple[int, bool]:
        """The active segment's size, and whether it ends in a torn line."""
        if self._descriptor < 0:
            self._enter_last()
        state = os.fstat(self._descriptor)
        if state.st_size == self._left_at < self._segment_bytes and state.st_nlink:
            return state.st_size, False
        # Somebody else appended, or this is a new segment: the rare way.
        self._lock.check_there()
        self._lock.sign()
        return self._settle_anew()

    def _settle_anew(self) -> tuple[int, bool]:
        while True:
            state = os.fstat(self._descriptor)
            size = state.st_size
            if state.st_nlink == 0:
                self._leave_deleted(size)
                continue
            torn = size > 0 and os.pread(self._descriptor, 1, size - 1) != b"\n"
            if size < self._segment_bytes:
                return size, torn
            if torn:
                files.write_whole(self._descriptor, b"\n")
                self._stats.fences += 1
                size += 1
            self._rotate(self._base + size)

    def _leave_deleted(self, size: int) -> None:
        if size < self._segment_bytes:
            raise LogDeletedError(self._layout.root)
        # A finished segment may go while we write nothing; the active one never does.
        self.retired.append(self._descriptor)
        self._enter_last()

    def _enter_last(self) -> None:
        bases = self._layout.bases()
        self._base, self._left_at = bases[-1] if bases else 0, -1
        self._descriptor = self._open(self._base)
        self.folder_changed = not bases

    def _open(self, base: Position) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        return os.open(self._layout.segment(base), flags, files.PRIVATE_FILE)

    def _rotate(self, base: Position) -> None:
        path = self._layout.segment(base)
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, files.PRIVATE_FILE)
            self.folder_changed = True
            self._stats.rotations += 1
        except FileExistsError:
            descriptor = os.open(path, flags)
        self.retired.append(self._descriptor)
        self._descriptor, self._base, self._left_at = descriptor, base, -1

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in (*self.retired, self._descriptor):
            if descriptor >= 0:
                os.close(descriptor)
        self.retired.clear()
        self._descriptor = -1


def _count_whole(lines: Sequence[bytes], room: int) -> int:
    """How many lines are in, of which so many bytes are; one that lacks only its newline is: the next fence adds it."""
    for whole, line in enumerate(lines):
        if len(line) - 1 > room:
            return whole
        room -= len(line)
    return len(lines)
