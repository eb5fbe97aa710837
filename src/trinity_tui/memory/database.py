"""The index's file: its tables, its version, and how it is opened, for the one who writes it and for those who read.

The index can be thrown away: all of it stands in the files of lines. So one that is torn, of another version or no
database at all is thrown away and made anew; nobody needs to be asked. Made anew from many lines, it is written
``beside``, without a journal, and takes its place when it is whole.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

VERSION = 3
"""Of the tables and of what stands in them; raise it with either, and with the words of ``core.words``."""
WAIT_SECONDS = 5.0
PAGE_BYTES = 8_192
"""Rows are some hundred bytes: SQLite's own 4 KiB take a tenth more time to make, and larger ones slow a search."""
_SWAP_SECONDS = 0.5
"""So long a reader waits for an index that is about to take the place of the one that is gone."""
INDEXES = (
    "CREATE UNIQUE INDEX lines_id ON lines (id)",
    "CREATE INDEX lines_stream ON lines (stream, time, id) WHERE stream IS NOT NULL",
    "CREATE INDEX lines_same ON lines (same, since) WHERE same IS NOT NULL",
    "CREATE INDEX lines_slot ON lines (slot, time, id) WHERE slot IS NOT NULL",
    "CREATE INDEX lines_about ON lines (about) WHERE about IS NOT NULL",
    "CREATE INDEX records_same ON records (same, valid_from)",
    "CREATE INDEX records_disputable ON records (disputable) WHERE disputable IS NOT NULL",
    "CREATE INDEX records_time ON records (time)",
    "CREATE INDEX records_ended ON records (invalid_at) WHERE invalid_at < 9e999",
)
"""What is indexed besides; of many rows at once, after them, sorted."""
_TABLES = """
CREATE TABLE files (name TEXT PRIMARY KEY, offset INTEGER NOT NULL, mark TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE lines (
    id TEXT NOT NULL, same INTEGER, stream INTEGER, slot TEXT, about TEXT, time REAL NOT NULL, since REAL NOT NULL,
    line BLOB NOT NULL
);
CREATE TABLE links (target TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (target, id)) WITHOUT ROWID;
CREATE TABLE resolved (about TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (about, id)) WITHOUT ROWID;
CREATE TABLE records (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, same INTEGER NOT NULL, kind TEXT NOT NULL,
    time REAL NOT NULL, valid_from REAL NOT NULL, invalid_at REAL NOT NULL, retracted INTEGER NOT NULL,
    disputable TEXT,
    authors TEXT NOT NULL, tags TEXT NOT NULL, text TEXT NOT NULL, about TEXT NOT NULL, date TEXT NOT NULL,
    record BLOB NOT NULL
);
CREATE TABLE stems (stem TEXT PRIMARY KEY, records INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sizes (records INTEGER NOT NULL, words INTEGER NOT NULL);
INSERT INTO sizes VALUES (0, 0);
CREATE VIRTUAL TABLE found USING fts5 (
    text, about, date, content = 'records', content_rowid = 'number', tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (found, row);
"""


def create(path: Path) -> tuple[sqlite3.Connection, int]:
    """Open the index to write it, and its inode; where there is none that is whole and of this version, an empty one.

    Raises:
        StoreError: It cannot be written.
    """
    try:
        _sweep(path)
        with suppress(sqlite3.DatabaseError):
            if _is_current(path):
                return _writable(path), inode_of(path)
        discard(path)
        os.close(_made(path))
        database = _writable(path)
        database.executescript(f"BEGIN; {_TABLES} {';'.join(INDEXES)}; PRAGMA user_version = {VERSION}; COMMIT;")
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} could not be written: {error}") from error
    return database, inode_of(path)


@contextmanager
def beside(path: Path) -> Generator[sqlite3.Connection]:
    """An empty index without its ``INDEXES``, to be filled; then it takes the place of the one that is there.

    Who reads the old one goes on with it. Killed before the end, it leaves the old one, or for a moment none, and a
    file that the next writer sweeps away.

    Raises:
        StoreError: It cannot be written; what is there is as it was.
    """
    name = path.with_name(f"{path.name}{_BESIDE}{os.getpid()}")
    try:
        _sweep(path)
        name.unlink(missing_ok=True)
        descriptor = _made(name)
        try:
            # Held until it is in its place, it tells it from one whose writer died.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with closing(_unjournaled(name)) as database:
                database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION};")
                yield database
                database.execute("COMMIT")
                database.execute("PRAGMA locking_mode = NORMAL")
                database.execute("PRAGMA journal_mode = WAL")
            os.fsync(descriptor)
            # First, for a log of the old one would be played into the new.
            discard(path)
            name.rename(path)
        finally:
            os.close(descriptor)
            name.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} could not be written: {error}") from error


def attend(path: Path) -> tuple[sqlite3.Connection, int]:
    """Open the index to read it while another process may be writing it; the connection, and its file's inode.

    Raises:
        StoreError: There is none, or none of this version.
    """
    end = time.monotonic() + _SWAP_SECONDS
    while True:
        inode = inode_of(path)
        try:
            if inode and _is_current(path):
                database = _connected(path)
                # Only with its first read it opens the log beside it, which must be that of the same file.
                database.execute("SELECT EXISTS (SELECT 1 FROM files)")
                if inode_of(path) == inode:
                    return database, inode
                database.close()
        except sqlite3.Error as error:
            raise StoreError(f"{path} could not be read: {error}") from error
        if inode == inode_of(path) and (inode or not _is_made(path)) or time.monotonic() > end:
            raise StoreError(f"there is no index of the memory at {path}")
        time.sleep(0.01)


def inode_of(path: Path) -> int:
    """What tells one file of that name from another; 0 where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def discard(path: Path) -> None:
    """Throw the index away.

    Raises:
        StoreError: It cannot be removed.
    """
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        try:
            name.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{name} could not be removed: {error.strerror or error}") from error


_BESIDE = "-new-"


def _sweep(path: Path) -> None:
    """Remove what writers left that died before it was whole."""
    for left in path.parent.glob(f"{path.name}{_BESIDE}*"):
        with suppress(OSError):
            descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
            finally:
                os.close(descriptor)


def _is_made(path: Path) -> bool:
    return any(path.parent.glob(f"{path.name}{_BESIDE}*"))


def _made(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _is_current(path: Path) -> bool:
    """Whether there is an index of this version.

    Raises:
        sqlite3.Error: It is no database, or shorter than it says.
    """
    if not path.exists():
        return False
    with closing(_connected(path)) as database:
        return database.execute("PRAGMA user_version").fetchone() == (VERSION,)


def _connected(path: Path) -> sqlite3.Connection:
    """To read it."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return _tuned(sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, check_same_thread=False, isolation_level=None))


def _writable(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=WAIT_SECONDS, check_same_thread=False, isolation_level=None)
    for pragma in (f"page_size = {PAGE_BYTES}", "journal_mode = WAL"):
        database.execute(f"PRAGMA {pragma}")
    # What a power cut takes from it stands in the files, and the places in them are in the same transaction.
    database.execute("PRAGMA synchronous = NORMAL")
    _tuned(database).execute("CREATE TEMP TABLE wanted (value PRIMARY KEY) WITHOUT ROWID")
    return database


def _unjournaled(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    for pragma in (f"page_size = {PAGE_BYTES}", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
        database.execute(f"PRAGMA {pragma}")
    return _tuned(database)


def _tuned(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute("PRAGMA cache_size = -65536")
    database.execute("PRAGMA mmap_size = 268435456")
    database.execute("PRAGMA temp_store = MEMORY")
    return database
