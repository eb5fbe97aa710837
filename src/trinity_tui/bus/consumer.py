"""One instance's queue: what is for it in the log, by priority, until it is acknowledged.

At least once: what was delivered and not acknowledged comes again after a restart. An answer in the log is an
acknowledgement, so a message answered just before a kill is not answered again.

::

    log ──► queued ──next──► delivered ──ack, answered──► done
              ▲                  │
              └─── back-off ── retry ──(once too often)──► dead
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import dead
from trinity_tui.bus.backlog import Backlog
from trinity_tui.bus.dead import DeadLetter
from trinity_tui.bus.teller import Teller
from trinity_tui.core import address, message, record
from trinity_tui.core.errors import BusError, MessageError
from trinity_tui.core.message import Message
from trinity_tui.core.record import DamagedLine, Position

if TYPE_CHECKING:
    from trinity_tui.bus.backlog import Entry
    from trinity_tui.bus.source import Home, Source

MAX_DELIVER = 5
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


class Consumer:
    """What is for one instance. Made by ``Bus.consumer``; belongs to the loop it was made in."""

    def __init__(self, bus: Home, name: str, role: str, source: Source, max_deliver: int) -> None:
        self.name = name
        self.role = role
        self._bus = bus
        self._source = source
        self._max_deliver = max_deliver
        self._backlog = Backlog()
        self._pending: dict[Position, Entry] = {}
        """All that is not done with, in the log's order."""
        self._out: set[Position] = set()
        """What was delivered and not given back."""
        self._owed: list[Position] = []
        """What is done with without having been delivered, and not yet noted so."""
        self._teller = Teller(bus, name, lambda: source.many_position)
        self._changed = asyncio.Event()
        self._is_caught_up = False
        self._failure: BusError | None = None
        self._start = asyncio.create_task(self._catch_up(), name=f"bus consumer {name}: catching up")

    async def _catch_up(self) -> None:
        await self._source.start(self._on_news, self._drain)
        self._is_caught_up = True
        self._changed.set()

    async def _caught_up(self) -> None:
        if not self._is_caught_up:
            await asyncio.wait([self._start])
            if self._start.cancelled():
                raise BusError("the bus is closed")
            self._start.result()

    def _on_news(self) -> None:
        if not self._is_caught_up or self._failure:
            return
        try:
            if not self._drain():
                self._source.check_there()
            elif self._source.is_behind:
                asyncio.get_running_loop().call_soon(self._on_news)
        except BusError as error:
            self._failure = error
        self._changed.set()

    def _drain(self) -> bool:
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
        self._pending[entry.position] = entry
        if self._is_expired(entry):
            self._out.add(entry.position)  # As if taken: the backlog never had it, and must not be told to forget it.
            self._expire(entry)
            return
        if entry.is_tracked:
            self._teller.received(entry)
        retry = self._source.acks.retries.get(entry.position)
        self._backlog.add(entry, now, None if retry is None else now + min(retry[1] - self._bus.wall_clock(), 60.0))

    def _forget_answered(self) -> None:
        """At a start, an own answer in the log is the acknowledgement that a kill kept us from writing."""
        answered = self._source.take_answered()
        if not self._is_caught_up:
            for position in answered:
                if position in self._pending:
                    self._owed.append(position)
                    self._finish(self._pending[position])

    def _note_owed(self) -> None:
        while self._owed:
            try:
                self._note_done(self._owed[-1])
            except BusError as error:
                _log.warning("consumer %s: %s", self.name, error)
                return
            self._owed.pop()

    def _note_done(self, position: Position) -> None:
        self._source.acks.ack(position)
        self._source.settled(position)

    def _is_expired(self, entry: Entry) -> bool:
        return entry.expires is not None and entry.expires <= self._bus.wall_clock()

    def _expire(self, entry: Entry) -> None:
        self._owed.append(entry.position)
        self._finish(entry)
        if entry.is_tracked:
            self._teller.expired(entry)

    def _finish(self, entry: Entry) -> None:
        """An entry is done with; what notes it durably came before, or is owed."""
        del self._pending[entry.position]
        if entry.position in self._out:
            self._out.remove(entry.position)
        else:
            self._backlog.discard(entry)
        self._teller.done(entry)

    def _low(self) -> Position:
        return next(iter(self._pending), self._source.position)

    def _take_news(self) -> None:
        if self._failure:
            raise self._failure
        while self._drain():
            pass

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return len(self._backlog)

    def has_urgent(self) -> bool:
        """Whether an urgent message waits, counting what was appended up to now."""
        if self._is_caught_up:
            self._take_news()
        return self._backlog.has_urgent(self._bus.clock())

    async def wait(self) -> None:
        """Return when a message can be taken.

        Raises:
            BusError: The log was deleted, or the bus closed.
        """
        await self._caught_up()
        self._take_news()
        while not self._backlog.is_ready(self._bus.clock()):
            await self._sleep()
            self._take_news()

    async def next(self) -> Delivery:
        """The next message: the most pressing, then the oldest.

        Raises:
            BusError: The log was deleted, or the bus closed.
        """
        await self._caught_up()
        while (delivery := self.next_nowait()) is None:
            await self._sleep()
        return delivery

    def next_nowait(self) -> Delivery | None:
        """The next message if there is one; None also until the log's end of the start has been reached.

        Raises:
            BusError: The log was deleted, or the bus closed.
        """
        if not self._is_caught_up:
            return None
        self._take_news()
        while entry := self._backlog.pop(self._bus.clock()):
            self._out.add(entry.position)
            if self._is_expired(entry):
                self._expire(entry)
                self._note_owed()
            elif delivery := self._deliver(entry):
                return delivery
        return None

    async def _sleep(self) -> None:
        self._changed.clear()
        due = self._backlog.next_due()
        if due is None:
            await self._changed.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - self._bus.clock())):
                await self._changed.wait()

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
            self._out.remove(entry.position)
            self._backlog.add_again(entry, self._bus.clock() + FIRST_RETRY_SECONDS)
            raise

    def ack(self, delivery: Delivery) -> None:
        """A message is done with; noted durably when this returns. A second time does nothing.

        Raises:
            BusError: It could not be noted; the message counts as not done with.
        """
        entry = self._pending.get(delivery.position)
        if entry is None:
            return
        self._note_done(entry.position)
        self._finish(entry)
        if self._source.acks.is_long():
            try:
                self._source.acks.compact(self._low())
            except BusError as error:
                _log.warning("consumer %s: %s", self.name, error)

    def retry(self, delivery: Delivery, reason: str) -> None:
        """A message could not be handled: it comes again after a while, or was tried often enough and is a dead letter.

        Raises:
            BusError: It could not be noted; the message counts as delivered still.
        """
        entry = self._pending.get(delivery.position)
        if entry is None or entry.position not in self._out:
            return
        if entry.attempt >= self._max_deliver:
            self._bury(entry, reason)
            return
        pause = min(FIRST_RETRY_SECONDS * 2 ** (entry.attempt - 1), LONGEST_RETRY_SECONDS)
        self._source.acks.retry(entry.position, entry.attempt + 1, self._bus.wall_clock() + pause)
        entry.attempt += 1
        self._out.remove(entry.position)
        self._backlog.add_again(entry, self._bus.clock() + pause)
        self._changed.set()

    def give_up(self, delivery: Delivery, reason: str) -> None:
        """A message will not be handled, however often it is tried: it is a dead letter at once.

        Raises:
            BusError: It could not be noted; the message counts as delivered still.
        """
        entry = self._pending.get(delivery.position)
        if entry is not None and entry.position in self._out:
            self._bury(entry, reason)

    def _bury(self, entry: Entry, reason: str) -> None:
        if self._source.is_gone(entry):
            self._finish(entry)
            return
        line = self._source.fetch(entry).decode(errors="replace")
        letter = DeadLetter(
            consumer=self.name,
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

    async def answered(self, delivery: Delivery, reply: Message) -> Position:
        """Publish the answer to a message, which acknowledges it; returns where the answer stands.

        Raises:
            MessageError: The answer is not from this consumer, or may not be published.
            BusError: It could not be written; the message counts as not done with.
        """
        if reply.from_ != self.name:
            raise MessageError("from", f"an answer of {self.name} cannot be from {reply.from_!r}")
        if reply.reply_to != delivery.message.id:
            reply = msgspec.structs.replace(reply, reply_to=delivery.message.id)
        [position] = await self._bus.publish(reply)
        entry = self._pending.get(delivery.position)
        if entry is not None:
            # Said is said, also where there is no room to note it: it must not be answered again for that.
            self._owed.append(entry.position)
            self._finish(entry)
            self._note_owed()
        return position

    def read(self, delivery: Delivery) -> None:
        """A message has entered the brain's context: its sender will know."""
        entry = self._pending.get(delivery.position)
        if entry and entry.is_tracked:
            self._teller.read(entry)

    async def aclose(self) -> None:
        """Tell what is still to be told and give everything back; what is not acknowledged comes again."""
        self._failure = BusError("the bus is closed")
        self._start.cancel()
        await asyncio.wait([self._start])
        if not self._start.cancelled():
            self._start.exception()
        self._bus.forget(self)
        await self._teller.aclose()
        with suppress(BusError):  # Only saves the next start some reading.
            if self._is_caught_up:
                self._source.acks.advance(self._low())
        await self._source.aclose()
        self._changed.set()


def check_consumer(name: str, role: str) -> None:
    """Refuse what cannot be a consumer: its name becomes a folder's.

    Raises:
        MessageError: It is no id, or no role.
    """
    if not (address.is_instance_id(name) or name in (address.HUMAN, address.COORDINATOR)):
        raise MessageError("to", f"{name!r} is no instance, 'human' or 'coordinator'")
    if role and address.ROLE_ALIASES.get(role, role) not in address.ROLES:
        raise MessageError("to", f"{role!r} is no role ({', '.join(address.ROLES)})")
