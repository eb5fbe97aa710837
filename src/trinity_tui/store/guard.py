"""A lock that no deleted folder can take along: a name in the kernel, held by a process for life (unix(7), abstract).

It stands beside a lock file: that one says who, this one still holds when the file's folder is gone.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Guard:
    """A held name; freed when the process ends, however it ends."""

    def __init__(self, holder: socket.socket) -> None:
        self._holder = holder

    @classmethod
    def acquire(cls, what: str, folder: str | Path) -> Guard | None:
        """Hold ``what`` for this folder; None where another process does.

        Args:
            what: ``coordinator`` or ``keeper``.
            folder: The workspace; told by its inode, so that every path to it is the same one.

        Raises:
            OSError: The folder is not there.
        """
        there = os.stat(folder)
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        try:
            holder.bind(f"\0trinity-{os.getuid()}-{there.st_dev:x}-{there.st_ino:x}-{what}")
        except OSError:
            holder.close()
            return None
        return cls(holder)

    def close(self) -> None:
        """Let go."""
        self._holder.close()
