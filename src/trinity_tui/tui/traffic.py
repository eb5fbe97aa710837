"""Who talked to whom lately, counted from the room's flow: what lines, marks, sparklines and rates are drawn from.

It reads every row of the flow once. A row that is fresh becomes a trip (something to be seen moving); every row is
counted into buckets that cover the last minute. Time is an argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import address
from trinity_tui.core.message import UNTRACKED
from trinity_tui.core.room import link_key
from trinity_tui.tui.clock import seconds_of

if TYPE_CHECKING:
    from trinity_tui.core.room import FlowRow, Room

BUCKETS = 8
BUCKET_SECONDS = 7.5
FRESH_SECONDS = 5.0
"""A message older than this when it is first seen is counted, but nothing is seen moving for it."""
PAIRS_KEPT = 1_000


class Trip(msgspec.Struct, frozen=True):
    """A message that was just sent, to be shown moving."""

    sender: str
    recipients: tuple[str, ...]
    is_broadcast: bool
    is_pressing: bool


class Tally:
    """A count over the last minute, in buckets."""

    __slots__ = ("_counts", "_newest")

    def __init__(self) -> None:
        self._counts = [0] * BUCKETS
        self._newest = 0

    def add(self, at: float, count: int = 1) -> None:
        """Count something that happened at this time."""
        self.add_in(int(at / BUCKET_SECONDS), count)

    def add_in(self, number: int, count: int = 1) -> None:
        """Count something that happened in this bucket, by its number since the epoch."""
        self._advance(number)
        if number > self._newest - BUCKETS:
            self._counts[number % BUCKETS] += count

    def levels(self, now: float) -> tuple[int, ...]:
        """The counts, oldest first."""
        number = int(now / BUCKET_SECONDS)
        self._advance(number)
        return tuple(self._counts[(self._newest + 1 + step) % BUCKETS] for step in range(BUCKETS))

    def total(self, now: float) -> int:
        """How many in the last minute."""
        return sum(self.levels(now))

    def warmth(self, now: float) -> float:
        """How many in the last minute, where one counts less the longer it is ago."""
        return sum(count * (step + 1) for step, count in enumerate(self.levels(now))) / BUCKETS

    def _advance(self, number: int) -> None:
        if number <= self._newest:
            return
        for empty in range(max(self._newest + 1, number - BUCKETS + 1), number + 1):
            self._counts[empty % BUCKETS] = 0
        self._newest = number


class Traffic:
    """The last minute of a room."""

    def __init__(self) -> None:
        self._position = -1
        self._turned = 0
        self._sent: dict[str, int] = {}
        self.all = Tally()
        self.last: dict[str, FlowRow] = {}
        """By sender: the newest message."""
        self.by_instance: dict[str, Tally] = {}
        self.by_pair: dict[str, Tally] = {}
        """By ``link_key``; only pairs that talked directly."""

    def take(self, room: Room, now: float) -> list[Trip]:
        """Count what the flow has that was not counted before; the fresh ones as trips."""
        rows = self._new_rows(room)
        trips: list[Trip] = []
        for row in rows:
            if row.type in UNTRACKED:
                continue
            at = seconds_of(row.timestamp)
            if at is None:
                continue
            self._count(row, min(at, now), room)
            if -FRESH_SECONDS <= now - at <= FRESH_SECONDS:
                trips.append(_trip(row, room))
        return trips

    def _new_rows(self, room: Room) -> list[FlowRow]:
        flow = room.flow
        start = len(flow)
        while start and flow[start - 1].position > self._position:
            start -= 1
        rows = flow[start:]
        if rows:
            self._position = rows[-1].position
        return rows

    def _count(self, row: FlowRow, at: float, room: Room) -> None:
        # Looked up once for all three: this is done with every message there is.
        number, sender = int(at / BUCKET_SECONDS), row.from_
        self.all.add_in(number)
        self.last[sender] = row
        tally = self.by_instance.get(sender)
        if tally is None:
            tally = self.by_instance[sender] = Tally()
        tally.add_in(number)
        for other in _addressed(row, room):
            self._count_pair(link_key(sender, other), number)

    def _count_pair(self, key: str, number: int) -> None:
        tally = self.by_pair.pop(key, None) or Tally()
        tally.add_in(number)
        self.by_pair[key] = tally
        if len(self.by_pair) > PAIRS_KEPT:
            del self.by_pair[next(iter(self.by_pair))]

    def pairs(self, now: float) -> dict[str, float]:
        """How warm the talk of each pair in the last minute is; pairs that did not talk are forgotten."""
        found = {key: tally.warmth(now) for key, tally in self.by_pair.items()}
        for key, warmth in found.items():
            if not warmth:
                del self.by_pair[key]
        return {key: warmth for key, warmth in found.items() if warmth}

    def spark(self, name: str, now: float) -> tuple[int, ...]:
        """How much one sent in the last minute, oldest first."""
        tally = self.by_instance.get(name)
        return tally.levels(now) if tally is not None else (0,) * BUCKETS

    def has_turned(self, now: float) -> bool:
        """Whether the minute went on by a bucket since this was last asked."""
        before, self._turned = self._turned, int(now / BUCKET_SECONDS)
        return before != self._turned and bool(self.by_instance)

    def is_quiet(self, now: float) -> bool:
        """Whether nothing was sent in the last minute, so that nothing here changes by itself."""
        return self.all.total(now) == 0


def _trip(row: FlowRow, room: Room) -> Trip:
    many = address.is_many(row.to)
    recipients = tuple(room.members(row.to, row.from_)) if many else (row.to,)
    broadcast = row.to in (address.BROADCAST, "all", address.EVERYWHERE)
    return Trip(row.from_, recipients, broadcast, row.priority in ("urgent", "high"))


def _addressed(row: FlowRow, room: Room) -> list[str]:
    """Whom a message speaks to directly: one, or each who has a role; a broadcast speaks to nobody in particular."""
    if address.role_of(row.to) is not None:
        return room.members(row.to, row.from_)
    return [] if address.is_many(row.to) or row.to == row.from_ else [row.to]
