"""How much of the stream is kept: its seams, how far every consumer is, and giving up its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import acks, dead
from trinity_tui.bus.dead import DeadLetter
from trinity_tui.bus.nats import subjects
from trinity_tui.bus.nats.lane import LANES
from trinity_tui.bus.nats.pull import Puller
from trinity_tui.core import address, message
from trinity_tui.core.errors import BusError
from trinity_tui.core.retention import Chunk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from trinity_tui.bus.nats.kept_stream import KeptStream
    from trinity_tui.bus.nats.link import Link
    from trinity_tui.bus.nats.pull import Raw
    from trinity_tui.bus.nats.stream import State
    from trinity_tui.core.record import Position

SEAM_SEQUENCES = 20_000
"""Snapshots stand, and the stream is given up, at multiples of this."""
FIRST = 1
"""Where a server's streams begin."""
LOOK_SECONDS = 0.2
"""How long the server may keep a reader waiting for what it says it has."""


class _Reached(msgspec.Struct):
    stream_seq: int = 0


class _Consumer(msgspec.Struct):
    name: str
    ack_floor: _Reached
    num_ack_pending: int = 0
    num_pending: int = 0


class _Page(msgspec.Struct):
    total: int
    consumers: list[_Consumer | None] | None = None
    """One that was removed while they were listed is a null among them."""


class _Stored(msgspec.Struct):
    time: str


class _Answer(msgspec.Struct):
    message: _Stored


class Chunks:
    """The parts between seams, and when each was last written to.

    Args:
        link: The way to the server.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._times: dict[Position, float] = {}
        """Of finished parts, by where they end."""

    async def of(self, state: State) -> list[Chunk]:
        """The parts of a stream, oldest first; their bytes are shares of the stream's.

        Raises:
            BusError: The server does not answer.
        """
        end = state.last_seq + 1
        if state.first_seq >= end:
            return []
        borders = [state.first_seq, *range(seam_at(state.first_seq + 1), end, SEAM_SEQUENCES), end]
        share = state.bytes / (end - state.first_seq)
        return [
            Chunk(
                start=start, end=stop, bytes=round(share * (stop - start)), count=stop - start,
                last_time=await self._time(stop, is_sealed=stop != end), is_sealed=stop != end,
            )
            for start, stop in zip(borders, borders[1:], strict=False)
        ]  # fmt: skip

    async def _time(self, end: Position, *, is_sealed: bool) -> float:
        if end in self._times:
            return self._times[end]
        answer = await self._link.api(f"STREAM.MSG.GET.{self._link.place.stream}", {"seq": end - 1})
        time = message.parse_time(msgspec.json.decode(answer, type=_Answer).message.time)
        if is_sealed:
            self._times[end] = time
        return time


async def pieces(link: Link, start: Position, limit: Position, subject: str = "") -> AsyncIterator[list[Raw]]:
    """What stands between two positions, in the server's batches.

    Args:
        link: The way to the server.
        start: The first position.
        limit: The one after the last; no further than where the stream ends.
        subject: Only this one; every one where it is empty.

    Raises:
        BusError: The server does not answer.
    """
    if max(start, FIRST) >= limit:
        return
    puller = Puller(link, start, subject)
    try:
        while found := await puller.take(LOOK_SECONDS):
            if within := [raw for raw in found if raw.position < limit]:
                yield within
            if not found[-1].pending or found[-1].position + 1 >= limit:
                return
    finally:
        await puller.aclose()


async def move_on(bus: KeptStream, name: str, position: Position, reason: str) -> int:
    """Keep as dead letters what a consumer has not done with of what will go; how many.

    Which role it has is not known here: what was said to any role is kept for it.

    Raises:
        BusError: It is another computer's, or they cannot be kept; nothing may go then.
    """
    if address.is_elsewhere(name):
        raise BusError(f"{name} is on another computer, and behind: only there can it be moved on")
    paths, format_ = bus.marks()
    marks = acks.read_marks(paths.acks(name))
    if marks is None:
        return 0
    low, place = format_.clamp(marks.low, marks.header.generation), bus.link.place
    letters: list[DeadLetter] = []
    for subject in (subjects.for_one(place.stream, place.computer, name), subjects.for_many(place.stream)):
        for raw in await bus.on_subject(low, position, subject):
            parsed = subjects.parse(raw.subject)
            if raw.position in marks.acked or parsed is None or not subjects.reaches(parsed, place.computer):
                continue
            if parsed.lane == subjects.MANY and raw.position < marks.header.many_from:
                continue
            attempts, line = marks.retries.get(raw.position, (1, 0.0))[0] - 1, raw.line.decode(errors="replace")
            at = message.format_time(bus.wall_clock())
            letters.append(
                DeadLetter(consumer=name, position=raw.position, attempts=attempts, reason=reason, at=at, line=line)
            )
    if letters:
        dead.bury(bus.layout.dead, *letters)
    return len(letters)


def seam_at(position: Position) -> Position:
    """The first seam at a position or after it."""
    return -(-position // SEAM_SEQUENCES) * SEAM_SEQUENCES


async def lows(link: Link, end: Position) -> dict[str, Position]:
    """Below it each consumer of the stream is done with everything; one of another computer has that before its name.

    Args:
        link: The way to the server.
        end: Where the stream ended before this was asked.

    Raises:
        BusError: The server does not answer.
    """
    found: dict[str, Position] = {}
    for one in await _consumers(link):
        owner, underscore, lane = one.name.rpartition("_")
        computer, separator, name = owner.partition("_")
        if not (underscore and separator and lane in LANES):
            continue  # One that only reads, or somebody else's.
        is_done = not one.num_pending and not one.num_ack_pending
        low = end if is_done else one.ack_floor.stream_seq + 1
        key = name if computer == link.place.computer else f"{computer}/{name}"
        found[key] = min(low, found.get(key, low))
    return found


async def _consumers(link: Link) -> list[_Consumer]:
    found: list[_Consumer] = []
    offset = 0
    while True:
        answer = await link.api(f"CONSUMER.LIST.{link.place.stream}", {"offset": offset})
        page = msgspec.json.decode(answer, type=_Page)
        found += filter(None, page.consumers or [])
        offset += len(page.consumers or [])
        if not page.consumers or offset >= page.total:
            return found


async def drop_before(link: Link, first: Position, position: Position) -> list[Position]:
    """Give up what stands before a position; the starts of the parts that went.

    Raises:
        BusError: The server refuses, or does not answer.
    """
    if position <= first:
        return []
    await link.api(f"STREAM.PURGE.{link.place.stream}", {"seq": position})
    return [first, *range(seam_at(first + 1), position, SEAM_SEQUENCES)]
