"""The room of the past, for a screen that folds: a snapshot, and the records that go on from it, page by page."""

from __future__ import annotations

import bisect
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import ClientError
from trinity_tui.core.happening import MARKED, marked, parse
from trinity_tui.core.message import parse_time
from trinity_tui.core.room import Room
from trinity_tui.daemon.hub import batch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.core.record import Position, Record
    from trinity_tui.core.retention import Chunk

RECORDS_A_PAGE = 2_000
BEYOND_RECORDS = 200
"""So many after the place that is gone to come along: one steps on from there."""
LOOK_SECONDS = 0.15
"""For so long a request looks through the log; whoever wants to know more asks again."""
MARKS_MOST = 2_000
SAMPLES_A_CHUNK = 4
SAMPLES_AT_THE_END = 60
"""Into so many parts the newest chunk is cut: in a young log it is all there is."""
WIDE_PARTS = 100
"""Two samples that are further apart than this part of the whole time are too far apart for a line of time."""
WIDE_MOST = 64
_FINER_ROUNDS = 12
_NARROWING_ROUNDS = 40
_NEAR = 512
"""Between places so close together there is nothing more to be told apart."""


class Samples:
    """What time it was at which position, at some places of the log; of finished chunks each is asked once.

    Args:
        bus: The log.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._known: dict[Position, str] = {}

    async def take(self) -> list[tuple[Position, float]]:
        """Positions and seconds since the epoch, both rising."""
        chunks = await self._bus.chunks()
        sealed_end = chunks[-1].start if chunks else 0
        known = {position: stamp for position, stamp in self._known.items() if chunks and position >= chunks[0].start}
        await self._ask(known, _grid(chunks))
        for _ in range(_FINER_ROUNDS):
            wanted = _wide(_rising(known))
            if not wanted:
                break
            await self._ask(known, wanted)
        self._known = {position: stamp for position, stamp in known.items() if position < sealed_end}
        return _rising(known)

    async def _ask(self, known: dict[Position, str], positions: Iterable[Position]) -> None:
        wanted = sorted(set(positions) - known.keys())
        known.update(zip(wanted, await self._bus.stamps(wanted), strict=True))

    async def position_at(self, seconds: float) -> Position:
        """About where the log stood at a moment: nothing said before this position is younger."""
        samples, end = await self.take(), await self._bus.end()
        index = bisect.bisect_left([moment for _, moment in samples], seconds)
        low = samples[index - 1][0] if index else await self._bus.first()
        high = samples[index][0] if index < len(samples) else end
        for _ in range(_NARROWING_ROUNDS):
            middle = (low + high) // 2
            if middle <= low:
                break
            moment = _seconds((await self._bus.stamps([middle]))[0])
            low, high = (middle, high) if moment is not None and moment < seconds else (low, middle)
        return high


class Replay:
    """Answers where a replay begins, how it goes on, what there is to see of it, and where something happened.

    Args:
        bus: The log.
        archive: Its snapshots.
    """

    def __init__(self, bus: Bus, archive: Archive) -> None:
        self._bus = bus
        self._archive = archive
        self._samples = Samples(bus)
        self._marks: list[tuple[Position, float, str]] = []
        """The newest first."""
        self._marks_start: Position | None = None
        self._marks_end: Position = 0
        """Between these two all marks are known."""

    async def seek(
        self, position: Position, limit: int, at: float | None = None, *, is_shown: bool = False
    ) -> dict[str, Any]:
        """The snapshot before a position or a moment, and the first page of what comes after it.

        Args:
            position: Where to.
            limit: How many records at most.
            at: A moment, in place of the position.
            is_shown: Whether what is shown of a room is enough.

        Raises:
            ClientError: The position is older than what is kept (4).
        """
        first, end = await self._bus.first(), await self._bus.end()
        if at is not None:
            position = await self._samples.position_at(at)
        if position < first:
            raise ClientError(
                f"position {position} is older than kept: the log begins at {first}", 4,
                "`[bus] retain_hours` and `retain_bytes` say how much is kept.",
            )  # fmt: skip
        before = self._archive.shown_before if is_shown else self._archive.before
        found = await before(min(position, end))
        start, room = found or (first, msgspec.json.encode(Room()))
        page = await self.page(start, limit, min(position, end))
        # Where nothing stands before the kept log, a room begins without what the log said before it.
        return {
            **page, "position": start, "room": msgspec.Raw(room), "is_partial": found is None and first > 0,
            "wanted": min(position, end),
        }  # fmt: skip

    async def page(self, start: Position, limit: int, wanted: Position | None = None) -> dict[str, Any]:
        """Records from a position on, contents cut, and where to go on; none at the log's end.

        Args:
            start: From where on.
            limit: How many at most.
            wanted: What is far beyond this is left for another page.
        """
        most = max(1, min(limit, RECORDS_A_PAGE))
        records: list[Record] = []
        async for record in self._bus.read(start):
            records.append(record)
            if wanted is not None and record.position >= wanted:
                most, wanted = min(most, len(records) + BEYOND_RECORDS), None
            if len(records) >= most:
                break
        following = records[-1].position + 1 if records else start
        return {
            "first": await self._bus.first(), "end": await self._bus.end(), "generation": self._bus.generation,
            "records": batch(following, records).records, "next": following,
        }  # fmt: skip

    async def timeline(self) -> dict[str, Any]:
        """The kept log at a glance: how much was said when, and what is marked; asked again, it has looked further."""
        await self._look_for_marks()
        return {
            "first": await self._bus.first(), "end": await self._bus.end(), "generation": self._bus.generation,
            "samples": await self._samples.take(), "marks": self._marks, "marked_from": self._marks_start,
        }  # fmt: skip

    async def _look_for_marks(self) -> None:
        end = await self._bus.end()
        if self._marks_start is None:
            self._marks_start = self._marks_end = end
        if end > self._marks_end:
            fresh = await self._bus.look_back(end, MARKED, MARKS_MOST, LOOK_SECONDS, self._marks_end)
            if fresh.start > self._marks_end:
                # More came than can be looked through at once: what is known ends before a gap, and is forgotten.
                self._marks, self._marks_start = [], fresh.start
            self._marks = _marks(fresh.records) + self._marks
            self._marks_end = end
        room = MARKS_MOST - len(self._marks)
        if self._marks_start > await self._bus.first() and room > 0:
            older = await self._bus.look_back(self._marks_start, MARKED, room, LOOK_SECONDS)
            self._marks += _marks(older.records)
            self._marks_start = older.start
        del self._marks[MARKS_MOST:]

    async def find(self, words: str, before: Position | None, names: Collection[str]) -> dict[str, Any]:
        """The newest record before a position that is what was asked for, or how far back there is none.

        Raises:
            ClientError: Nothing is asked for (2).
        """
        wanted = parse(words, names)
        if not wanted.words:
            raise ClientError("say what happened, such as `builder-1 crash`, `approved`, or words that were said", 2)
        first, end = await self._bus.first(), await self._bus.end()
        back = await self._bus.look_back(end if before is None else before, wanted.sieve, 1, LOOK_SECONDS)
        hit = batch(0, back.records).records[0] if back.records else None
        return {
            "understood": wanted.words, "record": hit, "looked_from": back.start, "looked_at": back.stamp,
            "is_over": hit is None and back.start <= first, "first": first, "end": end,
        }  # fmt: skip


def packed(found: dict[str, Any]) -> dict[str, Any]:
    """An answer with room and records as JSON in a text."""
    return found | {
        key: msgspec.json.encode(found[key]).decode() for key in ("room", "records") if key in found
    }  # fmt: skip


def _marks(records: list[Record]) -> list[tuple[Position, float, str]]:
    kinds = marked(record.message for record in records)
    return [
        (record.position, moment, kind)
        for record, kind in zip(records, kinds, strict=True)
        if kind is not None and (moment := _seconds(record.message.timestamp)) is not None
    ]


def _grid(chunks: Sequence[Chunk]) -> list[Position]:
    """The places that are looked at first."""
    return [
        chunk.start + (chunk.end - chunk.start) * part // parts
        for chunk in chunks
        for parts in (SAMPLES_A_CHUNK if chunk.is_sealed else SAMPLES_AT_THE_END,)
        for part in range(parts)
    ]


def _wide(samples: list[tuple[Position, float]]) -> list[Position]:
    """Between two places that are far apart in time there may be a long silence: where exactly is to be found out."""
    if not samples:
        return []
    least = (samples[-1][1] - samples[0][1]) / WIDE_PARTS
    return [
        (position + following) // 2
        for (position, moment), (following, later) in pairwise(samples)
        if later - moment > max(least, 1.0) and following - position > _NEAR
    ][:WIDE_MOST]


def _rising(stamps: Mapping[Position, str]) -> list[tuple[Position, float]]:
    """In order, with the moments that can be read, none before the one before: clocks are set back now and then."""
    found: list[tuple[Position, float]] = []
    for position, stamp in sorted(stamps.items()):
        moment = _seconds(stamp)
        if moment is not None:
            found.append((position, max(moment, found[-1][1]) if found else moment))
    return found


def _seconds(stamp: str) -> float | None:
    try:
        return parse_time(stamp)
    except ValueError:
        return None
