"""Where the keeper is found: its lock, its socket, its record. What vanishes (a folder cleaned up) is made again."""

from __future__ import annotations

import os
import socket

from trinity_tui.core.errors import StoreError
from trinity_tui.core.wire.keeper import KeeperRecord
from trinity_tui.harness.keeping.say import note
from trinity_tui.process import procfs
from trinity_tui.store import document
from trinity_tui.store.guard import Guard
from trinity_tui.store.lock import Lock
from trinity_tui.store.private import make_private


class Place:
    """The keeper's place in one workspace; only one keeper can have it.

    Args:
        folder: The socket folder.
        record: ``keeper.json``.
    """

    def __init__(self, folder: str, record: str) -> None:
        self._folder = folder
        self._record = record
        self._workspace = os.path.dirname(os.path.dirname(record))
        self._socket_path = f"{folder}/keeper.sock"
        self._lock: Lock | None = None
        self._guard: Guard | None = None
        self._bound: tuple[int, int] | None = None
        self.listener: socket.socket | None = None

    def take(self) -> bool:
        """Take the place; False when another keeper has it.

        Raises:
            StoreError: The folder or the lock cannot be made.
            OSError: The socket cannot be bound.
        """
        if not self._is_wanted():
            raise StoreError(f"the workspace of {self._record} is gone")
        # Held for life: while our folder is deleted and not yet made again, no second keeper may come up beside us.
        self._guard = self._guard or Guard.acquire("keeper", self._workspace)
        if self._guard is None:
            return False
        make_private(self._folder)
        if self._lock is None or self._lock.is_lost:
            self._let_go()
            lock = Lock.acquire(f"{self._folder}/keeper.lock")
            if isinstance(lock, int):
                return False
            self._lock = lock
        self._bind()
        return True

    def mend(self) -> bool:
        """Make again what vanished; True when the listener is another one now."""
        if self._is_whole():
            if self._is_wanted() and not os.path.exists(self._record):
                self._write_record()
            return False
        try:
            self.take()
        except (StoreError, OSError) as error:
            note(str(error))
        return True

    def leave(self) -> None:
        """Give the place up, and nothing points to it any more."""
        if self._lock is not None and not self._lock.is_lost:
            for path in (self._socket_path, self._record):
                try:
                    document.remove(path)
                except StoreError as error:
                    note(str(error))
        self._let_go()

    def _is_wanted(self) -> bool:
        return os.path.isdir(self._workspace)

    def _is_whole(self) -> bool:
        return not self._is_wanted() or (
            self._lock is not None
            and not self._lock.is_lost
            and self._bound is not None
            and _inode(self._socket_path) == self._bound
        )

    def _let_go(self) -> None:
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        self._bound = None

    def _bind(self) -> None:
        if self.listener is not None:
            self.listener.close()
        # We hold the lock, so whatever lies there is nobody's.
        document.remove(self._socket_path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(self._socket_path)
        finally:
            os.umask(before)
        listener.listen(16)
        listener.setblocking(False)
        self.listener = listener
        self._bound = _inode(self._socket_path)
        self._write_record()

    def _write_record(self) -> None:
        stat = procfs.read_stat(os.getpid())
        record = KeeperRecord(os.getpid(), self._socket_path, stat.start_time if stat else 0, procfs.boot_id())
        try:
            make_private(os.path.dirname(self._record))
            document.write(self._record, record, durable=False)
        except StoreError as error:
            note(str(error))


def _inode(path: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
