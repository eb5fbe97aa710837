"""One run of an instance as the log tells it: the newest of each kind of thing, and how many there were before."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from trinity_tui.core.handoff.measures import Event, EventKind, Origin
from trinity_tui.core.message import parse_time
from trinity_tui.core.redact import LOOKED_AT, redact

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

T = TypeVar("T")
KEPT = 20
"""Of each list, the newest; how many there were before is told."""
EVENTS_KEPT = 200
OPEN_KEPT = 50
LINE_CHARACTERS = 600
OWN_WORDS = "In its own words: "
"""Begins what only the instance itself says of its session."""
ACCOMPLISHED = "accomplished"
"""What a ``session`` message of an instance is about, in its metadata's ``part``; any other is for who comes next."""


class Lines(msgspec.Struct):
    """The newest lines of something, and how many there were before."""

    lines: list[str] = []
    before: int = 0

    def add(self, text: str) -> None:
        """One more; the oldest goes where there are too many."""
        self.lines.append(text)
        if len(self.lines) > KEPT:
            del self.lines[0]
            self.before += 1

    def told(self) -> tuple[str, ...]:
        """All of it."""
        return ((f"… and {self.before} before",) if self.before else ()) + tuple(self.lines)


class Assigned(msgspec.Struct, frozen=True):
    """A task it has."""

    title: str
    token: int
    """The position of its assignment: who shows another one has it no more."""
    origin: Origin


class Life(msgspec.Struct):
    """One run of an instance, so far."""

    who: str
    epoch: int = 0
    """0: it has not begun; what is for it is kept for when it does."""
    started: float = 0.0
    """In seconds since the epoch."""
    began: str = ""
    """Why it was started, in words."""
    role: str = ""
    brain: str = ""
    before: str = ""
    """The block of its session before."""
    ended_epoch: int = 0
    """The run before; an older word about it begins nothing."""
    heir: str = ""
    """Who goes on with its work, as the person wants it."""
    leaving: str = ""
    """Why it is being stopped."""
    tasks: dict[str, Assigned] = {}
    asked: dict[str, str] = {}
    """What waits for its answer, by message: who asks what."""
    waits: dict[str, str] = {}
    """What it waits for from the person."""
    done: Lines = msgspec.field(default_factory=Lines)
    found: Lines = msgspec.field(default_factory=Lines)
    trouble: Lines = msgspec.field(default_factory=Lines)
    claimed: Lines = msgspec.field(default_factory=Lines)
    """What it accomplished, in its own words."""
    left: Lines = msgspec.field(default_factory=Lines)
    """What it leaves for the next instance in its own words."""
    checks: dict[str, str] = {}
    """How what it checked came out last."""
    exchanges: int = 0
    """With a model."""
    events: list[Event] = []


class Ended(msgspec.Struct, frozen=True):
    """A life that is over and not written down yet."""

    life: Life
    ended: float
    how: str


def line(text: str, most: int = LINE_CHARACTERS) -> str:
    """A text in one line, cut; keys in it are hidden before, as half of one is not known for one any more."""
    said = " ".join(redact(text[: LOOKED_AT * most]).split())
    return said if len(said) <= most else f"{said[: most - 1]}…"


def seconds(message: Message) -> float:
    """When it was said, since the epoch."""
    try:
        return parse_time(message.timestamp)
    except ValueError:
        return 0.0


def keep(kept: dict[str, T], key: str, value: T, most: int) -> None:
    """Put it last; the oldest goes where there are too many."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]


def note(life: Life, message: Message, kind: EventKind, key: str, value: str = "", origin: Origin = "self") -> None:
    """Keep an event of a life, for measuring; its block is named once it is written."""
    life.events.append(Event(kind, "", seconds(message), life.who, origin, key, value, message.id))
    del life.events[:-EVENTS_KEPT]
