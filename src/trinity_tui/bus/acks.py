"""What one consumer has done with its messages: its own file, appended to, read once at its start.

::

    {"low":P,"many_from":P,"generation":G,"role":R}     first line; everything for it below low is done
    {"a":P}                                    done with the message at P
    {"n":P,"try":2,"at":T}                     not done: the second attempt is due at T, seconds since the epoch
    {"low":P}                                  low has moved

``many_from`` is where the consumer began to be: what was addressed to many before that was not for it.
Above 64 KiB the file is replaced by one that says the same, in one rename.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import files
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus.layout import Format
    from trinity_tui.core.record import Position

COMPACT_BYTES = 64 * 1024


class _Header(msgspec.Struct, frozen=True):
    low: int
    many_from: int
    generation: int
    role: str | None = None
    """The consumer's, so that it can be told without it what was for it; None where an older version wrote the file."""


class _Line(msgspec.Struct, frozen=True):
    a: int | None = None
    n: int | None = None
    attempt: int = msgspec.field(name="try", default=1)
    at: float = 0.0
    low: int | None = None


class Marks:
    """A file's content, as far as it was written; it counts only as far as the log's generation says."""

    def __init__(self, header: _Header) -> None:
        self.header = header
        self.low = header.low
        self.acked: set[Position] = set()
        self.retries: dict[Position, tuple[int, float]] = {}

    def take(self, line: _Line) -> None:
        """Take in one more line."""
        if line.a is not None:
            self.acked.add(line.a)
            self.retries.pop(line.a, None)
        elif line.n is not None:
            self.retries[line.n] = (line.attempt, line.at)
        elif line.low is not None:
            self.low = max(self.low, line.low)

    def highest(self) -> Position:
        """Where the log must at least end for these to be true."""
        beyond = max((*self.acked, *self.retries), default=-1) + 1
        return max(self.low, self.header.many_from, beyond)


def read_marks(path: Path) -> Marks | None:
    """What a consumer's file says; None where there is none.

    Raises:
        BusError: It cannot be read.
    """
    try:
        first, *rest = path.read_bytes().split(b"\n")
        marks = Marks(msgspec.json.decode(first, type=_Header))
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise BusError(f"{path} cannot be read: {error}") from error
    decoder = msgspec.json.Decoder(_Line)
    for text in rest:
        try:
            marks.take(decoder.decode(text))
        except msgspec.DecodeError:
            continue  # A line its writer was killed in: what it said is done again.
    return marks


def highest_mark(path: Path, format_: Format) -> Position:
    """Where the log must at least end for a consumer's marks to be true, as far as they count in this generation."""
    try:
        marks = read_marks(path)
    except BusError:
        return 0  # Its owner will say so.
    return format_.clamp(marks.highest(), marks.header.generation) if marks else 0


class Acks:
    """One consumer's file, owned by one process.

    Args:
        path: The file.
        format_: The log's; marks of an older generation count up to where the next began.
        begin: Where a consumer without a file begins: for direct messages, and for those to many.
        role: The consumer's.
        first: Where the kept log begins: what lay before is done with, in ``dead/`` where it was not done.
    """

    def __init__(
        self,
        path: Path,
        format_: Format,
        begin: Callable[[], tuple[Position, Position]],
        role: str = "",
        first: Position = 0,
    ) -> None:
        self._path = path
        self._generation = format_.generation
        self._role = role
        self._descriptor = -1
        self._bytes = 0
        self._is_torn = False
        self._compact_at = COMPACT_BYTES
        path.parent.mkdir(mode=files.PRIVATE_FOLDER, exist_ok=True)
        for leftover in path.parent.glob("*.tmp"):
            leftover.unlink(missing_ok=True)
        marks = read_marks(path)
        if marks is None:
            self.low, self.many_from = begin()
            self.acked: set[Position] = set()
            self.retries: dict[Position, tuple[int, float]] = {}
            self._write_anew()
        else:
            self._adopt(marks, format_)
        self._raise_low(first)

    def _adopt(self, marks: Marks, format_: Format) -> None:
        generation = marks.header.generation
        self.low = format_.clamp(marks.low, generation)
        self.many_from = format_.clamp(marks.header.many_from, generation)
        self.acked = {position for position in marks.acked if format_.clamp(position + 1, generation) > position}
        self.retries = {p: retry for p, retry in marks.retries.items() if format_.clamp(p + 1, generation) > p}
        if generation != self._generation or marks.header.role != self._role:
            self._write_anew()
        else:
            self._open()

    def _open(self) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags)
        self._bytes = os.fstat(self._descriptor).st_size
        self._is_torn = os.pread(self._descriptor, 1, self._bytes - 1) != b"\n"

    def ack(self, position: Position) -> None:
        """Note durably that a message is done with.

        Raises:
            BusError: It could not be noted; the message will come again after a restart.
        """
        self._append(b'{"a":%d}\n' % position)
        self.acked.add(position)
        self.retries.pop(position, None)

    def retry(self, position: Position, attempt: int, due: float) -> None:
        """Note that a message is to be attempted again.

        Raises:
            BusError: It could not be noted.
        """
        self._append(b'{"n":%d,"try":%d,"at":%.3f}\n' % (position, attempt, due))
        self.retries[position] = (attempt, due)

    def advance(self, low: Position) -> None:
        """Note that everything below a position is done with.

        Raises:
            BusError: It could not be noted.
        """
        if low > self.low:
            self._append(b'{"low":%d}\n' % low)
            self._raise_low(low)

    def _raise_low(self, low: Position) -> None:
        self.low = max(self.low, low)
        self.acked = {position for position in self.acked if position >= self.low}
        self.retries = {position: retry for position, retry in self.retries.items() if position >= self.low}

    def _append(self, line: bytes) -> None:
        if self._is_torn:
            line = b"\n" + line
        try:
            self._is_torn = True
            files.write_whole(self._descriptor, line)
            self._is_torn = False
        except OSError as error:
            raise BusError(f"{self._path} cannot be written: {error.strerror}") from error
        self._bytes += len(line)

    def is_long(self) -> bool:
        """Whether it is time to compact."""
        return self._bytes > self._compact_at

    def compact(self, low: Position) -> None:
        """Replace the file by one that says the same in few lines.

        Args:
            low: Below it everything is done with.

        Raises:
            BusError: It could not be written; the old one stands.
        """
        self._raise_low(low)
        self._write_anew()

    def _write_anew(self) -> None:
        header = _Header(self.low, self.many_from, self._generation, self._role)
        lines = [msgspec.json.encode(header), *(b'{"a":%d}' % position for position in sorted(self.acked))]
        lines += [b'{"n":%d,"try":%d,"at":%.3f}' % (p, attempt, due) for p, (attempt, due) in self.retries.items()]
        try:
            files.replace(self._path, b"\n".join((*lines, b"")))
            self.close()
            self._open()
        except OSError as error:
            raise BusError(f"{self._path} cannot be written: {error.strerror}") from error
        self._compact_at = max(COMPACT_BYTES, 2 * self._bytes)

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
