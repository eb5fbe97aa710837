"""What tells that a file is the one that was seen, and that nobody has written to it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import os
    from pathlib import Path


class Stamp(NamedTuple):
    """Which file it is, and in which state."""

    device: int
    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> Stamp:
        """Out of what the system says of it."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file, or of what a link leads to; None where there is none."""
    try:
        return Stamp.of(path.stat())
    except OSError:
        return None
