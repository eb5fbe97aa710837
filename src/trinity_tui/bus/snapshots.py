"""Snapshots: what the log folds to at a position, each in a file of its own; a start then reads only what came after.

::

    snapshots/<position, 20 digits>.json.gz    {"fold_version":V,"generation":G,"position":P,"room":{…},"base":B}
    snapshots/stills/                          the same, of what is shown of a room

With a base, the room has of its fingerprints of ids, which are most of its bytes, only those that came since the
snapshot at the base, and is of use with that one alone.

A cache of the log as long as the log reaches back; what the log has given up is known from here alone. What cannot be
used (torn, of another fold, of positions that mean something else now) is passed over and said.
"""

from __future__ import annotations

import gzip
import logging
import os
import re
import zlib
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import files, fingerprints
from trinity_tui.core.errors import BusError, StoreError
from trinity_tui.core.record import Position
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STILLS = "stills"
_LEVEL = 4
"""Most of a room packs well; the fingerprints in it not at all, so trying harder buys little."""
_HEAD_BYTES = 256
_NAME = re.compile(r"[0-9]{20}\.json\.gz\Z")
_HEAD = re.compile(rb'\{"fold_version":(\d+),"generation":(\d+),"position":(\d+),')
_log = logging.getLogger(__name__)


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A snapshot as it stands in its file."""

    fold_version: int
    generation: int
    position: Position
    room: msgspec.Raw
    """JSON; whose it is, the rooms above know."""
    base: Position | None = None
    """Where the snapshot stands that has the older fingerprints."""


def highest(folder: Path, end: Position, clamp: Callable[[Position, int], Position]) -> Position:
    """Where the log must at least end for the snapshots to be true.

    Args:
        folder: Where they lie.
        end: Where the log ends.
        clamp: What a position of a generation is worth now.
    """
    beyond = [
        (position, _head(_path(place, position)))
        for place in (folder, folder / STILLS)
        for position in _positions(place)
        if position > end
    ]
    return max((clamp(position, head[1]) for position, head in beyond if head is not None), default=0)


class Snapshots:
    """The snapshots of one log.

    Args:
        folder: Where they lie; made where it is missing.
        fold_version: Which fold's snapshots are of use.
        generation: The log's; new ones carry it.
        means: Whether a position of a generation means the same in this one.
        is_lasting: Whether they are to survive a power loss, as what rests on them does.

    Raises:
        StoreError: The folder cannot be made.
    """

    def __init__(
        self, folder: Path, fold_version: int, generation: int, means: Callable[[Position, int], bool],
        *, is_lasting: bool = True,
    ) -> None:  # fmt: skip
        make_private(folder)
        self.folder = folder
        self._fold_version = fold_version
        self._generation = generation
        self._means = means
        self._is_lasting = is_lasting

    def positions(self) -> list[Position]:
        """Where usable snapshots stand, in order; by their heads, which does not prove them whole."""
        return [position for position in _positions(self.folder) if self.has(position)]

    def has(self, position: Position) -> bool:
        """Whether a usable snapshot stands at a position, by its head."""
        head = _head(_path(self.folder, position))
        return head is not None and self._is_usable(*head) and head[2] == position

    def _is_usable(self, fold_version: int, generation: int, position: Position) -> bool:
        return fold_version == self._fold_version and self._means(position, generation)

    def save(self, position: Position, room: bytes, base: Position | None = None) -> None:
        """Keep a snapshot, in its place before this returns. Made for a thread.

        Args:
            position: Where it stands: everything before is in it, nothing after.
            room: What the log folds to there, as JSON.
            base: Where the snapshot stands that has the older fingerprints, where this one has only the newer ones.

        Raises:
            BusError: It could not be kept.
        """
        document = msgspec.json.encode(
            Snapshot(self._fold_version, self._generation, position, msgspec.Raw(room), base)
        )
        path = _path(self.folder, position)
        try:
            files.replace(path, gzip.compress(document, _LEVEL), is_lasting=self._is_lasting)
        except OSError as error:
            raise BusError(f"{path} cannot be written: {error.strerror}") from error

    def load(self, position: Position) -> bytes | None:
        """The room of the snapshot at a position; None where there is none that is whole and of use."""
        path = _path(self.folder, position)
        try:
            found = msgspec.json.decode(gzip.decompress(path.read_bytes()), type=Snapshot)
        except FileNotFoundError:
            return None
        except (OSError, EOFError, zlib.error, msgspec.DecodeError) as error:
            _log.warning("%s is damaged and not used: %s", path, error)
            return None
        if found.position != position or not self._is_usable(found.fold_version, found.generation, position):
            _log.warning("%s is of another fold or another log and not used", path)
            return None
        if found.base is None:
            return bytes(found.room)
        whole = self.load(found.base) if found.base < position else None
        return None if whole is None else fingerprints.joined(whole, bytes(found.room))

    def newest(self, start: Position, end: Position) -> tuple[Position, bytes] | None:
        """The newest usable snapshot between two positions, these included."""
        for position in reversed(_positions(self.folder)):
            if start <= position <= end and not self._is_foreign(position):
                room = self.load(position)
                if room is not None:
                    return position, room
        return None

    def _is_foreign(self, position: Position) -> bool:
        """Whether it is of another fold or log, by its head: after a new version there may be very many."""
        head = _head(_path(self.folder, position))
        return head is not None and not self._is_usable(*head)

    def count(self, start: Position, end: Position) -> int:
        """How many there are between two positions, these included, of use or not."""
        return sum(start <= position <= end for position in _positions(self.folder))

    def remove(self, position: Position) -> None:
        """Make sure that no snapshot stands at a position.

        Raises:
            StoreError: It cannot be removed.
        """
        path = _path(self.folder, position)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{path} cannot be removed: {error.strerror}") from error

    def sweep(self, first: Position) -> list[Position]:
        """Remove what is of no use: before the kept log's beginning, or not usable. Where they stood.

        Raises:
            StoreError: One cannot be removed.
        """
        usable = set(self.positions())
        gone = [position for position in _positions(self.folder) if position < first or position not in usable]
        for position in gone:
            self.remove(position)
        for leftover in self.folder.glob("*.tmp"):
            # What this process is just writing is none.
            if f".{os.getpid()}-" not in leftover.name:
                leftover.unlink(missing_ok=True)
        return gone


def _path(folder: Path, position: Position) -> Path:
    return folder / f"{position:020d}.json.gz"


def _positions(folder: Path) -> list[Position]:
    if not folder.is_dir():
        return []
    return sorted(int(path.name[:20]) for path in folder.iterdir() if _NAME.match(path.name))


def _head(path: Path) -> tuple[int, int, Position] | None:
    """Fold version, generation and position, without unpacking the room."""
    try:
        with path.open("rb") as file:
            start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(file.read(_HEAD_BYTES), _HEAD_BYTES)
    except (OSError, zlib.error):
        return None
    found = _HEAD.match(start)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
