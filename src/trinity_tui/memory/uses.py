"""Which records of the memory brains were shown, and which they named in their answers: what helps is told from what
never does.

Counts stay on this computer: one file an instance, written by it, put aside when it grows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

How = Literal["shown", "recalled", "cited"]
LIMIT_BYTES = 4 * 1024 * 1024
_WORD = re.compile(r"[\w.:-]+")


class Use(msgspec.Struct, frozen=True):
    """What became of records in one turn."""

    at: str
    turn: str
    """The id of the message that was answered."""
    how: How
    """Shown unasked, found by a search of its own, or named in what it said."""
    records: tuple[str, ...]


class Counts(msgspec.Struct):
    """How often a record was used."""

    shown: int = 0
    recalled: int = 0
    cited: int = 0
    last: str = ""
    """When last; RFC 3339."""
    by: list[str] = []
    """By whom."""


def journal(path: Path) -> Journal[Use]:
    """An instance's uses, to add to."""
    return Journal[Use](path, Use, LIMIT_BYTES)


def cited(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Those of the records that a text names."""
    words = set(_WORD.findall(text)) if known else set[str]()
    return tuple(name for name in known if name in words)


def count(instances: Path) -> dict[str, Counts]:
    """By record, how often it was used by the instances of a workspace; what cannot be read counts for nothing."""
    found: dict[str, Counts] = {}
    for name, use in _all(instances):
        for record in use.records:
            counts = found.setdefault(record, Counts())
            setattr(counts, use.how, getattr(counts, use.how) + 1)
            counts.last = max(counts.last, use.at)
            if name not in counts.by:
                counts.by.append(name)
    return found


def _all(instances: Path) -> Iterator[tuple[str, Use]]:
    for path in sorted(instances.glob("*/memory_use.jsonl")):
        kept = journal(path)
        yield from ((path.parent.name, use) for file in (kept.put_aside, path) for use in _lines(journal(file)))


def _lines(kept: Journal[Use]) -> Iterable[Use]:
    try:
        return list(kept.lines())
    except StoreError:
        return []
