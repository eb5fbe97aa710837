"""Operations on their way into the index: which records can change with them, and those put in place of the old ones.

What one line can change is never far: its text's record, what it supersedes or is about, and what its author said in
the same slot. ``_touched`` finds those texts, ``_neighbourhood`` every line that has a say in them, ``fold`` does the
rest.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trinity_tui.core import memory
from trinity_tui.core.memory import about, plain, slot, slot_of_key
from trinity_tui.core.memory_fold import fold, unique
from trinity_tui.core.words import fingerprint, stems
from trinity_tui.memory.database import INDEXES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from trinity_tui.core.memory import Operation, Record

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_encoder = msgspec.json.Encoder()


class Intake:
    """Some operations, within a transaction of the index's.

    Args:
        connection: To the index.
        operations: In any order; those that are known already change nothing.
    """

    def __init__(self, connection: sqlite3.Connection, operations: Iterable[Operation]) -> None:
        self._run = connection.execute
        self._run_many = connection.executemany
        self._given = unique(operations)

    def apply(self) -> int:
        """Take them in.

        Returns:
            How many were new.
        """
        if not self._run("SELECT EXISTS (SELECT 1 FROM lines)").fetchone()[0]:
            return self._begin()
        known = self._lines("id", self._given)
        merged = {name: unique([one, known.get(name, one)])[name] for name, one in self._given.items()}
        fresh = [one for name, one in merged.items() if known.get(name) != one]
        replaced = [known[one.id] for one in fresh if one.id in known]
        touched = self._touched(replaced)
        self._forget_lines(replaced)
        self._write_lines(fresh)
        self._renew(touched | self._touched(fresh))
        return len(fresh) - len(replaced)

    def _begin(self) -> int:
        """The first: all at once, and the indexes after it, sorted."""
        for name in INDEXES:
            self._run(f"DROP INDEX {name}")
        self._write_lines(self._given.values())
        found = fold(self._given.values())
        self._run_many(_INSERT, ((number, *_row(record)) for number, record in enumerate(found, 1)))
        self._place(enumerate(found, 1), self._given)
        self._run("INSERT INTO found(found) VALUES ('rebuild')")
        self._run(f"{_UNFIND} WHERE retracted")
        for name, on in INDEXES.items():
            self._run(f"CREATE INDEX {name} {on}")
        self._run("INSERT INTO stems SELECT term, doc FROM vocabulary")
        self._measure([record for record in found if not record.is_retracted], 1)
        return len(self._given)

    def _write_lines(self, operations: Iterable[Operation]) -> None:
        rows: list[tuple[object, ...]] = []
        links: list[tuple[str, str]] = []
        for one in operations:
            same, place, thing = _places(one)
            rows.append((one.id, same, place or None, thing or None, memory.encode(one)))
            links += [(target, one.id) for target in _targets(one)]
        self._run_many("INSERT INTO lines VALUES (?, ?, ?, ?, ?)", rows)
        self._run_many("INSERT OR IGNORE INTO links VALUES (?, ?)", links)

    def _forget_lines(self, operations: Iterable[Operation]) -> None:
        for one in operations:
            self._run("DELETE FROM lines WHERE id = ?", (one.id,))
            self._run_many("DELETE FROM links WHERE target = ? AND id = ?", [(name, one.id) for name in _targets(one)])

    def _touched(self, operations: Iterable[Operation]) -> set[bytes]:
        """The texts whose records these can change."""
        heads = {one.id: one for one in operations if one.op == "add"}
        others = [one for one in operations if one.op != "add"]
        heads |= self._lines("id", [one.target for one in others if one.target])
        heads |= self._lines("slot", [name for one in others if one.op == "move" for name in _targets(one)])
        superseded = self._lines("id", [name for one in heads.values() for name in one.supersedes])
        found = heads | superseded | self._beside(heads)
        return {_same(one) for one in found.values() if one.op == "add"}

    def _beside(self, operations: dict[str, Operation]) -> dict[str, Operation]:
        """What was said in the same slots, and of the same things."""
        slots = {name for one in operations.values() if (name := slot(one))}
        things = {name for one in operations.values() if (name := about(one))}
        return self._lines("slot", slots) | self._lines("about", things)

    def _neighbourhood(self, touched: set[bytes]) -> dict[str, Operation]:
        """Every line that has a say in what records these texts make."""
        said = self._lines("same", touched)
        said |= self._beside(said)
        slots = {name for one in said.values() if (name := slot(one))}
        linked = self._linked([*said, *slots])
        return said | linked | self._linked(linked)

    def _linked(self, names: Iterable[str]) -> dict[str, Operation]:
        """What names these as its target."""
        return self._decoded("SELECT line FROM links JOIN lines USING (id) WHERE target IN wanted", names)

    def _lines(self, column: str, values: Iterable[str | bytes]) -> dict[str, Operation]:
        return self._decoded(f"SELECT line FROM lines WHERE {column} IN wanted", values)

    def _decoded(self, sql: str, values: Iterable[str | bytes]) -> dict[str, Operation]:
        found = (memory.decode(line) for (line,) in self._rows(sql, values))
        return {one.id: one for one in found}

    def _rows(self, sql: str, values: Iterable[str | bytes]) -> list[tuple[Any, ...]]:
        """Rows for the values that stand in the table ``wanted`` meanwhile."""
        self._run("DELETE FROM temp.wanted")
        self._run_many("INSERT OR IGNORE INTO temp.wanted VALUES (?)", ((value,) for value in values))
        return self._run(sql).fetchall()

    def _renew(self, touched: set[bytes]) -> None:
        """Put what records these texts make now in the place of those they made before."""
        lines = self._neighbourhood(touched)
        after = [one for one in fold(lines.values()) if _same_of(one) in touched]
        rows = self._rows("SELECT record, number FROM records WHERE same IN wanted", touched)
        before: dict[bytes, int] = dict(rows)
        fresh = [one for one in after if before.pop(_encoder.encode(one), None) is None]
        self._remove(before)
        self._add(fresh, lines)

    def _remove(self, records: dict[bytes, int]) -> None:
        numbers = [(number,) for number in records.values()]
        self._run_many(f"{_UNFIND} WHERE number = ? AND NOT retracted", numbers)
        self._run_many("DELETE FROM records WHERE number = ?", numbers)
        self._run_many("DELETE FROM said WHERE number = ?", numbers)
        gone = (msgspec.json.decode(record, type=memory.Record) for record in records)
        self._count([record for record in gone if not record.is_retracted], -1)

    def _add(self, records: list[Record], lines: Mapping[str, Operation]) -> None:
        placed: list[tuple[int, Record]] = []
        for record in records:
            number = cast("int", self._run(_INSERT, (None, *_row(record))).lastrowid)
            placed.append((number, record))
            if not record.is_retracted:
                self._run("INSERT INTO found(rowid, text, about, date) VALUES (?, ?, ?, ?)", (number, *_texts(record)))
        self._place(placed, lines)
        self._count([record for record in records if not record.is_retracted], 1)

    def _place(self, records: Iterable[tuple[int, Record]], lines: Mapping[str, Operation]) -> None:
        """Note where each was said, so that what was said before and after it is found."""
        rows = (
            (stream(line), line.time.timestamp(), line.id, number)
            for number, record in records
            if not record.is_retracted
            for name in record.sources
            if (line := lines.get(name)) is not None and _says(line, record)
        )  # fmt: skip
        self._run_many("INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?)", rows)

    def _count(self, records: list[Record], sign: int) -> None:
        """Count in how many records each stem is."""
        counts = Counter(name for record in records for name in {*stems(" ".join(_texts(record)))})
        sql = "INSERT INTO stems VALUES (?1, ?2) ON CONFLICT DO UPDATE SET records = records + ?2"
        self._run_many(sql, [(stem, sign * count) for stem, count in counts.items()])
        self._measure(records, sign)

    def _measure(self, records: list[Record], sign: int) -> None:
        """Count the records, and how long they are."""
        size = sum(record.text.count(" ") + 1 for record in records)
        self._run("UPDATE sizes SET records = records + ?, words = words + ?", (sign * len(records), sign * size))


_INSERT = "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UNFIND = "INSERT INTO found(found, rowid, text, about, date) SELECT 'delete', number, text, about, date FROM records"


def _says(line: Operation, record: Record) -> bool:
    """Whether it is one of the statements the record is made of, and not only something it rests on."""
    return line.id == record.id or (
        line.op == "add" and fingerprint(line.text) == record.sha256
        and record.time <= line.time.timestamp() <= record.last
    )  # fmt: skip


def _places(one: Operation) -> tuple[bytes | None, str, str]:
    return (_same(one), slot(one), about(one)) if one.op == "add" else (None, "", "")


def _targets(one: Operation) -> list[str]:
    """What it has a say in, besides its own text."""
    if one.op == "add":
        return list(one.supersedes)
    if one.op == "move":
        return [slot_of_key(one, key) for key in one.lines]
    return [one.target] if one.target else []


def _same(one: Operation) -> bytes:
    """Equal for operations of one text."""
    return bytes.fromhex(fingerprint(one.text))[:16]


def _same_of(record: Record) -> bytes:
    return bytes.fromhex(record.sha256)[:16]


def stream(line: Operation) -> str:
    """What it was said in: before and after it there is what the same author said in the same session."""
    return f"{line.computer}\x1f{line.author}\x1f{line.session}"


def _row(record: Record) -> tuple[object, ...]:
    disputable = record.subject and record.predicate and record.value
    return (
        record.id, _same_of(record), record.kind, record.time, record.valid_from,
        math.inf if record.invalid_at is None else record.invalid_at, record.is_retracted,
        f"{plain(record.subject)}\x1f{plain(record.predicate)}" if disputable else None, listed(*record.authors),
        listed(*record.tags), *_texts(record),
        _encoder.encode(record),
    )  # fmt: skip


def listed(*names: str) -> str:
    """Names so that each can be looked for as a part."""
    return "".join(f"\x1f{name}\x1f" for name in names)


def _texts(record: Record) -> tuple[str, str, str]:
    """What is searched of it: its text, what it is about, its date."""
    thing = " ".join(filter(None, (record.subject, record.predicate, record.value, *record.tags, record.path)))
    return record.text.replace("\0", " "), thing.replace("\0", " "), date_words(record.time)


def date_words(seconds: float) -> str:
    """A time as the words a person looks for it by."""
    return _day_words(int(seconds // 86_400))


@lru_cache(maxsize=4096)
def _day_words(day: int) -> str:
    date = datetime.fromtimestamp(day * 86_400, UTC)
    return f"{date:%Y-%m-%d} {_MONTHS[date.month - 1]}"
