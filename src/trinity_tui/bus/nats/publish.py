"""Publishing in windows: many on the way at a time, each accepted when the server says where it stands.

::

    queue ──► on the way (at most a window) ──ack──► accepted, at its sequence
                  │
                  └─ connection lost: all sent again in their order, with the same ids

The server drops an id it has seen within its window of duplicates, which is longer than anybody waits here: a
message is in the log once, however often it was sent.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from trinity_tui.bus.carrier import Stats
    from trinity_tui.bus.nats.link import Link
    from trinity_tui.core.record import Position

WINDOW_MESSAGES = 512
WINDOW_BYTES = 4 * 1024 * 1024
ACCEPT_SECONDS = 20.0
RESEND_SECONDS = 6.0
"""After how long without an answer, on a connection that seems to be there, a message is sent again."""
_LOOK_SECONDS = 0.5


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """One message as it travels."""

    subject: str
    id: str
    line: bytes


class _Refusal(msgspec.Struct):
    description: str = "without a reason"


class _Ack(msgspec.Struct):
    seq: int = 0
    error: _Refusal | None = None


_ack = msgspec.json.Decoder(_Ack)


class _Submission:
    """Messages published together."""

    __slots__ = ("deadline", "future", "missing", "positions")

    def __init__(self, future: asyncio.Future[list[Position]], count: int, deadline: float) -> None:
        self.future = future
        self.positions: list[Position] = [0] * count
        self.missing = count
        self.deadline = deadline


class _Sent:
    """A message on its way, or waiting for it."""

    __slots__ = ("index", "item", "sent_at", "submission")

    def __init__(self, item: Outgoing, submission: _Submission, index: int) -> None:
        self.item = item
        self.submission = submission
        self.index = index
        self.sent_at = 0.0


class Publisher:
    """The queue in front of one stream."""

    def __init__(self, link: Link, stats: Stats) -> None:
        self._link = link
        self._stats = stats
        self._queue: deque[_Sent] = deque()
        self._under_way: dict[str, _Sent] = {}
        self._under_way_bytes = 0
        self._serial = 0
        self._news = asyncio.Event()
        self._inbox = link.inbox()
        self._subscription: Subscription | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False
        self.failure: BusError | None = None
        self.last = 0
        """The highest position that was accepted."""

    async def open(self) -> None:
        """Listen for what the server answers."""
        self._subscription = await self._link.subscribe(f"{self._inbox}.*", self._answered)
        self._link.when_up(self._reconnected)
        self._task = asyncio.create_task(self._run(), name="bus: publishing")

    def submit(self, items: list[Outgoing]) -> asyncio.Future[list[Position]]:
        """Send messages; the future holds where they stand once they are accepted.

        Raises:
            BusError: The bus is closed, or the stream is another one.
        """
        if self._is_closed or self.failure:
            raise self.failure or BusError("the bus is closed")
        future: asyncio.Future[list[Position]] = asyncio.get_running_loop().create_future()
        submission = _Submission(future, len(items), time.monotonic() + ACCEPT_SECONDS)
        self._queue.extend(_Sent(item, submission, index) for index, item in enumerate(items))
        self._stats.batches += 1
        self._news.set()
        return future

    def _reconnected(self) -> None:
        """What was on the way may be in the log or not: it goes first, in its order, with its ids."""
        self._queue.extendleft(reversed(self._under_way.values()))
        self._under_way.clear()
        self._under_way_bytes = 0
        self._news.set()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            await self._send()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS if self._queue or self._under_way else None):
                    await self._news.wait()
            self._look(time.monotonic())

    async def _send(self) -> None:
        while self._queue and len(self._under_way) < WINDOW_MESSAGES and self._under_way_bytes < WINDOW_BYTES:
            one = self._queue.popleft()
            if one.submission.future.done():
                continue  # It was given up, or its publisher went before it was sent.
            self._serial += 1
            token = f"{self._inbox}.{self._serial}"
            one.sent_at = time.monotonic()
            self._under_way[token] = one
            self._under_way_bytes += len(one.item.line)
            if not await self._link.send(one.item.subject, one.item.line, token, one.item.id):
                self._reclaim(token)
                return

    def _reclaim(self, token: str) -> None:
        one = self._under_way.pop(token, None)
        if one is not None:
            self._under_way_bytes -= len(one.item.line)
            self._queue.appendleft(one)

    async def _answered(self, msg: Msg) -> None:
        one = self._under_way.pop(msg.subject, None)
        if one is None:
            return  # Sent again since; that one is answered too.
        self._under_way_bytes -= len(one.item.line)
        self._news.set()
        if not msg.data:
            # Nobody listened: the server is up and its stream not yet.
            self._queue.appendleft(one)
            return
        ack = _ack.decode(msg.data)
        if ack.error or not ack.seq:
            reason = ack.error.description if ack.error else "without a position"
            self._refuse(one.submission, BusError(f"the message log refused: {reason}"))
        else:
            self._accept(one, ack.seq)

    def _accept(self, one: _Sent, position: Position) -> None:
        submission = one.submission
        submission.positions[one.index] = position
        submission.missing -= 1
        self.last = max(self.last, position)
        self._stats.appended += 1
        self._stats.appended_bytes += len(one.item.line)
        if not submission.missing and not submission.future.done():
            submission.future.set_result(submission.positions)

    @staticmethod
    def _refuse(submission: _Submission, error: BusError) -> None:
        if not submission.future.done():
            submission.future.set_exception(error)

    def _look(self, now: float) -> None:
        """Give up what waited too long, and send again what was not answered."""
        for one in [*self._queue, *self._under_way.values()]:
            if now > one.submission.deadline:
                self._refuse(one.submission, self._late())
        late = [token for token, one in self._under_way.items() if now - one.sent_at > RESEND_SECONDS]
        for token in reversed(late):
            self._reclaim(token)

    def _late(self) -> BusError:
        refused = BusError(f"the message log at {self._link.place.shown} accepted nothing for {ACCEPT_SECONDS:.0f} s")
        refused.hint = "See whether nats-server runs there; trying again keeps the ids, so nothing is said twice."
        return refused

    def fail(self, error: BusError) -> None:
        """Refuse everything from now on."""
        self.failure = error
        for one in [*self._queue, *self._under_way.values()]:
            self._refuse(one.submission, error)
        self._queue.clear()
        self._under_way.clear()

    async def aclose(self, seconds: float = 2.0) -> None:
        """Wait a little for what is on its way, and refuse the rest."""
        self._is_closed = True
        waiting = {one.submission.future for one in [*self._queue, *self._under_way.values()]}
        if waiting and self._link.up.is_set():
            await asyncio.wait(waiting, timeout=seconds)
        self.fail(BusError("the bus is closed"))
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
