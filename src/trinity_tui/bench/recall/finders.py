"""Those that look for the evidence: Trinity's memory, what one writes first with SQLite, and a library that stems.

All of them get the same words of every line: its text, what it is about and its date.
"""

from __future__ import annotations

import importlib
import importlib.util
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from trinity_tui.bench.beside import OURS
from trinity_tui.bench.recall.judge import FIRST
from trinity_tui.core.words import STOP_WORDS, stem, words
from trinity_tui.memory.index import Index
from trinity_tui.memory.search import Query, search

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.recall.judge import Finder
    from trinity_tui.bench.recall.made_up import Log, Question
    from trinity_tui.core.memory import Operation
    from trinity_tui.memory.second import Second

FTS5, LIBRARY = "fts5", "bm25s"
NAMES = (FTS5, LIBRARY)


def missing(name: str) -> str:
    """What is not installed; empty where nothing is."""
    return name if name == LIBRARY and importlib.util.find_spec(name) is None else ""


@contextmanager
def opened(name: str, log: Log) -> Generator[Finder]:
    """One of them, over a log."""
    yield from {OURS: _ours, FTS5: _fts5, LIBRARY: _library}[name](log)


def all_words(line: Operation) -> str:
    """Every word there is to find it by."""
    parts = (line.text, line.subject, line.predicate, line.value, *line.tags, f"{line.time:%Y-%m-%d}")
    return " ".join(filter(None, parts))


def _ours(log: Log) -> Generator[Finder]:
    with (
        TemporaryDirectory(prefix="trinity-bench-") as folder,
        closing(Index.open(Path(folder) / "memory.db")) as index,
    ):
        index.apply(log.lines)
        yield searched(index, log)


def searched(index: Index, log: Log, ranker: Second | None = None) -> Finder:
    """Trinity's search in an index of the log, with a second ranker or without."""

    def find(question: Question) -> list[set[str]]:
        query = Query(text=question.text, now=log.end, as_of=question.as_of, limit=FIRST)
        return [set(hit.record.sources) for hit in search(index, query, ranker)]

    return find


def _fts5(log: Log) -> Generator[Finder]:
    """Any of the words, by SQLite's own ranking."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE VIRTUAL TABLE lines USING fts5 (words)")
        database.executemany("INSERT INTO lines VALUES (?)", ((all_words(line),) for line in log.lines))

        def find(question: Question) -> list[set[str]]:
            expression = " OR ".join(f'"{word}"' for word in words(question.text))
            sql = f"SELECT rowid FROM lines WHERE lines MATCH ? ORDER BY rank LIMIT {FIRST}"
            return [{log.lines[int(number) - 1].id} for (number,) in database.execute(sql, (expression,))]

        yield find


def _library(log: Log) -> Generator[Finder]:
    """BM25 over stems without stop words."""
    library: Any = importlib.import_module(LIBRARY)
    ranked = library.BM25()
    ranked.index([_tokens(all_words(line)) for line in log.lines], show_progress=False)

    def find(question: Question) -> list[set[str]]:
        numbers, scores = ranked.retrieve([_tokens(question.text)], k=FIRST, show_progress=False)
        found = zip(numbers[0], scores[0], strict=True)
        return [{log.lines[int(number)].id} for number, score in found if score > 0]

    yield find


def _tokens(text: str) -> list[str]:
    return [stem(word) for word in words(text) if word not in STOP_WORDS]
