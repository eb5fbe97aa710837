"""A file of JSON lines that only grows: one write a line, so that a death in between tears the last one at the most.

A torn line is met by the next reader, which skips it, and by the next writer, which begins a line of its own after it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

T = TypeVar("T")


class Journal(Generic[T]):
    """One such file, of which this process is the only writer.

    Args:
        path: The file; made 0600 with its first line.
        shape: What a line is: a Struct, or a union of tagged ones.
        limit_bytes: Over this the file is put aside as ``NAME.1``, in the place of the one before; 0: never.
    """

    def __init__(self, path: Path, shape: Any, limit_bytes: int = 0) -> None:
        self._path = path
        self._decoder = msgspec.json.Decoder[T](shape)
        self._limit_bytes = limit_bytes
        self._is_whole = False

    @property
    def put_aside(self) -> Path:
        """Where the lines before the limit are."""
        return self._path.with_name(f"{self._path.name}.1")

    def size(self) -> int:
        """Its bytes; 0 where there is none."""
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def append(self, line: T) -> None:
        """Add a line; it outlives any death of this process.

        Raises:
            StoreError: It could not be written.
        """
        content = msgspec.json.encode(line) + b"\n"
        try:
            if self._limit_bytes and self.size() + len(content) > self._limit_bytes:
                with suppress(FileNotFoundError):
                    os.replace(self._path, self.put_aside)
            self._write(content)
        except OSError as error:
            self._is_whole = False
            raise StoreError(f"{self._path} could not be written: {error.strerror or error}") from error

    def _write(self, content: bytes) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        try:
            if not self._is_whole:
                end = os.fstat(descriptor).st_size
                content = b"\n" * (end > 0 and os.pread(descriptor, 1, end - 1) != b"\n") + content
            if os.write(descriptor, content) != len(content):
                raise OSError(28, "no space left on device")
            self._is_whole = True
        finally:
            os.close(descriptor)

    def replace(self, lines: Iterable[T]) -> None:
        """Have only these lines from now on.

        Raises:
            StoreError: They could not be written; the file is as it was.
        """
        aside = self._path.with_name(f".{self._path.name}.new")
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self._path)
        except OSError as error:
            raise StoreError(f"{self._path} could not be written: {error.strerror or error}") from error

    def lines(self) -> Iterator[T]:
        """Every line that is one.

        Raises:
            StoreError: The file is there and cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                yield from self.decode(file)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{self._path} could not be read: {error.strerror or error}") from error

    def decode(self, lines: Iterable[bytes]) -> Iterator[T]:
        """Those of these lines that are of our shape: not the torn, nor those of a newer version."""
        for line in lines:
            with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                yield self._decoder.decode(line)
