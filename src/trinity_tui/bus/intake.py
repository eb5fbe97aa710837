"""From lines of the log to one consumer's entries: what is for it, not done with, and not a repetition.

Where the lines come from is the carrier's (``source``).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import bells
from trinity_tui.bus.backlog import Entry
from trinity_tui.core import address, limits, message, record
from trinity_tui.core.record import DamagedLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.bus.acks import Acks
    from trinity_tui.bus.carrier import Stats
    from trinity_tui.bus.source import Line
    from trinity_tui.core.record import Position, Routing


class _Waiting(msgspec.Struct, frozen=True):
    ack_by: str | None = None
    metadata: dict[str, object] = {}


_waiting = msgspec.json.Decoder(_Waiting)
_OURS = b'{"v":1,"id":"'
_TO = b'","to":"'
"""Only between fields: inside a text the second quote would have a backslash before it."""


class Intake:
    """Picks out of the log's lines what is for one consumer.

    Args:
        name: The consumer's id.
        role: Its role.
        acks: What it is done with.
        stats: Where damage is counted.
    """

    def __init__(self, name: str, role: str, acks: Acks, stats: Stats) -> None:
        self._name = name
        self._role = role
        self._acks = acks
        self._stats = stats
        self._seen: dict[str, Position] = {}
        self._order: deque[str] = deque()
        spellings = (
            name,
            address.BROADCAST,
            "all",
            address.EVERYWHERE,
            *(f"role:{known}" for known in (*address.ROLES, *address.ROLE_ALIASES)),
        )
        self._addresses = {to.encode() for to in spellings if address.reaches(to, "", name, role)}
        self._speaker = b'"from":"%s","to":"' % name.encode()
        self._answered: list[str] = []
        self._repeated: list[Position] = []

    def remember(self, lines: Iterable[Line], until: Position) -> None:
        """Note the ids of a stretch of the log that is done with.

        Args:
            lines: The stretch.
            until: From where on it is not.
        """
        for position, text in lines:
            routing = None if self._is_anothers(text) else self._routing(text)
            if routing and position < until and self._is_for_us(routing):
                self._note(routing.id, position)

    def take_answered(self) -> list[Position]:
        """Where the messages stand whose answers of this consumer's were met, each told once."""
        answered, self._answered = self._answered, []
        places = (self._seen.get(id_) for id_ in answered)
        return [position for position in places if position is not None]

    @property
    def repeated(self) -> set[Position]:
        """Where messages stand that were already taken, and that nobody was told of yet."""
        return set(self._repeated)

    def take_repeated(self) -> list[Position]:
        """Where messages stand that were already taken, each told once."""
        repeated, self._repeated = self._repeated, []
        return repeated

    def take(self, lines: Iterable[Line]) -> list[Entry]:
        """What the next lines hold for this consumer."""
        found: list[Entry] = []
        for position, text in lines:
            if self._is_anothers(text):
                continue
            routing = self._routing(text)
            if routing is None:
                self._stats.damaged += 1
                continue
            if routing.reply_to and routing.from_ == self._name:
                self._answered.append(routing.reply_to)
            if self._is_for_us(routing) and (entry := self._entry(position, text, routing)):
                found.append(entry)
        return found

    def _is_anothers(self, text: bytes) -> bool:
        """The cheap look: whether a line of our own shape is neither for this consumer nor from it, whole or not."""
        if not text.startswith(_OURS):
            return False
        start = text.find(_TO) + len(_TO)
        return text[start : text.find(b'"', start)] not in self._addresses and self._speaker not in text

    def _routing(self, text: bytes) -> Routing | None:
        try:
            return record.decode_routing(text)
        except DamagedLine:
            return None

    def _is_for_us(self, routing: Routing) -> bool:
        if routing.type in bells.BOOKKEEPING:
            return False
        return address.reaches(routing.to, routing.from_, self._name, self._role)

    def _entry(self, position: Position, text: bytes, routing: Routing) -> Entry | None:
        is_many = routing.to != self._name
        if position in self._acks.acked or (is_many and position < self._acks.many_from):
            self._note(routing.id, position)
            return None
        if (taken := self._seen.get(routing.id)) is not None:
            if taken != position:  # The same place again is a carrier's delivering twice.
                self._repeated.append(position)
            return None
        self._note(routing.id, position)
        entry = Entry(position, len(text), routing.id, routing.priority)
        entry.is_many = is_many
        entry.is_tracked = routing.type not in message.UNTRACKED
        entry.is_prompt = entry.is_tracked and _is_waited_for(text)
        entry.expires = _seconds(routing.expires_at)
        entry.attempt = self._acks.retries.get(position, (1, 0.0))[0]
        return entry

    def _note(self, id: str, position: Position) -> None:  # noqa: A002 - the field's word
        if not id or id in self._seen:
            return  # An older shape without one cannot be told from another.
        self._seen[id] = position
        self._order.append(id)
        if len(self._order) > limits.SEEN_IDS:
            # The oldest by a queue: asking a dictionary that is emptied from its front costs ever more.
            del self._seen[self._order.popleft()]


def _is_waited_for(text: bytes) -> bool:
    """Whether the sender waits to know of its delivery. The cheap look first: hardly any does."""
    if b'"ack_by"' not in text and b'"wait"' not in text:
        return False
    try:
        found = _waiting.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return found.ack_by is not None or found.metadata.get("wait") is True


def _seconds(time: str | None) -> float | None:
    if time is None:
        return None
    try:
        return message.parse_time(time)
    except ValueError:
        return None  # What came over a link may carry anything; it then simply does not expire.
