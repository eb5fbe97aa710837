"""Steps on files that the log, the acks and the blobs take alike: a whole write, a replaced file, a synced folder."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_serial = itertools.count()


def write_whole(descriptor: int, data: bytes) -> None:
    """Write every byte, however often the kernel takes only some.

    Raises:
        OSError: Not all of it could be written.
    """
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def replace(path: Path, data: bytes, *, is_lasting: bool = True) -> None:
    """Put a new file in a name's place: at any instant the name holds the old one or the new one, whole.

    Args:
        path: The name.
        data: What the file is to hold.
        is_lasting: Whether it is to survive a power loss; else it may be cut or gone after one.

    Raises:
        OSError: It could not be written; the old one stands.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{next(_serial)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            write_whole(descriptor, data)
            if is_lasting:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if is_lasting:
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a folder's new names survive a power loss.

    Raises:
        OSError: The disk refused.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
