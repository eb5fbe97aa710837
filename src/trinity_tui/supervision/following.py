"""Reading an output as it is printed: from any offset, in whole lines, with no gap and no line twice."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from trinity_tui.supervision.output import LINE_BYTES, first_offset, lines_of, piece_end
from trinity_tui.supervision.writes import Watched

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from trinity_tui.supervision.writes import Writes

_BLOCK_BYTES = 64 * 1024


async def follow(writes: Writes, path: Path, offset: int = 0) -> AsyncGenerator[tuple[int, list[str]], None]:
    """Lines as they come, in batches, for ever.

    Args:
        writes: Tells when there is more.
        path: The file; it may not be there yet.
        offset: Where to go on: 0, or what an earlier batch gave.

    Yields:
        The offset after the batch, and its lines without newlines; one that is too long comes in pieces.
    """
    reader, watched = Reader(path, offset), Watched(writes, path)
    try:
        while True:
            lines = reader.read()
            if lines:
                yield reader.offset, lines
                # However much there is to read, the loop has its turn.
                await asyncio.sleep(0)
            else:
                await watched.written()
    finally:
        watched.close()
        reader.close()


def rest(path: Path, offset: int) -> list[str]:
    """What a run that is over left without a newline at its end, beginning where following it came to."""
    reader = Reader(path, offset)
    try:
        return reader.read_rest()
    finally:
        reader.close()


class Reader:
    """One file, and how far it is read; at most one line's length of it is held.

    Attributes:
        offset: Everything before it has been read.
    """

    def __init__(self, path: Path, offset: int) -> None:
        self.offset = offset
        self._path = path
        self._descriptor = -1

    def read(self) -> list[str]:
        """The next whole lines."""
        size = self._size()
        if size <= self.offset:
            return []
        self._skip_hole(size)
        return self._whole_lines(size)

    def read_rest(self) -> list[str]:
        """An unfinished last line."""
        size = self._size()
        content = os.pread(self._descriptor, min(LINE_BYTES, size - self.offset), self.offset) if size else b""
        self.offset += len(content)
        return lines_of(content)

    def _size(self) -> int:
        if self._descriptor < 0:
            try:
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return 0
        size = os.fstat(self._descriptor).st_size
        if size < self.offset:
            # The file was cut where holes cannot be made; it begins anew.
            self.offset = 0
        return size

    def _skip_hole(self, size: int) -> None:
        first = first_offset(self._descriptor, self.offset, size)
        if first == self.offset:
            return
        # The hole ends somewhere in a line, whose rest would look like one.
        begin = first
        while begin < size:
            block = os.pread(self._descriptor, _BLOCK_BYTES, begin)
            newline = block.find(b"\n")
            if newline >= 0:
                self.offset = begin + newline + 1
                return
            begin += len(block)
        self.offset = first

    def _whole_lines(self, size: int) -> list[str]:
        waiting = size - self.offset
        content = os.pread(self._descriptor, min(_BLOCK_BYTES, waiting), self.offset)
        if b"\n" not in content and waiting > len(content):
            # Read anew and wholly: a line that grows slowly is looked at often, and never longer than a piece.
            content = os.pread(self._descriptor, min(LINE_BYTES + 1, waiting), self.offset)
        end = content.rfind(b"\n") + 1
        if not end and len(content) > LINE_BYTES:
            end = piece_end(content, 0)
        self.offset += end
        return lines_of(content[:end])

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
