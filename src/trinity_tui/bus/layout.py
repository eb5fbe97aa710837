"""Where things stand in a bus's folder, and the log's format and generation.

::

    format.json                    {"format":2,"generation":1,"segment_bytes":…,"durability":…,"starts":[0]}
    LOCK                           who appends holds its flock; never deleted
    log/<base>.jsonl               segments, named by the position of their first byte
    log/<base>.jsonl.gz            a sealed one, packed
    log/<base>.idx.json            of a sealed one
    snapshots/<position>.json.gz   the room at the end of a sealed one; in stills/ what is shown of it, between
    bells/<name>                   one byte, overwritten to wake
    consumers/<id>/acks.jsonl      blobs/<sha256>      dead/<id>.jsonl

``starts[g - 1]`` is the position at which generation ``g`` began: a mark of an older one counts only up to there.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import files, segments
from trinity_tui.core.errors import BusError, LogDeletedError, StoreError
from trinity_tui.core.migrate import Formats, format_of
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.migrate import Document
    from trinity_tui.core.record import Position

NATS_FOLDER = "nats"
"""What is kept of a server's stream in a workspace, inside the bus's folder: a layout of its own."""
SEGMENT_BYTES = 8 * 1024 * 1024
_SEGMENT = re.compile(r"[0-9]{20}\.jsonl(\.gz)?\Z")


def _with_generations(found: Document) -> Document:
    """Format 0 had no generations: a log of one, that begins at its beginning."""
    return {"generation": 1, "starts": [0]} | found


def _with_packed_segments(found: Document) -> Document:
    """From format 2 on finished segments may be packed, and a snapshot may stand for a beginning that is gone.

    A program of format 1 would take such a log for a shorter one. What format 1 holds is good as it stands.
    """
    return found


FORMATS = Formats(2, {0: _with_generations, 1: _with_packed_segments})
FORMAT = FORMATS.newest


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """What ``format.json`` says."""

    format: int = FORMAT
    generation: int = 1
    segment_bytes: int = SEGMENT_BYTES
    durability: str = "interval"
    starts: tuple[int, ...] = (0,)

    def clamp(self, mark: Position, generation: int) -> Position:
        """What a mark written in a generation is worth in this one."""
        return min((mark, *self.starts[generation:]))

    def raised(self, end: Position) -> Format:
        """The next generation, beginning at the log's end."""
        starts = (*self.starts, end)
        return msgspec.structs.replace(self, generation=len(starts), starts=starts)

    def raised_above(self, generation: int) -> Format:
        """A generation above this one and another log's, in which no older mark means anything."""
        missing = max(0, generation - self.generation)
        return msgspec.structs.replace(self, starts=self.starts + (0,) * missing).raised(0)


class Layout:
    """The paths of one bus."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.format = root / "format.json"
        self.lock = root / "LOCK"
        self.log = root / "log"
        self.bells = root / "bells"
        self.consumers = root / "consumers"
        self.blobs = root / "blobs"
        self.dead = root / "dead"
        self.snapshots = root / "snapshots"

    def create(self) -> None:
        """Make the folders that are missing, for this user only.

        Raises:
            BusError: They cannot be made.
        """
        try:
            for folder in (self.root, self.log, self.bells, self.consumers, self.blobs, self.dead, self.snapshots):
                make_private(folder)
        except StoreError as error:
            raise BusError(f"the message log cannot be made: {error}") from error

    def create_log(self) -> None:
        """Make the segment that is appended to where there is none; called with the lock held.

        Raises:
            OSError: It cannot be made.
        """
        if not self.has_open_segment():
            self.segment(self.end()).touch(mode=files.PRIVATE_FILE)

    def has_open_segment(self) -> bool:
        """Whether the last segment can be appended to; a log put back from a backup may end with a packed one."""
        bases = self.bases()
        return bool(bases) and self.segment(bases[-1]).exists()

    def has(self, base: Position) -> bool:
        """Whether a segment begins at a position."""
        return self.segment(base).exists() or self.packed(base).exists()

    def segment(self, base: Position) -> Path:
        """The segment that begins at a position."""
        return self.log / f"{base:020d}.jsonl"

    def packed(self, base: Position) -> Path:
        """The sealed segment, packed."""
        return self.log / f"{base:020d}.jsonl.gz"

    def sidecar(self, base: Position) -> Path:
        """The sealed segment's summary."""
        return self.log / f"{base:020d}.idx.json"

    def acks(self, consumer: str) -> Path:
        """A consumer's own acknowledgements."""
        return self.consumers / consumer / "acks.jsonl"

    def bases(self) -> list[Position]:
        """Where the segments begin, in order.

        Raises:
            LogDeletedError: There is no folder of segments any more.
        """
        try:
            names = [entry.name for entry in os.scandir(self.log)]
        except FileNotFoundError as error:
            raise LogDeletedError(self.root) from error
        return sorted({int(name[:20]) for name in names if _SEGMENT.match(name)})

    def end(self) -> Position:
        """Where the log's last byte ends; 0 while there is no segment."""
        bases = self.bases()
        return bases[-1] + segments.size_of(self, bases[-1]) if bases else 0


def read_format(layout: Layout) -> Format | None:
    """The log's format, brought forward in memory, or None where it has none yet.

    Raises:
        BusError: The file is damaged.
        FormatError: A newer program wrote it.
    """
    found = _read(layout)
    if found is None:
        return None
    try:
        return msgspec.convert(FORMATS.forward(found, str(layout.format)), Format)
    except msgspec.ValidationError as error:
        raise _unreadable(layout, error) from error


def is_older(layout: Layout) -> bool:
    """Whether an older program wrote the log's format: it is written anew before anything is done that one lacks.

    Raises:
        BusError: The file is damaged.
    """
    found = _read(layout)
    return found is not None and format_of(found) < FORMAT


def _read(layout: Layout) -> Document | None:
    try:
        return msgspec.json.decode(layout.format.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise _unreadable(layout, error) from error


def _unreadable(layout: Layout, error: Exception) -> BusError:
    return BusError(f"{layout.format} cannot be read: {error}")


def write_format(layout: Layout, content: Format) -> None:
    """Replace the log's format.

    Raises:
        BusError: The disk refused.
    """
    try:
        files.replace(layout.format, msgspec.json.encode(content) + b"\n")
    except OSError as error:
        raise BusError(f"{layout.format} cannot be written: {error.strerror}") from error
