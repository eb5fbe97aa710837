"""What somebody who was away wants to hear of: counts that only grow, the newest events, and who decided what.

Folded from the log with everything else, so that a digest of any number of messages is a difference of counts and a
few rows. A mark keeps the counts of a moment; what came after it is the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core import address, typed
from trinity_tui.core.record import Position
from trinity_tui.core.usage_account import spent_of

if TYPE_CHECKING:
    from trinity_tui.core.message import Message
    from trinity_tui.core.room import FlowRow

EventKind = Literal["crash", "restart", "parked", "storm", "done", "failed", "alert", "to_you", "gap"]
Decided = Literal["approval", "question", "dead", "parked", "storm"]
TO_YOU = frozenset({"chat", "answer", "message", "question"})
EVENTS_KEPT = 300
DECISIONS_KEPT = 200
MARKS_KEPT = 300
"""At one in ten minutes, as long as something happens: two days and nights."""
MOMENT_CHARACTERS = 15
"""``2026-11-21T22:1``: of a time, so much is equal within ten minutes."""


class Event(msgspec.Struct, frozen=True):
    """One thing that happened."""

    kind: EventKind
    who: str
    text: str
    id: str
    """Of the message that says it, or of the task."""
    position: Position
    at: str
    epoch: int = 0
    """Which run of it a crash ended; 0 where that is not said."""


class Decision(msgspec.Struct, frozen=True):
    """What was decided about something that had waited for the person."""

    kind: Decided
    id: str
    """Of the message that asked or was given up; of the instance, where one was held."""
    sender: str
    text: str
    verdict: str
    by: str
    at: str
    asked_at: str
    position: Position
    word: str = ""
    """What was said with it."""
    via: str = ""
    """Where it was decided, as the face says of itself: which terminal, which computer."""


class Mark(msgspec.Struct, frozen=True):
    """The counts of a moment."""

    at: str = ""
    position: Position = 0
    """What stands here or later came after it."""
    count: int = 0
    """How many records there were."""
    totals: dict[str, int] = {}


class Diary(msgspec.Struct):
    """The counts, the events and the decisions of a log."""

    totals: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    """By what is counted: findings, each kind of event, decisions, tokens, microdollars."""
    events: list[Event] = msgspec.field(default_factory=list[Event])
    decisions: list[Decision] = msgspec.field(default_factory=list[Decision])
    marks: list[Mark] = msgspec.field(default_factory=list[Mark])

    def fold(self, message: Message, row: FlowRow, count: int) -> bool:
        """Note a message that is an event by itself; whether anything was noted.

        Args:
            message: As it stands in the log.
            row: The same, cut.
            count: How many records were folded, this one included.
        """
        is_marked = message.from_ == address.COORDINATOR and self._mark(row, count)
        if message.type == "finding":
            self._count("findings")
        elif message.type == "alert":
            self.note("alert", message.from_, row)
        elif message.to == address.HUMAN and message.type in TO_YOU and message.from_ != address.COORDINATOR:
            self.note("to_you", message.from_, row)
        else:
            return is_marked
        return True

    def spent(self, message: Message) -> None:
        """An exchange with a model was paid for."""
        said = spent_of(message.metadata) or {}
        for name in ("input_tokens", "output_tokens", "microdollars"):
            self._count(name, max(0, min(10**12, typed.whole(said, name))))

    def note(
        self, kind: EventKind, who: str, row: FlowRow, text: str | None = None, about: str = "", epoch: int = 0
    ) -> None:
        """Something happened.

        Args:
            kind: What.
            who: To whom, or who did it.
            row: The message that says so.
            text: What is said of it; the message's own text where not given.
            about: The id of what it is about; the message's where empty.
            epoch: Which run of it ended so; 0 for none.
        """
        self._count(kind)
        said = row.text if text is None else text
        self.events.append(Event(kind, who, said, about or row.id, row.position, row.timestamp, epoch))
        del self.events[:-EVENTS_KEPT]

    def decide(self, decision: Decision) -> None:
        """Something that waited was decided."""
        self._count("decisions")
        self.decisions.append(decision)
        del self.decisions[:-DECISIONS_KEPT]

    def _count(self, name: str, by: int = 1) -> None:
        self.totals[name] = self.totals.get(name, 0) + by

    def _mark(self, row: FlowRow, count: int) -> bool:
        # Only the coordinator's clock is asked: what another one says could hold back every later mark.
        at, last = row.timestamp, self.marks[-1].at if self.marks else ""
        if at[:MOMENT_CHARACTERS] <= last[:MOMENT_CHARACTERS]:
            return False
        self.marks.append(Mark(at, row.position, count - 1, dict(self.totals)))
        del self.marks[:-MARKS_KEPT]
        return True

    def mark(self, at: str, position: Position, count: int) -> Mark:
        """The counts as they are now."""
        return Mark(at, position, count, dict(self.totals))

    def mark_before(self, at: str) -> Mark:
        """The counts at a moment, or the nearest one before it that is kept; all of the log where none is.

        Args:
            at: RFC 3339 in UTC.
        """
        return next((mark for mark in reversed(self.marks) if mark.at <= at), Mark())
