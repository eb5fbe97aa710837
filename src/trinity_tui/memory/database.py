"""The index's file: its tables, its version, and how it is opened, for the one who writes it and for those who read.

The index can be thrown away: all of it stands in the files of lines. So one that is torn, of another version or no
database at all is thrown away and made anew; nobody needs to be asked.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
"""Of the tables and of what stands in them; raise it with either, and with the words of ``core.words``."""
WAIT_SECONDS = 5.0
_HEADER_BYTES = 100
INDEXES = {
    "lines_same": "ON lines (same) WHERE same IS NOT NULL",
    "lines_slot": "ON lines (slot) WHERE slot IS NOT NULL",
    "lines_about": "ON lines (about) WHERE about IS NOT NULL",
    "records_id": "ON records (id)",
    "records_same": "ON records (same)",
    "records_disputable": "ON records (disputable) WHERE disputable IS NOT NULL",
    "records_time": "ON records (time)",
    "said_number": "ON said (number)",
}
"""By name, what is indexed besides."""
_TABLES = """
CREATE TABLE files (name TEXT PRIMARY KEY, offset INTEGER NOT NULL, mark TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE lines (
    id TEXT PRIMARY KEY, same BLOB, slot TEXT, about TEXT, line BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE links (target TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (target, id)) WITHOUT ROWID;
CREATE TABLE records (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, same BLOB NOT NULL, kind TEXT NOT NULL,
    time REAL NOT NULL, valid_from REAL NOT NULL, invalid_at REAL NOT NULL, retracted INTEGER NOT NULL,
    disputable TEXT,
    authors TEXT NOT NULL, tags TEXT NOT NULL, text TEXT NOT NULL, about TEXT NOT NULL, date TEXT NOT NULL,
    record BLOB NOT NULL
);
CREATE TABLE said (
    stream TEXT NOT NULL, time REAL NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (stream, time, id)
) WITHOUT ROWID;
CREATE TABLE stems (stem TEXT PRIMARY KEY, records INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sizes (records INTEGER NOT NULL, words INTEGER NOT NULL);
INSERT INTO sizes VALUES (0, 0);
CREATE VIRTUAL TABLE found USING fts5 (
    text, about, date, content = 'records', content_rowid = 'number', tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (found, row);
"""


def create(path: Path) -> sqlite3.Connection:
    """Open the index to write it; where there is none that is whole and of this version, an empty one.

    Raises:
        StoreError: It cannot be written.
    """
    try:
        with suppress(sqlite3.DatabaseError):
            if is_current(path):
                return _writable(path)
        discard(path)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        database = _writable(path)
        indexes = "".join(f"CREATE INDEX {name} {on};" for name, on in INDEXES.items())
        database.executescript(f"BEGIN; {_TABLES} {indexes} PRAGMA user_version = {VERSION}; COMMIT;")
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} could not be written: {error}") from error
    return database


def attend(path: Path) -> sqlite3.Connection:
    """Open the index to read it while another process may be writing it.

    Raises:
        StoreError: There is none, or none of this version.
    """
    try:
        if is_current(path):
            uri = f"{path.absolute().as_uri()}?mode=ro"
            return _tuned(
                sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, check_same_thread=False, isolation_level=None)
            )
    except sqlite3.Error as error:
        raise StoreError(f"{path} could not be read: {error}") from error
    raise StoreError(f"there is no index of the memory at {path}")


def is_current(path: Path) -> bool:
    """Whether there is an index of this version that is not visibly torn.

    Raises:
        sqlite3.Error: It is no database, or it is damaged.
    """
    if not _is_whole(path):
        return False
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS)) as database:
        return database.execute("PRAGMA user_version").fetchone() == (VERSION,)


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


def _is_whole(path: Path) -> bool:
    """Whether the file has the pages its header promises."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return False
    page_bytes = int.from_bytes(header[16:18], "big")
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    return len(header) == _HEADER_BYTES and size >= page_bytes * int.from_bytes(header[28:32], "big")


def _writable(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=WAIT_SECONDS, check_same_thread=False, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    # What a power cut takes from it stands in the files, and the places in them are in the same transaction.
    database.execute("PRAGMA synchronous = NORMAL")
    _tuned(database).execute("CREATE TEMP TABLE wanted (value PRIMARY KEY) WITHOUT ROWID")
    return database


def _tuned(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute("PRAGMA cache_size = -65536")
    database.execute("PRAGMA mmap_size = 268435456")
    database.execute("PRAGMA temp_store = MEMORY")
    return database
