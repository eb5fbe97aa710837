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
from trinity_tui.core.memory import Operation, Record, decode, plain
from trinity_tui.core.memory_fold import Contradiction, contradictions
from trinity_tui.memory import database, records
from trinity_tui.memory.build import build, uncollected
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


class _Read(msgspec.Struct, frozen=True):
    """What files have from some places on."""

    operations: list[Operation]
    places: list[tuple[str, int, str]]
    """How far each was read, and what tells it is still the same."""
    torn: int


class Index:
    """The index, open.

    Args:
        path: Its file.
        connection: To it.
        inode: Of the file: another file of the same name is another index.
        is_read_only: Whether another process writes it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, inode: int, is_read_only: bool) -> None:
        self.path = path
        self.inode = inode
        self._connection = connection
        self._is_read_only = is_read_only

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Index:
        """Open it; the writer's is made where there is none that can be used.

        Raises:
            StoreError: It cannot be written; or, to read, there is none (yet).
        """
        if read_only:
            return cls(path, *database.attend(path), True)
        return cls(path, *database.create(path), False)

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
        if database.inode_of(self.path) != self.inode:
            connection, inode = database.attend(self.path)
            self._connection.close()
            self._connection, self.inode = connection, inode

    def find(self, name: str) -> list[Record]:
        """The records a message said, by its id: one, unless its text came and went."""
        same = "SELECT record FROM records WHERE same = (SELECT same FROM lines WHERE id = ?) ORDER BY time"
        found = [_decoder.decode(row[0]) for row in self.query(same, (name,))]
        return [one for one in found if one.id == name] or [one for one in found if name in one.sources] or found

    def named(self, names: Iterable[str]) -> list[Record]:
        """The records of these ids, in that order; those there are none of are left out."""
        wanted = list(names)
        rows = self.query(
            "SELECT r.id, r.record FROM lines l JOIN records r ON r.same = l.same AND r.id = l.id"
            " WHERE l.id IN (SELECT value FROM json_each(?)) ORDER BY r.time",
            (msgspec.json.encode(wanted).decode(),),
        )  # fmt: skip
        found = {name: _decoder.decode(record) for name, record in rows}
        return [found[name] for name in wanted if name in found]

    def newest(self, most: int, since: float = -math.inf) -> list[Record]:
        """The newest that were not retracted, the newest first."""
        rows = self.query(
            "SELECT record FROM records WHERE time > ? AND NOT retracted ORDER BY time DESC, id DESC LIMIT ?",
            (since, most),
        )  # fmt: skip
        return [_decoder.decode(row[0]) for row in rows]

    def ended(self, since: float, until: float, most: int) -> list[Record]:
        """Those that were superseded or retracted between two moments, the last first."""
        rows = self.query(
            "SELECT record FROM records WHERE invalid_at < 9e999 AND invalid_at > ? AND invalid_at <= ?"
            " AND json_extract(CAST(record AS TEXT), '$.ended_by') <> '' ORDER BY invalid_at DESC, id DESC LIMIT ?",
            (since, until, most),
        )  # fmt: skip
        return [_decoder.decode(row[0]) for row in rows]

    def statements(self, names: Iterable[str]) -> list[Operation]:
        """What was said by the messages of these ids, in that order; those that said nothing are left out."""
        wanted = list(names)
        rows = self.query(
            "SELECT line FROM lines WHERE id IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(wanted).decode(),),
        )  # fmt: skip
        said = {one.id: one for one in (decode(row[0]) for row in rows) if one.op == "add"}
        return [said[name] for name in wanted if name in said]

    def replaced(self, record: Record) -> list[str]:
        """The ids of those that stated something else of the same thing until this one did, the newest first."""
        if not (record.subject and record.predicate and record.value):
            return []
        rows = self.query(
            "SELECT record FROM records WHERE disputable = ? AND invalid_at < 9e999 AND NOT retracted"
            " ORDER BY time DESC, id DESC",
            (f"{plain(record.subject)}\x1f{plain(record.predicate)}",),
        )  # fmt: skip
        before = [_decoder.decode(row[0]) for row in rows]
        return [one.id for one in before if one.ended_by in {record.id, *record.sources}]

    def contradicted(self, records: Iterable[Record], at: float) -> set[str]:
        """The ids of those of the records that something contradicts at a moment."""
        things = {f"{plain(one.subject)}\x1f{plain(one.predicate)}" for one in records if one.subject and one.predicate}
        rows = self.query(
            "SELECT record FROM records WHERE disputable IN (SELECT value FROM json_each(?1))"
            " AND NOT retracted AND valid_from <= ?2 AND invalid_at > ?2",
            (msgspec.json.encode(sorted(things)).decode(), at),
        )  # fmt: skip
        against = contradictions([_decoder.decode(row[0]) for row in rows], at)
        return {name for one in against for claim in one.claims for name in claim.record_ids}

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
        if files and not known and not self.query("SELECT EXISTS (SELECT 1 FROM lines)")[0][0]:
            return self._build(files)
        read = _read(files, {name: offset for name, (offset, _) in known.items()})
        with self._writing():
            added = self.apply(read.operations)
            self._connection.executemany(_KEEP_PLACE, read.places)
        return Caught(added, read.torn)

    def rebuild(self, files: Iterable[Path]) -> Caught:
        """Make it anew from the files; who reads the old one meanwhile turns to the new one with the next question.

        Raises:
            StoreError: A file could not be read, or the index not be written; then it is as it was.
        """
        return msgspec.structs.replace(self._build(sorted(files)), is_rebuilt=True)

    def _build(self, files: Sequence[Path]) -> Caught:
        try:
            with uncollected(), database.beside(self.path) as fresh:
                read = _read(files, {})
                added = build(fresh, read.operations)
                fresh.executemany(_KEEP_PLACE, read.places)
                # Open no longer than the file is there: SQLite would take the log of the new one for its own.
                self._connection.close()
        finally:
            self._connection.close()
            self._connection, self.inode = database.create(self.path)
        return Caught(added, read.torn)

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


_KEEP_PLACE = "INSERT OR REPLACE INTO files VALUES (?, ?, ?)"


def _read(files: Sequence[Path], offsets: dict[str, int]) -> _Read:
    torn = 0
    operations: list[Operation] = []
    places: list[tuple[str, int, str]] = []
    for path in files:
        offset = offsets.get(path.name, 0)
        while (chunk := records.read(path, offset)).offset > offset:
            operations += chunk.operations
            torn, offset = torn + chunk.torn_count, chunk.offset
        places.append((path.name, offset, records.mark(path, offset)))
    return _Read(operations, places, torn)
