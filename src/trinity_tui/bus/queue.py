"""One instance's queue: what is for it in the log, by priority, until it is acknowledged.

At least once: what was delivered and not acknowledged comes again after a restart. An answer in the log is an
acknowledgement, so a message answered just before a kill is not answered again.

::

    log ──► queued ──hand out──► delivered ──ack, answered──► done
              ▲                      │
              └───── back-off ──── retry ──(once too often)──► dead

It never waits: who calls it when is ``consumer``'s.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import dead
from trinity_tui.bus.backlog import Backlog
from trinity_tui.bus.dead import DeadLetter
from trinity_tui.bus.teller import Teller
from trinity_tui.core import message, record
from trinity_tui.core.errors import BusError
from trinity_tui.core.message import Message
from trinity_tui.core.record import DamagedLine, Position

if TYPE_CHECKING:
    from trinity_tui.bus.backlog import Entry
    from trinity_tui.bus.source import Home, Source

FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 60.0
_REASON_CHARACTERS = 2000
_log = logging.getLogger(__name__)


class Delivery(msgspec.Struct, frozen=True):
    """A message handed to its consumer."""

    position: Position
    message: Message
    attempt: int
    """1 the first time."""


class Queue:
    """What is for one consumer and not done with.

    Args:
        bus: Whose log.
        name: The consumer.
        source: Where its entries come from, and where is noted what it is done with.
        max_deliver: How often a message is delivered until it is a dead letter.
    """

    def __init__(self, bus: Home, name: str, source: Source, max_deliver: int) -> None:
        self.is_catching_up = True
        """Whether the log's end of the start is still to be reached."""
        self._bus = bus
        self._name = name
        self._source = source
        self._max_deliver = max_deliver
        self._backlog = Backlog()
        self._undone: dict[Position, Entry] = {}
        """All that is not done with, in the log's order."""
        self._delivered: set[Position] = set()
        """What of it was delivered and not given back."""
        self._owed: list[Position] = []
        """What is done with without having been delivered, and not yet noted so."""
        self._teller = Teller(bus, name, lambda: source.many_position)

    def __len__(self) -> int:
        return len(self._backlog)

    # Taking in

    def take_in(self) -> bool:
        """Take in the next piece of the log; False at its end."""
        entries = self._source.entries()
        if entries is None:
            return False
        now = self._bus.clock()
        for entry in entries:
            self._admit(entry, now)
        self._owed += self._source.take_repeated()
        self._forget_answered()
        self._note_owed()
        low = self._low()
        if low - self._source.acks.low >= self._source.advance:
            with suppress(BusError):  # A cache of the start's work: the next piece tries again.
                self._source.acks.advance(low)
        return True

    def _admit(self, entry: Entry, now: float) -> None:
        self._undone[entry.position] = entry
        if self._is_expired(entry):
            # As if taken: the backlog never had it, and must not be told to forget it.
            self._delivered.add(entry.position)
            self._expire(entry)
            return
        if entry.is_tracked:
            self._teller.received(entry)
        retry = self._source.acks.retries.get(entry.position)
        self._backlog.add(entry, now, None if retry is None else now + min(retry[1] - self._bus.wall_clock(), 60.0))

    def _forget_answered(self) -> None:
        """At a start, an own answer in the log is the acknowledgement that a kill kept us from writing."""
        answered = self._source.take_answered()
        if self.is_catching_up:
            for position in answered:
                if position in self._undone:
                    self._owed.append(position)
                    self._finish(self._undone[position])

    # Handing out

    def has_urgent(self) -> bool:
        """Whether the next message is an urgent one."""
        return self._backlog.has_urgent(self._bus.clock())

    def is_ready(self) -> bool:
        """Whether a message may be taken."""
        return self._backlog.is_ready(self._bus.clock())

    def next_due(self) -> float | None:
        """When the next of those that are to be tried again may be taken; monotonic seconds."""
        return self._backlog.next_due()

    def hand_out(self) -> Delivery | None:
        """The most pressing message, the oldest of several; None where none may be taken yet.

        Raises:
            BusError: It could not be read; it comes again.
        """
        while entry := self._backlog.pop(self._bus.clock()):
            self._delivered.add(entry.position)
            if self._is_expired(entry):
                self._expire(entry)
                self._note_owed()
            elif delivery := self._deliver(entry):
                return delivery
        return None

    def _deliver(self, entry: Entry) -> Delivery | None:
        try:
            text = self._source.fetch(entry)
            return Delivery(entry.position, record.decode(text), entry.attempt)
        except DamagedLine:
            # Its sum held but it is no message, or the disk changed it since: nothing that could be handled.
            self._bus.stats_now.damaged += 1
            self._owed.append(entry.position)
            self._finish(entry)
            self._note_owed()
            return None
        except BusError:
            if self._source.is_gone(entry):
                self._finish(entry)
                return None
            self._give_back(entry, FIRST_RETRY_SECONDS)
            raise

    def _give_back(self, entry: Entry, pause: float) -> None:
        self._delivered.remove(entry.position)
        self._backlog.add_again(entry, self._bus.clock() + pause)

    # What becomes of what was handed out

    def read(self, position: Position) -> None:
        """A message has entered the brain's context: its sender will know."""
        entry = self._undone.get(position)
        if entry and entry.is_tracked:
            self._teller.read(entry)

    def ack(self, position: Position) -> None:
        """A message is done with; noted durably when this returns. A second time does nothing.

        Raises:
            BusError: It could not be noted; the message counts as not done with.
        """
        entry = self._undone.get(position)
        if entry is None:
            return
        self._note_done(entry.position)
        self._finish(entry)
        if self._source.acks.is_long():
            try:
                self._source.acks.compact(self._low())
            except BusError as error:
                _log.warning("consumer %s: %s", self._name, error)

    def answered(self, position: Position) -> None:
        """The answer to a message is in the log, which acknowledges it."""
        entry = self._undone.get(position)
        if entry is not None:
            # Said is said, also where there is no room to note it: it must not be answered again for that.
            self._owed.append(entry.position)
            self._finish(entry)
            self._note_owed()

    def retry(self, position: Position, reason: str) -> None:
        """A message could not be handled: it comes again after a while, or was tried often enough and is a dead letter.

        Raises:
            BusError: It could not be noted; the message counts as delivered still.
        """
        if position not in self._delivered:
            return
        entry = self._undone[position]
        if entry.attempt >= self._max_deliver:
            self._bury(entry, reason)
            return
        pause = min(FIRST_RETRY_SECONDS * 2 ** (entry.attempt - 1), LONGEST_RETRY_SECONDS)
        self._source.acks.retry(entry.position, entry.attempt + 1, self._bus.wall_clock() + pause)
        entry.attempt += 1
        self._give_back(entry, pause)

    def give_up(self, position: Position, reason: str) -> None:
        """A message will not be handled, however often it is tried: it is a dead letter at once.

        Raises:
            BusError: It could not be noted; the message counts as delivered still.
        """
        if position in self._delivered:
            self._bury(self._undone[position], reason)

    def _bury(self, entry: Entry, reason: str) -> None:
        if self._source.is_gone(entry):
            self._finish(entry)
            return
        line = self._source.fetch(entry).decode(errors="replace")
        letter = DeadLetter(
            consumer=self._name,
            position=entry.position,
            attempts=entry.attempt,
            reason=reason[:_REASON_CHARACTERS],
            at=message.format_time(self._bus.wall_clock()),
            line=line,
        )
        dead.bury(self._bus.dead, letter)
        self._note_done(entry.position)
        self._finish(entry)
        if entry.is_tracked:
            self._teller.dead(entry)

    # Being done with it

    def _is_expired(self, entry: Entry) -> bool:
        return entry.expires is not None and entry.expires <= self._bus.wall_clock()

    def _expire(self, entry: Entry) -> None:
        self._owed.append(entry.position)
        self._finish(entry)
        if entry.is_tracked:
            self._teller.expired(entry)

    def _finish(self, entry: Entry) -> None:
        """An entry is done with; what notes it durably came before, or is owed."""
        del self._undone[entry.position]
        if entry.position in self._delivered:
            self._delivered.remove(entry.position)
        else:
            self._backlog.discard(entry)
        self._teller.done(entry)

    def _note_owed(self) -> None:
        while self._owed:
            try:
                self._note_done(self._owed[-1])
            except BusError as error:
                _log.warning("consumer %s: %s", self._name, error)
                return
            self._owed.pop()

    def _note_done(self, position: Position) -> None:
        self._source.acks.ack(position)
        self._source.settled(position)

    def _low(self) -> Position:
        return next(iter(self._undone), self._source.position)

    async def aclose(self) -> None:
        """Tell what is still to be told, and note how far everything is done with."""
        await self._teller.aclose()
        if not self.is_catching_up:
            with suppress(BusError):  # Only saves the next start some reading.
                self._source.acks.advance(self._low())
