"""The vectors of what is remembered: a file of its own that can be thrown away, filled from the records' texts.

A vector is known by its model and the fingerprint of its text, so it is made once, whatever becomes of the index.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from array import array
from contextlib import closing
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from trinity_tui.memory.embedding import Vector

_WAIT_SECONDS = 1.0
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"


class Vectors:
    """The vectors of one model in a file.

    Args:
        path: The file.
        model: Whose.
    """

    def __init__(self, path: Path, model: str) -> None:
        self._path = path
        self._model = model

    def of(self, fingerprints: Iterable[str]) -> dict[str, Vector]:
        """Those there are, by the fingerprints of their texts; none where there is no file that can be read."""
        keys = {self._key(name): name for name in fingerprints}
        if not keys or not self._path.exists():
            return {}
        sql = f"SELECT key, vector FROM vectors WHERE key IN ({','.join('?' * len(keys))})"
        try:
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as database:
                rows = database.execute(sql, list(keys)).fetchall()
        except sqlite3.Error:
            return {}
        return {keys[key]: _vector(content) for key, content in rows}

    def keep(self, vectors: Mapping[str, Vector]) -> None:
        """Add some, by the fingerprints of their texts; a file that is damaged is made anew.

        Raises:
            StoreError: They cannot be written.
        """
        rows = [(self._key(name), vector.tobytes()) for name, vector in vectors.items()]
        try:
            self._write(rows)
        except (OSError, sqlite3.DatabaseError):
            try:
                self._path.unlink(missing_ok=True)
                self._write(rows)
            except (OSError, sqlite3.Error) as error:
                raise StoreError(f"{self._path} could not be written: {error}") from error

    def _write(self, rows: list[tuple[bytes, bytes]]) -> None:
        # What a text means is as private as the text.
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN IMMEDIATE")
            database.execute(_TABLE)
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            database.execute("COMMIT")

    def _key(self, fingerprint: str) -> bytes:
        return hashlib.sha256(f"{self._model}\0{fingerprint}".encode()).digest()[:16]


def _vector(content: bytes) -> Vector:
    vector = array("f")
    vector.frombytes(content[: len(content) // 4 * 4])
    return vector
