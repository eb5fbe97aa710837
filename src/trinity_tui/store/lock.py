"""A file that is locked for as long as its holder lives, with the holder's pid in it.

The kernel drops the lock when the holder dies, so there is no stale one. A lock whose file was deleted guards nothing
any more: whoever holds it asks ``is_lost`` from time to time.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class Lock:
    """A lock that is held; ``acquire`` makes one."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def acquire(cls, path: str | Path) -> Lock | int:
        """Take the lock without waiting.

        Returns:
            The lock, or the pid of who holds it (0 where the file does not say).

        Raises:
            StoreError: The file can be neither opened nor made.
        """
        name = os.fspath(path)
        while True:
            descriptor = _open(name)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = _holder(descriptor)
                os.close(descriptor)
                return holder
            except OSError as error:
                os.close(descriptor)
                raise StoreError(f"{name} could not be locked: {error.strerror}") from error
            lock = cls(name, descriptor)
            if not lock.is_lost:
                lock._sign()
                return lock
            # Deleted between open and lock: another process may hold the new file.
            lock.close()

    @property
    def is_lost(self) -> bool:
        """Whether the file is gone or another one stands in its place."""
        try:
            ours, there = os.fstat(self._descriptor), os.stat(self.path, follow_symlinks=False)
        except OSError:
            return True
        return ours.st_nlink == 0 or (ours.st_dev, ours.st_ino) != (there.st_dev, there.st_ino)

    def close(self) -> None:
        """Let go; the file stays, for removing it would let two hold it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _sign(self) -> None:
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, b"%d\n" % os.getpid(), 0)
        except OSError:
            # A full disk takes the name of the holder from others, not the lock from us.
            return

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def holder(path: str | Path) -> int | None:
    """Who holds the lock now: a pid, 0 where the file does not say, None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def _open(name: str) -> int:
    try:
        return os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{name} could not be opened: {error.strerror}") from error


def _holder(descriptor: int) -> int:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else 0
