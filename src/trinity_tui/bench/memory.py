"""What the search of the shared memory finds, beside plain FTS5 and a BM25 library, and what it costs at full size.

Found: on made-up logs with known evidence (``bench.recall``). The open half is what the ranking was worked on; only the
frozen half counts. Cost: a file of a hundred thousand lines, from the file to the index, and searches in it.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.beside import OURS, Row, Table
from trinity_tui.bench.recall import finders
from trinity_tui.bench.recall.judge import FIRST, judged
from trinity_tui.bench.recall.made_up import SORTS, Half, Question, written
from trinity_tui.bench.report import Report, narrate, quantile
from trinity_tui.memory.index import Index
from trinity_tui.memory.records import RecordFile
from trinity_tui.memory.search import Query, search

if TYPE_CHECKING:
    from trinity_tui.bench.options import Options
    from trinity_tui.core.memory import Operation

TARGET = 1.15
SEARCH_BAR_MS = 25.0
INDEX_BAR_MICROSECONDS = 50.0
"""A record; twenty thousand a second."""


class Size(msgspec.Struct, frozen=True):
    """How long a run is."""

    log_count: int
    """Of each half."""
    line_count: int
    search_count: int


FULL = Size(log_count=8, line_count=100_000, search_count=300)
QUICK = Size(log_count=2, line_count=5_000, search_count=50)


def measure(options: Options) -> Report:
    """Run the benchmark; every round gives the same finds, so there is one."""
    size = QUICK if options.quick else FULL
    report = Report(benchmark="memory", quick=options.quick)
    notes = [
        f"recall@{FIRST} and the mean reciprocal rank of the evidence; absent: how often nothing was found, rightly"
    ]
    peers = [name for name in options.chosen(finders.NAMES) if not finders.missing(name)]
    notes += [f"{name}: skipped, not installed" for name in options.chosen(finders.NAMES) if finders.missing(name)]
    table = Table(_rows(), [OURS, *peers])
    for half in ("frozen", "open"):
        narrate(f"{half} half …")
        _judge(table, half, size.log_count)
    report.compare(table, notes)
    narrate(f"{size.line_count:,} lines …")
    _cost(report, size)
    return report


def _rows() -> list[Row]:
    rows: list[Row] = []
    for half in ("frozen", "open"):
        for sort in ("all", *SORTS[:-1]):
            targets = {finders.LIBRARY: TARGET} if (half, sort) == ("frozen", "all") else {}
            rows += [
                Row(
                    key=f"{half} {sort} {figure}",
                    title=f"{half}, {sort}: {figure}",
                    unit="",
                    better="more",
                    targets=targets,
                )
                for figure in ("recall", "rank")
            ]
        rows.append(Row(key=f"{half} absent", title=f"{half}, absent", unit="", better="more"))
    return rows


def _judge(table: Table, half: Half, log_count: int) -> None:
    logs = [written(half, number) for number in range(log_count)]
    for peer in table.peers:
        verdicts = judged(peer, logs, finders.opened)
        for sort in ("all", *SORTS[:-1]):
            table.add(f"{half} {sort} recall", peer, verdicts[sort].recall)
            table.add(f"{half} {sort} rank", peer, verdicts[sort].mean_reciprocal_rank)
        absent = verdicts["absent"]
        table.add(f"{half} absent", peer, absent.silent / absent.asked)


def _cost(report: Report, size: Size) -> None:
    lines, questions, end = _long_log(size)
    with TemporaryDirectory(prefix="trinity-bench-") as folder:
        truth = Path(folder) / "C1.jsonl"
        RecordFile(truth).append(lines)
        with closing(Index.open(Path(folder) / "memory.db")) as index:
            began = time.perf_counter()
            index.catch_up([truth])
            seconds = time.perf_counter() - began
        with closing(Index.open(Path(folder) / "memory.db", read_only=True)) as index:
            delays = [_seconds(index, Query(text=one.text, now=end, as_of=one.as_of)) for one in questions]
    report.figure("from the file to the index", len(lines) / seconds, "records/s")
    report.figure("search, p50", 1000 * quantile(delays, 0.5), "ms")
    report.rail("a record into the index (µs)", 1e6 * seconds / len(lines), INDEX_BAR_MICROSECONDS)
    report.rail("search, p95 (ms)", 1000 * quantile(delays, 0.95), SEARCH_BAR_MS)


def _seconds(index: Index, query: Query) -> float:
    began = time.perf_counter()
    search(index, query)
    return time.perf_counter() - began


def _long_log(size: Size) -> tuple[list[Operation], list[Question], float]:
    """Many logs as one, each line a record of its own."""
    lines: list[Operation] = []
    questions: list[Question] = []
    number, end = 1_000, 0.0
    while len(lines) < size.line_count:
        log = written("open", number)
        lines += [msgspec.structs.replace(line, text=f"{line.text} See c{line.id[4:]}.") for line in log.lines]
        questions += log.questions
        number, end = number + 1, max(end, log.end)
    return lines[: size.line_count], Random(1).sample(questions, min(len(questions), size.search_count)), end
