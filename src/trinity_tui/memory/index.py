"""The index over all lines of memory: what ``fold`` makes of them, ready to be searched.

It takes lines in any order, in pieces, again and again, and is what one fold of all of them would give: for every
piece, only the lines that can change together are folded anew (``memory.intake``). One process writes it; instances
read it while it does.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.memory import Operation, Record
from trinity_tui.core.memory_fold import Contradiction, contradictions
from trinity_tui.memory import database, records
from trinity_tui.memory.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from pathlib import Path

_decoder = msgspec.json.Decoder(Record)


class Caught(msgspec.Struct, frozen=True):
    """What catching up with the files did."""

    added: int = 0
    """Lines that were new."""
    torn: int = 0
    """Lines that were none."""
    is_rebuilt: bool = False


class Index:
    """The index, open.

    Args:
        path: Its file.
        connection: To it.
        is_read_only: Whether another process writes it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, is_read_only: bool) -> None:
        self.path = path
        self._connection = connection
        self._is_read_only = is_read_only
        self._inode: int = path.stat().st_ino

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Index:
        """Open it; the writer's is made where there is none that can be used.

        Raises:
            StoreError: It cannot be written; or, to read, there is none (yet).
        """
        return cls(path, database.attend(path) if read_only else database.create(path), read_only)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Rows of the index.

        Raises:
            StoreError: It is damaged, or gone.
        """
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the index of the memory could not be read: {error}") from error

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """Have all queries within see the same state. A reader turns to a new index first, where there is one.

        Raises:
            StoreError: The index is gone.
        """
        if self._is_read_only:
            self._follow()
        self.query("BEGIN")
        self.query("SELECT EXISTS (SELECT 1 FROM files)")  # From the first read on, the state stays.
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def _follow(self) -> None:
        try:
            inode = self.path.stat().st_ino
        except OSError as error:
            raise StoreError(f"the index of the memory is gone: {error.strerror}") from error
        if inode != self._inode:
            connection = database.attend(self.path)
            self._connection.close()
            self._connection, self._inode = connection, inode

    def find(self, name: str) -> list[Record]:
        """The records a message said, by its id: one, unless its text came and went."""
        rows = self.query("SELECT record FROM records WHERE id = ?", (name,)) or self.query(
            "SELECT record FROM records WHERE same = (SELECT same FROM lines WHERE id = ?) ORDER BY time", (name,)
        )
        found = [_decoder.decode(row[0]) for row in rows]
        return [one for one in found if name in one.sources] or found

    def newest(self, most: int, since: float = -math.inf) -> list[Record]:
        """The newest that were not retracted, the newest first."""
        rows = self.query(
            "SELECT record FROM records WHERE time > ? AND NOT retracted ORDER BY time DESC, id DESC LIMIT ?",
            (since, most),
        )  # fmt: skip
        return [_decoder.decode(row[0]) for row in rows]

    def contradictions(self, at: float) -> list[Contradiction]:
        """What is stated differently and holds at a moment."""
        rows = self.query(
            "SELECT record FROM records WHERE disputable IN (SELECT disputable FROM records"
            " WHERE disputable IS NOT NULL AND NOT retracted AND valid_from <= ?1 AND invalid_at > ?1"
            " GROUP BY disputable HAVING count(*) > 1)"
            " AND NOT retracted AND valid_from <= ?1 AND invalid_at > ?1",
            (at,),
        )  # fmt: skip
        return contradictions([_decoder.decode(row[0]) for row in rows], at)

    def all_records(self) -> list[Record]:
        """Every record there is, in the order of their first statements."""
        found = [_decoder.decode(row[0]) for row in self.query("SELECT record FROM records")]
        return sorted(found, key=lambda one: (one.time, one.computer, one.id))

    def catch_up(self, files: Iterable[Path]) -> Caught:
        """Take in what was added to the files; everything anew where one of them is not what it was.

        Raises:
            StoreError: A file could not be read, or the index not be written.
        """
        files = sorted(files)
        known = {name: (offset, mark) for name, offset, mark in self.query("SELECT name, offset, mark FROM files")}
        now = {path.name: records.mark(path, known[path.name][0]) for path in files if path.name in known}
        if now != {name: mark for name, (_, mark) in known.items()}:
            return self.rebuild(files)
        return self._read_on(files, {name: offset for name, (offset, _) in known.items()})

    def rebuild(self, files: Iterable[Path]) -> Caught:
        """Throw away what is in it and take in the files from their beginning.

        Raises:
            StoreError: A file could not be read, or the index not be written; then it is as it was.
        """
        with self._writing():
            self._forget()
            caught = self._read_on(sorted(files), {})
        return msgspec.structs.replace(caught, is_rebuilt=True)

    def _read_on(self, files: Sequence[Path], offsets: dict[str, int]) -> Caught:
        torn = 0
        operations: list[Operation] = []
        places: list[tuple[str, int, str]] = []
        for path in files:
            offset = offsets.get(path.name, 0)
            while (chunk := records.read(path, offset)).offset > offset:
                operations += chunk.operations
                torn, offset = torn + chunk.torn_count, chunk.offset
            places.append((path.name, offset, records.mark(path, offset)))
        with self._writing():
            added = self.apply(operations)
            self._connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", places)
        return Caught(added, torn)

    def apply(self, operations: Iterable[Operation]) -> int:
        """Take in operations; those it has change nothing.

        Returns:
            How many were new.

        Raises:
            StoreError: The index could not be written; then it is as it was.
        """
        with self._writing():
            return Intake(self._connection, operations).apply()

    @contextmanager
    def _writing(self) -> Generator[None]:
        """All of it or nothing; within another, it is part of that."""
        if self._connection.in_transaction:
            yield
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"the index of the memory could not be written: {error}") from error
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _forget(self) -> None:
        self._connection.execute("INSERT INTO found(found) VALUES ('delete-all')")
        for table in ("files", "lines", "links", "records", "said", "stems"):
            self._connection.execute(f"DELETE FROM {table}")
        self._connection.execute("UPDATE sizes SET records = 0, words = 0")
