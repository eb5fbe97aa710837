"""What they know together: a line of the shared memory, and the record that lines add up to.

A line (``Operation``) is what one message did; lines are only ever added, on each computer to a file of its own. A
``Record`` is what the lines say together (``core.memory_fold``); nothing but lines makes one.

======== ==============================================================================
add      says something; with ``supersedes`` in place of what was said before
retract  takes ``target`` back, by who said it, the person or the coordinator
resolve  of the values that contradict each other, ``target`` states the one that holds
move     findings of the author's that stand at other ``lines`` of their files now
======== ==============================================================================
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

import msgspec

Kind = Literal["fact", "decision", "preference", "failure", "howto", "question", "finding"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Op = Literal["add", "retract", "resolve", "move"]
OPS: tuple[Op, ...] = get_args(Op)
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone; RFC 3339 in a line."""
Order = tuple[float, str, str]
"""What operations are put in order by: time, computer, id. No two of them are equal."""

TEXT_CHARACTERS = 4_000
"""What is kept of a text: a record is a sentence or two, not a document."""
SOURCES_MOST = 50
"""So many sources of a record are named; how often it was said is counted."""
_DAY = 86_400.0
HALF_LIFE_SECONDS: dict[str, float] = {"finding": 30 * _DAY, "question": 30 * _DAY, "failure": 90 * _DAY}
"""Kinds that age: after so long, one counts half in a search. The others never do."""


class Operation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line of a memory file."""

    v: int = 1
    op: Op = "add"
    id: str
    """The message's; a line of an id that is already there changes nothing."""
    time: Moment
    author: str
    computer: str = ""
    """Where it was said, such as ``C1``."""
    session: str = ""
    kind: Kind = "fact"
    text: str = ""
    subject: str = ""
    """What a value is stated of, such as ``refresh()``."""
    predicate: str = ""
    """What of it, such as ``timeout``."""
    value: str = ""
    """What it is said to be, such as ``30 s``."""
    tags: tuple[str, ...] = ()
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    valid_from: Moment | None = None
    """From when on it holds, where that is not when it was said."""
    expires: Moment | None = None
    supersedes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """The messages it rests on."""
    target: str = ""
    """What is retracted, or holds."""
    key: str = ""
    """What an author knows it by: said again with the same key, it replaces what was said before."""
    path: str = ""
    line: int = 0
    lines: dict[str, int] = {}
    """By key, where moved findings stand now."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Something that was said, once or often. Times are seconds since the epoch."""

    id: str
    """The id of the first message that said it."""
    kind: Kind
    text: str
    subject: str = ""
    predicate: str = ""
    value: str = ""
    tags: tuple[str, ...] = ()
    author: str
    """Who said it first."""
    authors: tuple[str, ...]
    """Everybody who said it, in the order of their first time."""
    computer: str = ""
    session: str = ""
    time: float
    """When it was said first."""
    last: float
    """When it was said last."""
    said: int = 1
    """How often."""
    confidence: float = 1.0
    valid_from: float
    invalid_at: float | None = None
    """From when on it no longer holds: superseded, or over."""
    ended_by: str = ""
    """The id of what superseded or retracted it."""
    is_retracted: bool = False
    supersedes: tuple[str, ...] = ()
    sources: tuple[str, ...]
    """The messages that said it, then those it rests on."""
    path: str = ""
    line: int = 0
    sha256: str
    """Of the normalised text."""

    def holds(self, at: float) -> bool:
        """Whether it is what is known of a moment."""
        return not self.is_retracted and self.valid_from <= at and (self.invalid_at is None or at < self.invalid_at)

    def state(self, now: float) -> str:
        """``stands``, ``retracted``, ``superseded``, ``expired`` or ``to come``."""
        if self.is_retracted:
            return "retracted"
        if self.holds(now):
            return "stands"
        if now < self.valid_from:
            return "to come"
        return "superseded" if self.ended_by else "expired"


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Operation)


def encode(operation: Operation) -> bytes:
    """The operation as a line, without its end."""
    return _encoder.encode(operation)


def decode(line: bytes) -> Operation:
    """The operation a line holds; keys of a newer version are passed over.

    Raises:
        msgspec.DecodeError: It holds none.
    """
    return _decoder.decode(line)


def order(operation: Operation) -> Order:
    """Where it comes among others."""
    return operation.time.timestamp(), operation.computer, operation.id


def about(operation: Operation) -> str:
    """What it states a value of, as it is compared; empty where it states none."""
    if not (operation.subject and operation.predicate and operation.value):
        return ""
    return f"{plain(operation.subject)}\x1f{plain(operation.predicate)}"


def slot(operation: Operation) -> str:
    """The place in memory that its author fills anew with every operation of this slot; empty where it fills none."""
    place = f"key\x1f{operation.key}" if operation.key else about(operation)
    return f"{operation.computer}\x1f{operation.author}\x1f{place}" if place else ""


def slot_of_key(operation: Operation, key: str) -> str:
    """The slot of another key of the same author's."""
    return f"{operation.computer}\x1f{operation.author}\x1fkey\x1f{key}"


def plain(text: str) -> str:
    """A subject, predicate or value as it is compared."""
    return " ".join(text.casefold().split())
