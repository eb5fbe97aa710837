"""Operations on their way into the index: which records can change with them, and those put in place of the old ones.

What one line can change is never far: its text's record, what it supersedes or is about, and what its author said
before it in the same slot. ``_touched`` finds those texts, and from which moment on; ``_Surroundings`` every line that
has a say in them since then; ``fold`` does the rest. So a line costs as much after ten thousand others in its slot as
after ten.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import memory
from trinity_tui.core.memory_fold import fold, unique
from trinity_tui.core.words import fingerprint, stems
from trinity_tui.memory.rows import (
    INSERT_LINE,
    INSERT_RECORD,
    UNFIND,
    encoded,
    line_row,
    record_row,
    resolved,
    same_of,
    targets,
    text_length,
    texts,
)
from trinity_tui.memory.surroundings import Surroundings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from trinity_tui.core.memory import Operation, Record


class Intake:
    """Some operations, within a transaction of the index's.

    Args:
        connection: To the index.
        operations: In any order; those that are known already change nothing.
    """

    def __init__(self, connection: sqlite3.Connection, operations: Iterable[Operation]) -> None:
        self._run = connection.execute
        self._run_many = connection.executemany
        self._around = Surroundings(connection)
        self._given = unique(operations)

    def apply(self) -> int:
        """Take them in.

        Returns:
            How many were new.
        """
        known = self._around.lines("id", self._given)
        merged = {name: unique([one, known.get(name, one)])[name] for name, one in self._given.items()}
        fresh = [one for name, one in merged.items() if known.get(name) != one]
        replaced = [known[one.id] for one in fresh if one.id in known]
        touched = self._around.touched(replaced)
        self._forget_lines(replaced)
        self._write_lines(fresh)
        for same, since in self._around.touched(fresh).items():
            touched[same] = min(since, touched.get(same, since))
        self._renew(touched)
        return len(fresh) - len(replaced)

    def _write_lines(self, operations: list[Operation]) -> None:
        for one in operations:
            self._run(INSERT_LINE, line_row(one, fingerprint(one.text) if one.op == "add" else ""))
            self._run_many("INSERT OR IGNORE INTO links VALUES (?, ?)", [(name, one.id) for name in targets(one)])
        lines = {one.id: one for one in operations}
        lines |= self._around.lines("id", [one.target for one in operations if one.op == "resolve"])
        speaking = self._around.linked(lines) | lines
        self._run_many("INSERT OR IGNORE INTO resolved VALUES (?, ?)", resolved(speaking.values(), lines))

    def _forget_lines(self, operations: Iterable[Operation]) -> None:
        for one in operations:
            self._run("DELETE FROM lines WHERE id = ?", (one.id,))
            self._run_many("DELETE FROM links WHERE target = ? AND id = ?", [(name, one.id) for name in targets(one)])

    def _renew(self, touched: Mapping[int, float]) -> None:
        """Put what records these texts make now in the place of those they made before.

        Args:
            touched: The texts, each with the moment from which on it can have changed.
        """
        cuts = {same: self._around.cut(same, since) for same, since in touched.items()}
        lines = self._around.of(cuts)
        shas = {name: fingerprint(one.text) for name, one in lines.items() if one.op == "add"}
        after = [
            one for one in fold(lines.values(), shas)
            if (cut := cuts.get(same_of(one, one.sha256))) is not None and one.valid_from >= cut
        ]  # fmt: skip
        before = self._around.records(cuts)
        fresh = [one for one in after if before.pop(encoded(one), None) is None]
        self._remove(before)
        self._add(fresh)

    def _remove(self, records: dict[bytes, int]) -> None:
        numbers = [(number,) for number in records.values()]
        self._run_many(f"{UNFIND} WHERE number = ? AND NOT retracted", numbers)
        self._run_many("DELETE FROM records WHERE number = ?", numbers)
        gone = (msgspec.json.decode(record, type=memory.Record) for record in records)
        self._count([record for record in gone if not record.is_retracted], -1)

    def _add(self, records: list[Record]) -> None:
        for record in records:
            number = self._run(INSERT_RECORD, record_row(record, None)).lastrowid
            if not record.is_retracted:
                self._run("INSERT INTO found(rowid, text, about, date) VALUES (?, ?, ?, ?)", (number, *texts(record)))
        self._count([record for record in records if not record.is_retracted], 1)

    def _count(self, records: list[Record], sign: int) -> None:
        """Count in how many records each stem is, the records, and how long they are."""
        counts = Counter(name for record in records for name in {*stems(" ".join(texts(record)))})
        sql = "INSERT INTO stems VALUES (?1, ?2) ON CONFLICT DO UPDATE SET records = records + ?2"
        self._run_many(sql, [(stem, sign * count) for stem, count in counts.items()])
        sizes = (sign * len(records), sign * sum(map(text_length, records)))
        self._run("UPDATE sizes SET records = records + ?, words = words + ?", sizes)
