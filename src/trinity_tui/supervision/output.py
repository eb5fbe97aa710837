"""An instance's output, one file a run: read from its end, followed, and kept within bounds.

The process appends to the file itself, so nobody's death loses a line. A file that grows too long gives back its head
by a hole: descriptor, inode and offsets stay, and whoever reads skips what is a hole now.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

KEEP_RUNS = 5
"""So many runs' output is kept."""
LIMIT_BYTES = 10 * 1024 * 1024
"""A file longer than this on the disk gives its head back."""
FOLLOW_SECONDS = 0.1
"""How often to look for new lines while someone follows."""
LINE_BYTES = 1024 * 1024
"""A line longer than this is shown in pieces."""
_BLOCK_BYTES = 64 * 1024
_PAGE_BYTES = 4096
_PUNCH_HOLE_KEEP_SIZE = 0x02 | 0x01


def tail(path: str | Path, lines: int) -> list[str]:
    """The last lines, without their newlines; an unfinished last one counts. None there: an empty list."""
    if lines <= 0:
        return []
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return []
    try:
        content = _read_back(descriptor, lines, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
    return [_text(line) for line in content.removesuffix(b"\n").split(b"\n")[-lines:]] if content else []


def start_of_last(path: str | Path, lines: int) -> int:
    """The offset where the last whole lines begin: from there ``follow`` shows them and goes on. 0 where none is."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        end = os.fstat(descriptor).st_size
        content = _read_back(descriptor, lines, end)
    finally:
        os.close(descriptor)
    whole = content[: content.rfind(b"\n") + 1]
    last = whole.split(b"\n")[-lines - 1 :]
    return end - len(content) + len(whole) - max(0, sum(len(line) + 1 for line in last) - 1)


def _read_back(descriptor: int, lines: int, end: int) -> bytes:
    first = _first_offset(descriptor, 0, end)
    start, parts, newlines = end, list[bytes](), 0
    while start > first and newlines <= lines and end - start < LINE_BYTES * 4:
        begin = max(first, start - _BLOCK_BYTES)
        part = os.pread(descriptor, start - begin, begin)
        newlines += part.count(b"\n")
        parts.append(part)
        start = begin
    return b"".join(reversed(parts))


async def follow(path: str | Path, offset: int = 0) -> AsyncGenerator[tuple[int, list[str]], None]:
    """Lines as they come, in batches, for ever: no gap and no line twice.

    Args:
        path: The file; it may not be there yet.
        offset: Where to go on: 0, or what an earlier batch gave.

    Yields:
        The offset after the batch, and its lines without newlines.
    """
    reader = _Reader(path, offset)
    try:
        while True:
            lines = reader.read()
            if lines:
                yield reader.offset, lines
                # However much there is to read, the loop has its turn.
                await asyncio.sleep(0)
            else:
                await asyncio.sleep(FOLLOW_SECONDS)
    finally:
        reader.close()


class _Reader:
    def __init__(self, path: str | Path, offset: int) -> None:
        self.offset = offset
        self._path = path
        self._descriptor = -1

    def read(self) -> list[str]:
        """The next whole lines."""
        if self._descriptor < 0:
            try:
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return []
        size = os.fstat(self._descriptor).st_size
        if size < self.offset:
            # The file was cut where holes cannot be made; it begins anew.
            self.offset = 0
        if size == self.offset:
            return []
        self._skip_hole(size)
        return self._whole_lines(size)

    def _skip_hole(self, size: int) -> None:
        first = _first_offset(self._descriptor, self.offset, size)
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
        content = os.pread(self._descriptor, min(_BLOCK_BYTES, size - self.offset), self.offset)
        while b"\n" not in content and len(content) < min(LINE_BYTES, size - self.offset):
            content += os.pread(self._descriptor, _BLOCK_BYTES, self.offset + len(content))
        end = content.rfind(b"\n") + 1
        if not end and len(content) >= LINE_BYTES:
            end = LINE_BYTES
        whole = content[:end]
        self.offset += len(whole)
        return [_text(line) for line in whole.removesuffix(b"\n").split(b"\n")] if whole else []

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _first_offset(descriptor: int, start: int, size: int) -> int:
    """Where data begins at or after ``start``."""
    if start >= size:
        return size
    try:
        return os.lseek(descriptor, start, os.SEEK_DATA)
    except OSError as error:
        return size if error.errno == errno.ENXIO else start


def bound(path: str | Path, limit_bytes: int = LIMIT_BYTES) -> int | None:
    """Give back the head of a file that is over its limit; half the limit is kept.

    Returns:
        Where what is kept begins; None when there was nothing to do.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        if min(status.st_blocks * 512, status.st_size) <= limit_bytes:
            return None
        first = (status.st_size - limit_bytes // 2) // _PAGE_BYTES * _PAGE_BYTES
        if first <= 0:
            return None
        return first if _punch(descriptor, first) else _cut(descriptor, path, first)
    finally:
        os.close(descriptor)


def _punch(descriptor: int, length: int) -> bool:
    function = getattr(ctypes.CDLL(None, use_errno=True), "fallocate64", None)
    if function is None:
        return False
    function.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    return function(descriptor, _PUNCH_HOLE_KEEP_SIZE, 0, length) == 0


def _cut(descriptor: int, path: str | Path, first: int) -> int:
    """Where no hole can be made: the end goes into a file beside it, and this one begins anew."""
    kept = os.pread(descriptor, os.fstat(descriptor).st_size - first, first)
    os.ftruncate(descriptor, 0)
    beside = os.open(
        Path(path).with_suffix(".before"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    with open(beside, "wb") as file:
        file.write(kept)
    return 0


def prune(folder: Path, keep: int = KEEP_RUNS) -> None:
    """Remove the output of all but the newest runs."""
    runs = sorted((int(file.stem) for file in folder.glob("*.log") if file.stem.isdigit()), reverse=True)
    for epoch in runs[keep:]:
        for suffix in ("log", "before"):
            (folder / f"{epoch}.{suffix}").unlink(missing_ok=True)
