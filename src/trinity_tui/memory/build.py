"""The whole index at once, from all lines there are: one fold, then rows, and the indexes over them after them.

While SQLite indexes the words in a thread, the rows of the lines are made. ``memory.intake`` makes the same of lines
that come in pieces.
"""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trinity_tui.core.memory_fold import fold, unique
from trinity_tui.core.words import fingerprint
from trinity_tui.memory.database import INDEXES
from trinity_tui.memory.rows import (
    INSERT_LINE,
    INSERT_RECORD,
    UNFIND,
    line_row,
    record_row,
    resolved,
    targets,
    text_length,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Iterable

    from trinity_tui.core.memory import Operation, Record


@contextmanager
def uncollected() -> Generator[None]:
    """Let nobody look for garbage meanwhile: lines refer to nothing, and going through them takes a fifth more time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def build(database: sqlite3.Connection, operations: Iterable[Operation]) -> int:
    """Fill an empty index that has its tables and not yet its indexes.

    Returns:
        How many lines it has.

    Raises:
        sqlite3.Error: It could not be written.
    """
    lines = unique(operations)
    shas = {name: fingerprint(one.text) for name, one in lines.items() if one.op == "add"}
    records = fold(lines.values(), shas)
    database.executemany(INSERT_RECORD, (record_row(one, number) for number, one in enumerate(records, 1)))
    with ThreadPoolExecutor(1, "memory-index") as pool:
        indexed = pool.submit(_index_words, database)
        rows = [line_row(one, shas.get(name, "")) for name, one in lines.items()]
        indexed.result()
    database.executemany(INSERT_LINE, rows)
    linked = {(target, name) for name, one in lines.items() for target in targets(one)}
    database.executemany("INSERT INTO links VALUES (?, ?)", sorted(linked))
    database.executemany("INSERT OR IGNORE INTO resolved VALUES (?, ?)", resolved(lines.values(), lines))
    _measure(database, [one for one in records if not one.is_retracted])
    for sql in INDEXES:
        database.execute(sql)
    return len(lines)


def _index_words(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO found(found) VALUES ('rebuild')")
    database.execute(f"{UNFIND} WHERE retracted")
    database.execute("INSERT INTO stems SELECT term, doc FROM vocabulary")


def _measure(database: sqlite3.Connection, records: list[Record]) -> None:
    database.execute("UPDATE sizes SET records = ?, words = ?", (len(records), sum(map(text_length, records))))
