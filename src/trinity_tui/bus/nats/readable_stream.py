"""A stream for who reads it: its records in this computer's words, from a position on or back from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.looking_back import Back
from trinity_tui.bus.looking_on import Ahead
from trinity_tui.bus.nats import kept, subjects
from trinity_tui.bus.nats.movable_stream import MovableStream
from trinity_tui.core import record
from trinity_tui.core.record import DamagedLine, Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.bus.nats.link import Link
    from trinity_tui.bus.nats.pull import Raw
    from trinity_tui.bus.nats.stream import Info
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.core.sieve import Sieve

LOOK_BACK_SEQUENCES = 2_000
"""So many are fetched at a time by who looks for something before a position."""
STAMP_SEQUENCES = 100
"""Among so many there is one that concerns this computer, or nobody misses the time."""


class ReadableStream(MovableStream):
    """A movable stream, and what was met while it was read."""

    def __init__(
        self,
        link: Link,
        layout: Layout,
        local: Layout,
        format_: Format,
        info: Info,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        super().__init__(link, layout, local, format_, info, wall_clock)
        self.clock = clock
        self.stats_now = Stats(wakeup="nats")

    async def read(self, start: Position, stop: Position | None = None) -> AsyncIterator[Record]:
        """The records from ``start`` up to ``stop`` (the log's end when called).

        Raises:
            BusError: The server does not answer.
        """
        end = await self.end()
        limit = end if stop is None else min(stop, end)
        async for found in kept.pieces(self.link, start, limit):
            for item in self._records(found):
                yield item

    async def look_back(self, before: Position, sieve: Sieve, most: int, seconds: float, after: Position = 0) -> Back:
        """Find records from ``after`` up to before a position, the newest first: until enough, or the time is over.

        Raises:
            BusError: The server does not answer.
        """
        due, first = self.clock() + seconds, max(after, await self.first())
        found: list[Record] = []
        stamp = ""
        while before > first:
            begin = max(first, before - LOOK_BACK_SEQUENCES)
            looked = [item async for item in self.read(begin, before)]
            for item in reversed(looked):
                if sieve.fits(item.message):
                    found.append(item)
                    if len(found) >= most:
                        return Back(found, item.position, item.message.timestamp)
            before, stamp = begin, looked[0].message.timestamp if looked else stamp
            if self.clock() >= due:
                break
        return Back(found, before, stamp)

    async def look_on(self, start: Position, sieve: Sieve, most: int, seconds: float) -> Ahead:
        """Find records from a position on, the oldest first: until enough, the time is over, or the log ends.

        Raises:
            BusError: The server does not answer.
        """
        due, end = self.clock() + seconds, await self.end()
        found: list[Record] = []
        async for raws in kept.pieces(self.link, start, end):
            for item in self._records(raws):
                if sieve.fits(item.message):
                    found.append(item)
                    if len(found) >= most:
                        return Ahead(found, item.position + 1, is_end=False)
            following = raws[-1].position + 1
            if following < end and self.clock() >= due:
                return Ahead(found, following, is_end=False)
        return Ahead(found, end, is_end=True)

    async def stamps(self, positions: Sequence[Position]) -> list[str]:
        """What time it was at each of these positions, which are in order; empty where nothing says so.

        Raises:
            BusError: The server does not answer.
        """
        end = await self.end()
        return [await self._stamp(position, end) for position in positions]

    async def _stamp(self, position: Position, end: Position) -> str:
        async for item in self.read(position, min(end, position + STAMP_SEQUENCES)):
            return item.message.timestamp
        return ""

    def _records(self, found: list[Raw]) -> list[Record]:
        self.known_end = max(self.known_end, found[-1].position + 1)
        records: list[Record] = []
        for raw in found:
            try:
                item = self._seen(raw)
            except DamagedLine:
                self.stats_now.damaged += 1
                continue
            if item is not None:
                records.append(Record(raw.position, item))
        return records

    def _seen(self, raw: Raw) -> Message | None:
        """A message in this computer's words; None where this computer's log does not hold it."""
        subject, computer = subjects.parse(raw.subject), self.link.place.computer
        if subject is None:
            return None
        if subjects.concerns(subject, computer):
            return record.decode(subjects.seen_from(computer, subject, raw.line))
        if not subjects.may_be_shared(subject):
            return None
        item = record.decode(subjects.seen_from(computer, subject, raw.line))
        return item if item.type in subjects.SHARED else None
