"""Dead letters: messages a consumer gave up, kept as they stood in the log with the reason, one file a consumer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import files
from trinity_tui.core.errors import BusError
from trinity_tui.core.record import Position

if TYPE_CHECKING:
    from pathlib import Path


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was given up."""

    consumer: str
    position: Position
    attempts: int
    reason: str
    at: str
    """When, as RFC 3339."""
    line: str
    """The line as it stood in the log."""


def bury(folder: Path, *letters: DeadLetter) -> None:
    """Keep dead letters of one consumer, on the disk before this returns.

    Raises:
        BusError: They could not be kept; the messages stay undone.
    """
    path = folder / f"{letters[0].consumer}.jsonl"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, files.PRIVATE_FILE)
        try:
            size = os.fstat(descriptor).st_size
            fence = b"\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else b""
            lines = b"".join(msgspec.json.encode(letter) + b"\n" for letter in letters)
            files.write_whole(descriptor, fence + lines)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BusError(f"{path} cannot be written: {error.strerror}") from error


class DeadReader:
    """Reads the dead letters of a bus as they are written.

    Args:
        root: The bus's folder.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / "dead"
        self._offsets: dict[str, int] = {}

    def new(self) -> list[DeadLetter]:
        """Those written since the last call; all there are, the first time."""
        found: list[DeadLetter] = []
        try:
            entries = sorted(os.scandir(self._folder), key=lambda entry: entry.name)
            for entry in entries:
                if entry.name.endswith(".jsonl"):
                    found += self._read(entry.path, entry.stat().st_size)
        except OSError:
            return found  # A folder that is gone is the log's to notice; what was not read now is read next time.
        return found

    def _read(self, path: str, size: int) -> list[DeadLetter]:
        start = self._offsets.get(path, 0)
        if size == start:
            return []
        with open(path, "rb") as file:
            file.seek(start if size > start else 0)
            text = file.read()
            whole = text.rfind(b"\n") + 1
            self._offsets[path] = file.tell() - len(text) + whole
        return _decode(text[:whole])


def dead_letters(root: Path) -> list[DeadLetter]:
    """All dead letters of a bus, the oldest message first.

    Args:
        root: The bus's folder.
    """
    found = {(letter.consumer, letter.position): letter for letter in DeadReader(root).new()}
    return sorted(found.values(), key=lambda letter: letter.position)


def _decode(text: bytes) -> list[DeadLetter]:
    found: list[DeadLetter] = []
    for line in text.split(b"\n"):
        try:
            found.append(msgspec.json.decode(line, type=DeadLetter))
        except msgspec.DecodeError:
            continue  # Its writer was killed in this line; the message was given up again after that.
    return found
