"""A computer's lines of memory: a file that only grows, written by that computer's coordinator and read by everybody.

An operation is in the file once, by its id, whatever is appended twice and wherever a writer died. A torn line is met
by the next writer, which begins a line of its own after it, and by readers, which pass over it.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import memory
from trinity_tui.core.errors import StoreError
from trinity_tui.core.memory import Operation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


READ_BYTES = 8 * 1024 * 1024
"""How much is read at once."""
MARK_BYTES = 256
"""So much before a place in a file tells whether it is still the same file up to there."""


class Chunk(msgspec.Struct, frozen=True):
    """What a file held from one place to another."""

    operations: list[Operation]
    offset: int
    """Where to read on: the end of the last whole line."""
    torn_count: int = 0
    """Lines that were no operation."""


class RecordFile:
    """One computer's file, of which this process is the only writer.

    Args:
        path: The file; its folder must exist. It is made with its first line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: set[str] | None = None

    def append(self, operations: Iterable[Operation]) -> int:
        """Add those that are not there yet; they are on the disk afterwards.

        Returns:
            How many were added.

        Raises:
            StoreError: They could not be written; what was may be there, and is not added again.
        """
        try:
            known = self._known()
            fresh = {one.id: one for one in operations if one.id not in known}
            if fresh:
                _write(self._path, b"".join(memory.encode(one) + b"\n" for one in fresh.values()))
        except OSError as error:
            self._ids = None
            raise StoreError(f"{self._path} could not be written: {error.strerror or error}") from error
        known.update(fresh)
        return len(fresh)

    def _known(self) -> set[str]:
        if self._ids is None:
            # A line may be whole but for its end: with it, it counts, and is not written a second time.
            _write(self._path, b"")
            self._ids = {one.id for one in read_all(self._path)}
        return self._ids


def read_all(path: Path) -> list[Operation]:
    """Every operation of a file, in its order; none where there is no file.

    Raises:
        StoreError: It is there and cannot be read.
    """
    operations: list[Operation] = []
    offset = 0
    while (chunk := read(path, offset)).offset > offset:
        operations += chunk.operations
        offset = chunk.offset
    return operations


def read(path: Path, offset: int = 0, limit_bytes: int = READ_BYTES) -> Chunk:
    """What stands in a file from a place on; a last line without its end is left for later.

    Raises:
        StoreError: The file is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(limit_bytes)
            if len(content) == limit_bytes:
                content += file.readline()
    except FileNotFoundError:
        return Chunk([], offset)
    except OSError as error:
        raise StoreError(f"{path} could not be read: {error.strerror or error}") from error
    whole = content[: content.rfind(b"\n") + 1]
    operations: list[Operation] = []
    torn_count = 0
    for line in whole.split(b"\n"):
        try:
            operations.append(memory.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            torn_count += bool(line.strip())
    return Chunk(operations, offset + len(whole), torn_count)


def mark(path: Path, offset: int) -> str:
    """What tells a file up to a place from another of its name; empty where it is shorter than that.

    Raises:
        StoreError: The file is there and cannot be read.
    """
    start = max(0, offset - MARK_BYTES)
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read(offset - start)
    except FileNotFoundError:
        content = b""
    except OSError as error:
        raise StoreError(f"{path} could not be read: {error.strerror or error}") from error
    return hashlib.sha256(content).hexdigest()[:16] if len(content) == offset - start else ""


def _write(path: Path, content: bytes) -> None:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o644)
    try:
        end = os.fstat(descriptor).st_size
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            content = b"\n" + content
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
