"""A consumer's entries out of the stream, kept in memory until they are done with.

Done with means two things: noted in the consumer's own file, as over files, before ``ack`` returns; and, right after,
acknowledged at the server, so that every computer on the stream knows what may be purged. The file decides: what it
says is done is not delivered again, whatever the server still thinks.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from trinity_tui.bus.intake import Intake
from trinity_tui.bus.nats import subjects
from trinity_tui.bus.nats.lane import Lane
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from trinity_tui.bus.acks import Acks
    from trinity_tui.bus.backlog import Entry
    from trinity_tui.bus.nats.nats_bus import NatsBus
    from trinity_tui.bus.nats.pull import Raw
    from trinity_tui.bus.source import Line
    from trinity_tui.core.record import Position

ADVANCE_SEQUENCES = 1000
REMEMBER_SEQUENCES = 2500
"""So many positions before the low mark are looked through at a start, to know a message repeated after it."""
LOOK_SECONDS = 0.05
"""How long a start waits at the server for one more message before it takes the end for the end."""
_RETRY_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Inbox:
    """One consumer's place in the stream.

    Args:
        bus: Whose stream.
        name: The consumer.
        role: Its role.
        acks: What it is done with.
    """

    advance = ADVANCE_SEQUENCES

    def __init__(self, bus: NatsBus, name: str, role: str, acks: Acks) -> None:
        self.acks = acks
        self._bus = bus
        self._name = name
        self._intake = Intake(name, role, acks, bus.stats_now)
        self._came: deque[tuple[Lane, list[Raw]]] = deque()
        self._lines: dict[Position, bytes] = {}
        """What is not done with."""
        self._replies: dict[Position, str] = {}
        """Where the server is told that it is."""
        self._settled: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._settling = asyncio.Event()
        place, durable = bus.link.place, f"{bus.link.place.computer}_{name}"
        one = subjects.for_one(place.stream, place.computer, name)
        self._lanes = [
            Lane(bus.link, subject, f"{durable}_{lane}", lambda: acks.low, lambda: bus.known_end)
            for lane, subject in ((subjects.TO, one), (subjects.MANY, subjects.for_many(place.stream)))
        ]

    @property
    def position(self) -> Position:
        """Up to where both lanes were taken."""
        return min(lane.position for lane in self._lanes)

    @property
    def many_position(self) -> Position:
        """Up to where the lane of what is addressed to many was taken."""
        return self._lanes[1].position

    @property
    def is_behind(self) -> bool:
        """Whether more has come."""
        return bool(self._came)

    async def start(self, on_news: Callable[[], None], drain: Callable[[], bool]) -> None:
        """Take what the stream holds now, then go on taking what comes."""
        await self._remember()
        for lane in self._lanes:
            while found := await lane.take(LOOK_SECONDS):
                self._came.append((lane, found))
        answered = await self._said()
        while drain():  # noqa: ASYNC110 - work in pieces, not a wait
            await asyncio.sleep(0)
        self._intake.take(answered)
        self._came.append((self._lanes[0], []))
        drain()  # The consumer looks at what was answered with each piece it takes.
        for lane in self._lanes:
            self._spawn(self._run(lane, on_news), "inbox")
        self._spawn(self._settle(), "acknowledging")

    def _spawn(self, work: Coroutine[None, None, None], what: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=f"bus consumer {self._name}: {what}"))

    async def _remember(self) -> None:
        low = self.acks.low
        begin = max(0, low - REMEMBER_SEQUENCES)
        if low <= self._bus.first_known or begin == low:
            return
        for lane in self._lanes:
            found = await self._bus.on_subject(begin, low, lane.subject)
            self._intake.remember([(raw.position, lane.line(raw) or b"") for raw in found], low)

    async def _said(self) -> list[Line]:
        """What this consumer said since its low mark: an answer is an acknowledgement."""
        place = self._bus.link.place
        subject = subjects.said_by(place.stream, place.computer, self._name)
        found = await self._bus.on_subject(self.acks.low, self._bus.known_end, subject)
        return [(raw.position, raw.line) for raw in found]

    async def _run(self, lane: Lane, on_news: Callable[[], None]) -> None:
        while True:
            try:
                found = await lane.take()
            except BusError as error:
                _log.warning("consumer %s: %s", self._name, error)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            if found:
                self._came.append((lane, found))
                on_news()

    def entries(self) -> list[Entry] | None:
        """What came since the last call; None where nothing did."""
        if not self._came:
            return None
        lines: list[Line] = []
        done: list[Raw] = []
        while self._came:
            lane, found = self._came.popleft()
            for raw in found:
                self._replies[raw.position] = raw.reply
                if raw.position in self._lines:
                    continue
                line = lane.line(raw)
                if line is None:
                    done.append(raw)
                else:
                    lines.append((raw.position, line))
                    self._lines[raw.position] = line
        lines.sort()
        entries = self._intake.take(lines)
        kept = {entry.position for entry in entries} | self._intake.repeated
        for position, _ in lines:
            if position not in kept:
                self.settled(position)
        for raw in done:
            self.settled(raw.position)
        return entries

    def take_answered(self) -> list[Position]:
        """Where messages stand that this consumer has answered, as met since the last call."""
        return self._intake.take_answered()

    def take_repeated(self) -> list[Position]:
        """Where messages stand that were already taken, as met since the last call."""
        return self._intake.take_repeated()

    def check_there(self) -> None:
        """Make sure that the stream is the one it was.

        Raises:
            BusError: It is another one.
        """
        self._bus.check()

    def fetch(self, entry: Entry) -> bytes:
        """The line of an entry.

        Raises:
            BusError: It is not there any more.
        """
        line = self._lines.get(entry.position)
        if line is None:
            raise BusError(f"the message at {entry.position} is done with")
        return line

    def is_gone(self, entry: Entry) -> bool:
        """Never: what waits is held here, whatever was given up at the server."""
        return False

    def settled(self, position: Position) -> None:
        """A message is done with: the server may know, soon."""
        self._lines.pop(position, None)
        reply = self._replies.pop(position, None)
        if reply is not None:
            self._settled.append(reply)
            self._settling.set()

    async def _settle(self) -> None:
        while True:
            await self._settling.wait()
            self._settling.clear()
            await self._acknowledge()

    async def _acknowledge(self) -> None:
        settled, self._settled = self._settled, []
        for reply in settled:
            # One that is lost is sent again when the lane, made anew, brings the message once more.
            await self._bus.link.send(reply, b"+ACK")

    async def aclose(self) -> None:
        """Tell the server what is still to be told, and give everything back."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._acknowledge()
        for lane in self._lanes:
            await lane.aclose()
        self.acks.close()
