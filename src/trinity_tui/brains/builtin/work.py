"""The builtin brain's heavy work as orders and reports, for a child process (``python -m`` this package).

Syntax trees take memory and time that an instance, which answers pings, does not have. One order on stdin, one
report on stdout, JSON both. What was learned of unchanged files is kept in a cache file between children. An instance
imports this for the orders alone, so what carries them out is imported where it is done.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.brains.builtin.defect import Defect

if TYPE_CHECKING:
    from trinity_tui.brains.builtin.facts import Stamp

ANSWER_SECONDS = 10.0
"""How long changed files are read before a question is answered."""
CHANGED_NAMED = 200
FRESH_MOST = 200
"""New defects in one report: whoever asked for it stays small, and asks again."""
T = TypeVar("T")


class SurveyOrder(msgspec.Struct, frozen=True, tag="survey"):
    """Look the workspace over."""

    root: str
    cache: str
    known: list[str]
    """The keys of defects that were reported before."""
    limit_seconds: float = 60.0


class SurveyReport(msgspec.Struct, frozen=True, tag="survey"):
    """What is there now, and which of the known ones are gone."""

    defects: list[Defect]
    """The known ones that stand, and the gravest of the others."""
    defect_count: int
    """How many there are in all."""
    gone: list[str]
    file_count: int
    parsed_count: int
    is_complete: bool


class AnswerOrder(msgspec.Struct, frozen=True, tag="answer"):
    """Answer a question about the workspace."""

    root: str
    cache: str
    question: str
    defects: list[Defect]
    status: str
    colleagues: list[tuple[str, str, str, str]]


class AnswerReport(msgspec.Struct, frozen=True, tag="answer"):
    """The answer, and the places it rests on."""

    text: str
    citations: list[tuple[str, int]]
    is_understood: bool
    """Whether the question was of a kind this brain knows; else the nearest places were named."""


class ChangesOrder(msgspec.Struct, frozen=True, tag="changes"):
    """Say which files changed since the last such order."""

    root: str
    cache: str


class ChangesReport(msgspec.Struct, frozen=True, tag="changes"):
    """What changed; of many, the names of the first ones."""

    fingerprint: str
    """The same for the same files, sizes and times of change."""
    changed: list[str]
    changed_count: int


Order = SurveyOrder | AnswerOrder | ChangesOrder
Report = SurveyReport | AnswerReport | ChangesReport


def main() -> int:
    """Do the one order that stands on stdin."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(carry_out(order)))
    return 0


def carry_out(order: Order) -> Report:
    """Do one order."""
    match order:
        case SurveyOrder():
            return survey(order)
        case AnswerOrder():
            return reply(order)
        case ChangesOrder():
            return changes(order)


def survey(order: SurveyOrder) -> SurveyReport:
    """Look over what changed since the cache was written, and write it anew."""
    from trinity_tui.brains.builtin.survey import Survey

    result = Survey(Path(order.root)).run(time.time(), _stamps(order.cache), order.limit_seconds)
    _keep(order.cache, result.stamps)
    known = set(order.known)
    fresh = [defect for defect in result.defects if defect.key not in known][:FRESH_MOST]
    kept = {defect.key for defect in fresh} | known
    return SurveyReport(
        [defect for defect in result.defects if defect.key in kept], len(result.defects), result.gone(order.known),
        result.file_count, result.parsed_count, result.is_complete,
    )  # fmt: skip


def reply(order: AnswerOrder) -> AnswerReport:
    """Answer with what is in the files now."""
    from trinity_tui.brains.builtin.answer import INTENTS, answer
    from trinity_tui.brains.builtin.survey import Survey

    root, cached = Path(order.root), _stamps(order.cache)
    result = Survey(root).run(time.time(), cached, ANSWER_SECONDS)
    _keep(order.cache, result.stamps)
    found = answer(order.question, root, order.defects, order.status, order.colleagues, stamps=result.stamps)
    # The last kind of question takes whatever none of the others knew.
    is_understood = any(intent.pattern.search(order.question[:2000]) for intent in INTENTS[:-1])
    return AnswerReport(found.text, list(found.citations), is_understood)


def changes(order: ChangesOrder) -> ChangesReport:
    """Compare the files with those of the last such order."""
    from trinity_tui.brains.builtin.files import list_files

    before = _read(order.cache, dict[str, tuple[int, int]])
    now = {entry.path: (entry.mtime_ns, entry.size) for entry in list_files(Path(order.root))}
    _keep(order.cache, now)
    changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
    fingerprint = hashlib.sha256(msgspec.json.encode(sorted(now.items()))).hexdigest()
    return ChangesReport(fingerprint, changed[:CHANGED_NAMED], len(changed))


def _stamps(cache: str) -> dict[str, Stamp]:
    from trinity_tui.brains.builtin.facts import Stamp

    return _read(cache, dict[str, Stamp])


def _read(cache: str, shape: type[dict[str, T]]) -> dict[str, T]:
    try:
        return msgspec.json.decode(Path(cache).read_bytes(), type=shape)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}  # a cache: without it every file is looked at again


def _keep(cache: str, content: object) -> None:
    fresh = Path(f"{cache}.{os.getpid()}")
    try:
        fresh.write_bytes(msgspec.json.encode(content))
        fresh.replace(cache)
    except OSError:
        # A full disk costs the next child time, not this one its report.
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
