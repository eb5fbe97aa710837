"""The right to append: an flock on ``LOCK``, with the holder's pid in it.

Taking it never blocks; whoever meets contention waits with ``acquire`` in a thread of its own. A killed holder frees it
at once; a stopped one keeps it, and an observer says who that is. One descriptor per bus, with a mutex for threads.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from trinity_tui.bus import files
from trinity_tui.core.errors import BusError, LogDeletedError

if TYPE_CHECKING:
    from pathlib import Path

_STAMP_BYTES = 12
_NOBODY = b"%11d\n" % 0
_FIRST_WAIT_SECONDS = 0.000_05
_LONGEST_WAIT_SECONDS = 0.002
_EXCLUSIVE = fcntl.LOCK_EX | fcntl.LOCK_NB


class AppendLock:
    """The lock on one log. Not to be carried over a fork: the child would hold it too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = threading.Lock()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, files.PRIVATE_FILE)
        self._stamp = b"%11d\n" % os.getpid()

    def try_acquire(self) -> bool:
        """Take the lock if it is free.

        Raises:
            BusError: The lock file cannot be used.
        """
        if not self._mutex.acquire(blocking=False):
            return False
        try:
            fcntl.flock(self._descriptor, _EXCLUSIVE)
        except OSError as error:
            self._mutex.release()
            if error.errno in (errno.EWOULDBLOCK, errno.EINTR):
                return False
            raise BusError(f"the log's lock {self._path} cannot be taken: {error.strerror}") from error
        return True

    def check_there(self) -> None:
        """Make sure that this is still the lock the others take.

        Raises:
            BusError: It was deleted.
        """
        if os.fstat(self._descriptor).st_nlink == 0:
            raise LogDeletedError(self._path.parent)

    def sign(self) -> None:
        """Write who holds the lock. It stays written, so who finds that nobody came between need not do it again.

        Raises:
            OSError: The lock file cannot be written.
        """
        os.pwrite(self._descriptor, self._stamp, 0)

    def unsign(self) -> None:
        """Write that it is not known who holds the lock: the next need not notice that we came between."""
        with suppress(OSError):  # The file has its bytes already; only a broken disk refuses them.
            os.pwrite(self._descriptor, _NOBODY, 0)

    def release(self) -> None:
        """Give the lock back."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._mutex.release()

    def acquire(self, stop: threading.Event, timeout_seconds: float | None = None) -> bool:
        """Wait for the lock, in a thread; False when told to stop or out of time.

        Raises:
            BusError: The lock file cannot be used.
        """
        began = time.monotonic()
        pause = _FIRST_WAIT_SECONDS
        while not self.try_acquire():
            if timeout_seconds is not None and time.monotonic() - began > timeout_seconds:
                return False
            if stop.wait(pause):
                return False
            pause = min(pause * 2, _LONGEST_WAIT_SECONDS)
        return True

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)


class LockObserver:
    """Who holds the lock, seen from outside: asked again and again, it tells a long hold from many short ones."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, files.PRIVATE_FILE)
        self._seen: tuple[int, int] | None = None
        self._since = 0.0

    def holder(self, end: int, now: float) -> tuple[int, float] | None:
        """The holder's pid (0: not known) and for how many seconds it was seen to hold; None where the lock is free.

        Args:
            end: The log's end; a hold during which the log grew is another hold.
            now: Monotonic seconds.
        """
        try:
            # Shared, so that several observers do not take one another for a holder.
            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return self._note(end, now)
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._seen = None
        return None

    def _note(self, end: int, now: float) -> tuple[int, float] | None:
        stamp = os.pread(self._descriptor, _STAMP_BYTES, 0).strip()
        pid = int(stamp) if stamp.isdigit() else 0
        if self._seen != (pid, end):
            self._seen, self._since = (pid, end), now
        return pid, now - self._since

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)
