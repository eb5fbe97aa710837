"""Reading a file that others write whenever they like: all of it as it was at one moment, or not at all."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from trinity_tui.store.stamp import Stamp

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_BYTES = 64 * 1024 * 1024


class UnreadableError(Exception):
    """It cannot be read now; why, in words."""


def plain_stamp(path: Path) -> Stamp:
    """What the file is now.

    Raises:
        UnreadableError: It is no plain file, or far too large.
        OSError: It is not there.
    """
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableError("it is no plain file")
    if found.st_size > LIMIT_BYTES:
        raise UnreadableError(f"it has more than {LIMIT_BYTES // 2**20} MiB")
    return Stamp.of(found)


def read_whole(path: Path, stamp: Stamp) -> bytes:
    """All that is in a file that was seen with this stamp.

    Raises:
        UnreadableError: It changed meanwhile.
        OSError: It is not there any more.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        read = file.read()
    if plain_stamp(path) != stamp:
        raise UnreadableError("it is being written")
    return read
