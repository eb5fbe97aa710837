"""Group commit: the first of a turn of the loop is written at once, all that follows in that turn in one write.

One task that publishes one after the other has nobody to be grouped with: it goes on writing at once, for a while.
What is written is synced as the durability asks. The loop never waits for the lock: where it is taken, a thread waits
and appends. The queue is bounded in bytes; whoever publishes beyond that waits for room.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from trinity_tui.bus.append import Appended
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.bus.append import Appender
    from trinity_tui.bus.bells import Ringer
    from trinity_tui.bus.carrier import Durability, Stats
    from trinity_tui.bus.lock import AppendLock
    from trinity_tui.bus.sync import Syncer
    from trinity_tui.core.record import Position

QUEUE_BYTES = 4 * 1024 * 1024
BATCH_BYTES = 1024 * 1024
CLOSE_SECONDS = 2.0
RUN = 16
"""How many messages one task may write in one turn of the loop before the others get theirs."""
_Result = TypeVar("_Result")


class _Submission:
    __slots__ = ("bytes", "future", "lines", "rings")

    def __init__(self, future: asyncio.Future[list[Position]], lines: list[bytes], rings: Iterable[str]) -> None:
        self.future = future
        self.lines = lines
        self.rings = rings
        self.bytes = len(lines[0]) if len(lines) == 1 else sum(map(len, lines))


class Publisher:
    """The queue in front of one log. Belongs to the loop it is first used in."""

    def __init__(
        self, lock: AppendLock, appender: Appender, syncer: Syncer, ringer: Ringer, durability: Durability, stats: Stats
    ) -> None:
        self._lock = lock
        self._appender = appender
        self._syncer = syncer
        self._ringer = ringer
        self._durability = durability
        self._is_synced_later = durability in ("os", "interval")
        self._stats = stats
        self._queue: deque[_Submission] = deque()
        self._queued_bytes = 0
        self._is_scheduled = False
        self._runner: asyncio.Task[Any] | None = None
        """Who wrote first in this turn."""
        self._run_left = 0
        self._is_waiting = False
        self._is_closed = False
        self._room: deque[asyncio.Future[None]] = deque()
        self._thread: threading.Thread | None = None
        self._in_thread: list[_Submission] = []
        self._stop = threading.Event()

    async def room(self) -> None:
        """Wait until the queue takes more."""
        while self.is_full and not self._is_closed:
            room = asyncio.get_running_loop().create_future()
            self._room.append(room)
            await room

    @property
    def is_full(self) -> bool:
        """Whether more is queued than a publisher should add to."""
        return self._queued_bytes > QUEUE_BYTES

    def write(self, lines: list[bytes], rings: Iterable[str]) -> list[Position] | asyncio.Future[list[Position]]:
        """Append lines together: where they stand if nothing was in the way, else the future that will hold it.

        The first is by far the most frequent and needs neither a future nor a place in the queue.

        Raises:
            BusError: The log refused them, at once or by the future.
        """
        is_free = not (self._is_waiting or self._queue or self._is_closed or self._syncer.failure)
        if not is_free or not self._is_synced_later or not self._is_its_turn():
            return self.submit(lines, rings)
        if not self._lock.try_acquire():
            submission = _Submission(asyncio.get_running_loop().create_future(), lines, rings)
            self._wait([submission], lines)
            return submission.future
        try:
            outcome = self._appender.append(lines)
        finally:
            self._lock.release()
        if outcome.positions:
            self._ringer.ring(rings)
        self._syncer.note()
        if self._room:
            self._let_in()
        if outcome.error is not None:
            raise outcome.error
        return outcome.positions

    def submit(self, lines: list[bytes], rings: Iterable[str]) -> asyncio.Future[list[Position]]:
        """Have lines appended together; the future holds where they stand once they are accepted.

        Raises:
            BusError: The log refused them, at once or by the future: full disk, deleted folder, closed bus.
        """
        loop = asyncio.get_running_loop()
        submission = _Submission(loop.create_future(), lines, rings)
        if self._is_closed:
            raise BusError("the bus is closed")
        if self._syncer.failure:
            self._syncer.raise_failure()
        if self._is_waiting or self._queue or not self._is_its_turn():
            self._queue.append(submission)
            self._queued_bytes += submission.bytes
        else:
            self._write([submission], lines)
        return submission.future

    def _is_its_turn(self) -> bool:
        """Whether who publishes now may write at once: the first in this turn of the loop, and for a while the same."""
        if not self._is_scheduled:
            self._is_scheduled = True
            self._runner, self._run_left = _task(), RUN
            asyncio.get_running_loop().call_soon(self._flush)
            return True
        self._run_left -= 1
        return self._run_left > 0 and self._runner is not None and _task() is self._runner

    def _take(self) -> tuple[list[_Submission], list[bytes]]:
        batch: list[_Submission] = []
        lines: list[bytes] = []
        taken = 0
        while self._queue and taken < BATCH_BYTES:
            submission = self._queue.popleft()
            self._queued_bytes -= submission.bytes
            if submission.future.done():
                continue  # Its publisher was cancelled before anything was written.
            batch.append(submission)
            lines += submission.lines
            taken += submission.bytes
            if self._durability == "always":
                break
        return batch, lines

    def _flush(self) -> None:
        self._is_scheduled = False
        self._runner = None
        if self._is_waiting:
            return
        batch, lines = self._take()
        if batch:
            self._write(batch, lines)
        else:
            self._go_on()

    def _write(self, batch: list[_Submission], lines: list[bytes]) -> None:
        try:
            is_ours = self._lock.try_acquire()
        except BusError as error:
            self._finish(batch, Appended([], error))
            return
        if is_ours:
            try:
                outcome = self._appender.append(lines)
            finally:
                self._lock.release()
            self._finish(batch, outcome)
        else:
            self._wait(batch, lines)

    def _wait(self, batch: list[_Submission], lines: list[bytes]) -> None:
        self._is_waiting = True
        self._in_thread = batch
        self._stats.contended += 1
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(
            target=self._append_in_thread, args=(loop, batch, lines), name="trinity-bus-lock", daemon=True
        )
        self._thread.start()

    def _append_in_thread(self, loop: asyncio.AbstractEventLoop, batch: list[_Submission], lines: list[bytes]) -> None:
        began = time.monotonic()
        try:
            if self._lock.acquire(self._stop):
                try:
                    outcome = self._appender.append(lines)
                finally:
                    self._lock.release()
            else:
                outcome = Appended([], BusError("the bus was closed while another process held the log's lock"))
        except BusError as error:
            outcome = Appended([], error)
        self._stats.waited_seconds += time.monotonic() - began
        with contextlib.suppress(RuntimeError):  # The loop ended without closing the bus: nobody waits for the answer.
            loop.call_soon_threadsafe(self._finish_wait, batch, outcome)

    def _finish_wait(self, batch: list[_Submission], outcome: Appended) -> None:
        self._is_waiting = False
        self._in_thread = []
        self._finish(batch, outcome)

    def _finish(self, batch: list[_Submission], outcome: Appended) -> None:
        if outcome.positions:
            first = batch[0].rings
            self._ringer.ring(first if len(batch) == 1 else {name for submission in batch for name in submission.rings})
        accepted = _accepted(batch, outcome)
        if self._is_synced_later:
            for submission, positions in accepted:
                _answer(submission.future, positions)
            self._syncer.note()
        elif accepted:
            self._is_waiting = self._durability == "always"
            self._syncer.after_sync(lambda error: self._finish_sync(accepted, error))
        if not self._is_waiting:
            self._go_on()

    def _finish_sync(self, accepted: list[tuple[_Submission, list[Position]]], error: BusError | None) -> None:
        for submission, positions in accepted:
            if error is None:
                _answer(submission.future, positions)
            elif not submission.future.done():
                submission.future.set_exception(error)
        if self._durability == "always":
            self._is_waiting = False
            self._go_on()

    def _go_on(self) -> None:
        """Let in who waits for room, and append what is queued at the next turn."""
        if self._room:
            self._let_in()
        if self._queue and not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _let_in(self) -> None:
        waiting, self._room = self._room, deque()
        for room in waiting:
            _answer(room, None)

    async def aclose(self) -> None:
        """Append what is queued unless the lock is not to be had, and take no more."""
        self._is_closed = True
        pending = [submission.future for submission in (*self._queue, *self._in_thread)]
        if pending:
            await asyncio.wait(pending, timeout=CLOSE_SECONDS)
        self._stop.set()
        if self._thread:
            self._thread.join()
            await asyncio.sleep(0)  # The thread's last answer is on its way.
        for submission in self._queue:
            if not submission.future.done():
                submission.future.set_exception(BusError("the bus was closed before this message was written"))
        self._queue.clear()
        self._let_in()


def _accepted(batch: list[_Submission], outcome: Appended) -> list[tuple[_Submission, list[Position]]]:
    """Those whose lines are all in, with their positions; the others are told why."""
    if outcome.error is None and len(batch) == 1:
        return [(batch[0], outcome.positions)]
    accepted: list[tuple[_Submission, list[Position]]] = []
    first = 0
    for submission in batch:
        last = first + len(submission.lines)
        if outcome.error is None or last <= len(outcome.positions):
            accepted.append((submission, outcome.positions[first:last]))
        elif not submission.future.done():
            submission.future.set_exception(outcome.error)
        first = last
    return accepted


def _answer(future: asyncio.Future[_Result], result: _Result) -> None:
    if not future.done():
        future.set_result(result)


def _task() -> asyncio.Task[Any] | None:
    """Who publishes; nobody where a callback does."""
    return asyncio.current_task()
