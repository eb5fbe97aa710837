"""What the coordinator answers about the memory, in shapes; an answer that has none of them is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.core.memory import Record
from trinity_tui.core.memory_fold import Contradiction

if TYPE_CHECKING:
    from collections.abc import Iterable

Shape = TypeVar("Shape")


class Use(msgspec.Struct, frozen=True):
    """How often instances used a record."""

    shown: int = 0
    recalled: int = 0
    cited: int = 0
    last: str = ""
    by: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How often in all."""
        return self.shown + self.recalled


class Known(Record, frozen=True, kw_only=True, gc=True):
    """A record in a list."""

    standing: str = msgspec.field(default="stands", name="state")
    """Its state when it was asked for."""
    score: float = 0.0
    parts: dict[str, float] = {}
    """What makes the score; empty where nothing was looked for."""
    why: str = ""
    lacks: tuple[str, ...] = ()
    """What is looked for and it does not say; nothing where it is a match, else it is only near."""
    is_contradicted: bool = False
    use: Use = Use()


class Statement(msgspec.Struct, frozen=True):
    """What one message said."""

    id: str
    author: str
    time: float
    kind: str
    text: str


class Shown(Known, frozen=True, kw_only=True):
    """A record with all that is known of it."""

    contradictions: tuple[Contradiction, ...] = ()
    related: dict[str, Known] = {}
    """What ended it and what contradicts it, by id."""
    replaced: tuple[Statement, ...] = ()
    statements: tuple[Statement, ...] = ()
    """Those of its sources that are something remembered themselves."""


class Counts(msgspec.Struct, frozen=True):
    """How much is new."""

    added: int = 0
    superseded: int = 0
    retracted: int = 0
    contradicted: int = 0

    @property
    def total(self) -> int:
        """What a person has not seen: what superseded something is among what was added."""
        return self.added + self.retracted


class News(msgspec.Struct, frozen=True):
    """What came to be known since the person looked."""

    since: float
    now: float
    records: tuple[Known, ...] = ()
    superseded: tuple[Known, ...] = ()
    retracted: tuple[Known, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    counts: Counts = Counts()


class Kept(msgspec.Struct, frozen=True):
    """What became of something the person said."""

    id: str = ""
    kept: bool = True
    """Whether it can be found already."""


class Theme(msgspec.Struct, frozen=True):
    """Something that several records are about."""

    subject: str
    statement: str
    record_ids: tuple[str, ...]
    authors: tuple[str, ...]


class Solution(msgspec.Struct, frozen=True):
    """What failed, and what was found to help."""

    failure: str
    solution: str
    record_ids: tuple[str, ...]


class Together(msgspec.Struct, frozen=True):
    """What the records say together."""

    themes: tuple[Theme, ...] = ()
    questions: tuple[Contradiction, ...] = ()
    solutions: tuple[Solution, ...] = ()


def taken(answer: object, shape: type[Shape]) -> Shape | None:
    """An answer in its shape; None where it is something else."""
    try:
        return msgspec.convert(answer, shape, strict=False)
    except msgspec.ValidationError:
        return None


def all_taken(answer: object) -> list[Known]:
    """The records of a list."""
    return taken(answer, list[Known]) or []


def by_id(records: Iterable[Known]) -> dict[str, Known]:
    """Records by their ids, in their order."""
    return {record.id: record for record in records}
