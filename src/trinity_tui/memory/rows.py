"""How a line and a record stand in the index's tables: what of them is looked for, and in which form."""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import memory
from trinity_tui.core.memory import about, plain, slot, slot_of_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trinity_tui.core.memory import Operation, Record

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
INSERT_LINE = "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_RECORD = "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
UNFIND = "INSERT INTO found(found, rowid, text, about, date) SELECT 'delete', number, text, about, date FROM records"
_encoder = msgspec.json.Encoder()


def line_row(line: Operation, fingerprint: str) -> tuple[object, ...]:
    """Of ``lines``; the fingerprint is that of its text, empty where it says nothing."""
    time, content = line.time.timestamp(), memory.encode(line)
    if not fingerprint:
        return line.id, None, None, None, None, time, time, content
    since = time if line.valid_from is None else line.valid_from.timestamp()
    stream = _stream(line.computer, line.author, line.session)
    return line.id, same_of(line, fingerprint), stream, slot(line) or None, about(line) or None, time, since, content


def record_row(record: Record, number: int | None) -> tuple[object, ...]:
    """Of ``records``; without a number, it gets the next."""
    disputable = record.subject and record.predicate and record.value
    return (
        number, record.id, same_of(record, record.sha256), record.kind, record.time, record.valid_from,
        math.inf if record.invalid_at is None else record.invalid_at, record.is_retracted,
        f"{plain(record.subject)}\x1f{plain(record.predicate)}" if disputable else None, listed(*record.authors),
        listed(*record.tags) if record.tags else "", *texts(record), encoded(record),
    )  # fmt: skip


def encoded(record: Record) -> bytes:
    """The record as it stands in its row."""
    return _encoder.encode(record)


def same_of(one: Operation | Record, fingerprint: str) -> int:
    """Equal for what says the same, as ``fold`` has it: a text, and the value it states of something if it does.

    64 bits of a hash, which SQLite compares as one number; two things that share it are folded together whenever one
    of them is, which changes neither.
    """
    if one.subject and one.predicate and one.value:
        stated = "\x1f".join((fingerprint, plain(one.subject), plain(one.predicate), plain(one.value)))
        fingerprint = hashlib.sha256(stated.encode("utf-8", "surrogatepass")).hexdigest()
    number = int(fingerprint[:16], 16)
    return number - (1 << 64) if number >> 63 else number


def targets(line: Operation) -> list[str]:
    """What it has a say in, besides its own text."""
    if line.op == "add":
        return list(line.supersedes)
    if line.op == "move":
        return [slot_of_key(line, key) for key in line.lines]
    return [line.target] if line.target else []


def text_length(record: Record) -> int:
    """How long its text is, in words."""
    return record.text.count(" ") + 1


def resolved(resolutions: Iterable[Operation], lines: Mapping[str, Operation]) -> Iterator[tuple[str, str]]:
    """Of which things resolutions speak, among lines by their id: rows of ``resolved``."""
    for one in resolutions:
        holds = lines.get(one.target) if one.op == "resolve" else None
        if holds is not None and (thing := about(holds)):
            yield thing, one.id


@lru_cache(maxsize=65_536)
def _stream(*parts: str) -> int:
    """What a line was said in: before and after it there is what the same author said in the same session."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big", signed=True)


def listed(*names: str) -> str:
    """Names so that each can be looked for as a part."""
    return f"\x1f{names[0]}\x1f" if len(names) == 1 else "".join(f"\x1f{name}\x1f" for name in names)


def texts(record: Record) -> tuple[str, str, str]:
    """What is searched of it: its text, what it is about, its date."""
    parts = (record.subject, record.predicate, record.value, *record.tags, record.path)
    thing = " ".join(filter(None, parts)) if any(parts) else ""
    return record.text.replace("\0", " "), thing.replace("\0", " "), _date_words(int(record.time // 86_400))


@lru_cache(maxsize=4096)
def _date_words(day: int) -> str:
    """A day since the epoch as the words a person looks for it by."""
    date = datetime.fromtimestamp(day * 86_400, UTC)
    return f"{date:%Y-%m-%d} {_MONTHS[date.month - 1]}"
