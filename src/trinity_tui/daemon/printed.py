"""The lines of one run's output that have some words, the last first, each with when it was printed if that is known.

A line says the time of day at most: which day it was is told from the lines after it, as far as these are read.
"""

from __future__ import annotations

import os
import time
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.core.log_times import ahead_of, moments, runs_of
from trinity_tui.supervision import output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trinity_tui.core.sieve import Words

_PIECE_BYTES = 256 * 1024
_TIMED_PIECES = 8
"""So far back the days are told: every line up to there has to be read for it, and not only those with the words."""


class Printed(NamedTuple):
    """One line.

    Attributes:
        offset: Where it begins in the output.
        text: It.
        at: When it was printed, in seconds since the epoch; None where that is not known.
    """

    offset: int
    text: str
    at: int | None


def printed(path: Path, written: float, words: Words, due: float) -> Iterator[Printed]:
    """The lines that have the words.

    Args:
        path: The output.
        written: When it was written to last, in seconds since the epoch.
        words: What is looked for.
        due: Monotonic; what is not looked through by then is left.
    """
    times = _Times(written)
    for start, data in _pieces(path, due):
        times.read(data)
        if not words.passes(data):
            continue
        lines, said = data.split(b"\n"), times.said()
        offset = start + len(data)
        for number in range(len(lines) - 1, -1, -1):
            offset -= len(lines[number])
            if lines[number] and words.passes(lines[number]):
                text = lines[number][: output.LINE_BYTES].decode("utf-8", "replace")
                if all(word in text.lower() for word in words.words):
                    yield Printed(offset, text, said[number] if said else None)
            offset -= 1


def _pieces(path: Path, due: float) -> Iterator[tuple[int, bytes]]:
    """Whole lines with the offset of the first, from the end of the file back."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        stop = os.fstat(descriptor).st_size
        first = output.first_offset(descriptor, 0, stop)
        while stop > first and time.monotonic() < due:
            start = max(first, stop - _PIECE_BYTES)
            data = os.pread(descriptor, stop - start, start)
            # A line that is longer than a piece is looked at in parts.
            cut = data.find(b"\n", 0, len(data) - 1) + 1 if start > first else 0
            yield start + cut, data[cut:]
            stop = start + cut
    finally:
        os.close(descriptor)


class _Times:
    """When the lines of pieces were printed; worked out once it is asked for, as most pieces have nothing.

    Args:
        written: When the last line was.
    """

    def __init__(self, written: float) -> None:
        self._written = self._bound = written
        self._ahead: float | None = None
        self._pieces = 0
        self._unread: list[bytes] = []

    def read(self, data: bytes) -> None:
        """A piece stands before those that were read."""
        self._pieces += 1
        if self._pieces <= _TIMED_PIECES:
            self._unread.append(data)

    def said(self) -> list[int | None]:
        """Of each line of the piece that was read last when it was printed; none where that is too far back."""
        found: list[int | None] = []
        if self._pieces <= _TIMED_PIECES:
            for data in self._unread:
                found = self._moments(data)
            self._unread.clear()
        return found

    def _moments(self, data: bytes) -> list[int | None]:
        runs = runs_of(data.decode("utf-8", "replace").split("\n"))
        if self._ahead is None:
            self._ahead = ahead_of(runs, self._written, time.localtime(self._written).tm_gmtoff)
        said = moments(runs, self._bound, self._ahead)
        self._bound = next((at for at in said if at is not None), self._bound)
        return list(chain.from_iterable(repeat(at, run.lines) for at, run in zip(said, runs, strict=True)))
