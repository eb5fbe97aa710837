"""An instance's output, one file a run: read from its end, and kept within bounds. ``following`` reads it as it comes.

The process appends to the file itself, so nobody's death loses a line. A file that grows too long gives back its head
by a hole: descriptor, inode and offsets stay, and whoever reads skips what is a hole now.
"""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

KEEP_RUNS = 5
"""So many runs' output is kept."""
LIMIT_BYTES = 10 * 1024 * 1024
"""A file longer than this on the disk gives its head back."""
LINE_BYTES = 128 * 1024
"""A line longer than this is shown in pieces of this length."""
TAIL_BYTES = 4 * 1024 * 1024
"""So much of a file's end is read at the most, however long its lines are."""
_BLOCK_BYTES = 64 * 1024
_PAGE_BYTES = 4096
_CHARACTER_BYTES = 4
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
    return lines_of(content)[-lines:]


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


def before(path: str | Path, offset: int, lines: int) -> tuple[int, list[str]]:
    """The last lines that end before an offset, and the offset where they begin; none are left where that is no less.

    Args:
        path: The file; none there is none left.
        offset: Where a line begins.
        lines: How many at most.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return offset, []
    try:
        end = min(offset, os.fstat(descriptor).st_size)
        content = _read_back(descriptor, lines, end)
    finally:
        os.close(descriptor)
    page = b"\n".join(content.split(b"\n")[-lines - 1 :])
    return end - len(page), lines_of(page)


def _read_back(descriptor: int, lines: int, end: int) -> bytes:
    first = first_offset(descriptor, 0, end)
    start, parts, newlines = end, list[bytes](), 0
    while start > first and newlines <= lines and end - start < TAIL_BYTES:
        begin = max(first, start - _BLOCK_BYTES)
        part = os.pread(descriptor, start - begin, begin)
        newlines += part.count(b"\n")
        parts.append(part)
        start = begin
    return b"".join(reversed(parts))


def lines_of(content: bytes) -> list[str]:
    """The lines in some bytes, without newlines; what is longer than a line may be, in pieces of whole characters."""
    if not content:
        return []
    found: list[str] = []
    for line in content.removesuffix(b"\n").split(b"\n"):
        start = 0
        while len(line) - start > LINE_BYTES:
            end = piece_end(line, start)
            found.append(_text(line[start:end]))
            start = end
        found.append(_text(line[start:]))
    return found


def piece_end(line: bytes, start: int) -> int:
    """Where the piece of a long line that begins at ``start`` ends: not within a character."""
    end = start + LINE_BYTES
    for back in range(_CHARACTER_BYTES):
        if line[end - back] & 0xC0 != 0x80:
            return end - back
    return end


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def first_offset(descriptor: int, start: int, size: int) -> int:
    """Where data begins at or after ``start``."""
    if start >= size:
        return size
    try:
        return os.lseek(descriptor, start, os.SEEK_DATA)
    except OSError as error:
        return size if error.errno == errno.ENXIO else start


def bound(path: str | Path, limit_bytes: int = LIMIT_BYTES, keep_bytes: int | None = None) -> int | None:
    """Give back the head of a file that is over its limit.

    Args:
        path: The file; it need not be there.
        limit_bytes: What it may take on the disk.
        keep_bytes: What is kept of one that takes more; half the limit where not given.

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
        kept = limit_bytes // 2 if keep_bytes is None else keep_bytes
        first = (status.st_size - kept) // _PAGE_BYTES * _PAGE_BYTES
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
        remove(folder / f"{epoch}.log")


def remove(path: Path) -> None:
    """Remove the output of a run, with what was moved beside it."""
    for suffix in (".log", ".before"):
        path.with_suffix(suffix).unlink(missing_ok=True)
