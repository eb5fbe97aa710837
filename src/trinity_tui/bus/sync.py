"""When what was appended reaches the disk: by a thread of whoever wrote it, never in the loop."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from trinity_tui.bus import files
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.append import Appender
    from trinity_tui.bus.carrier import Durability
    from trinity_tui.bus.layout import Layout

INTERVAL_SECONDS = 0.1
_Result = TypeVar("_Result")


class Syncer:
    """Syncs the segments one appender writes, and runs the bus's other slow steps in the same thread."""

    def __init__(self, layout: Layout, appender: Appender, durability: Durability) -> None:
        self._layout = layout
        self._appender = appender
        self._durability = durability
        self._executor: ThreadPoolExecutor | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._running: asyncio.Future[None] | None = None
        self._waiting: list[Callable[[BusError | None], None]] = []
        self.failure: BusError | None = None
        """What the disk refused to keep and nobody was told yet."""
        self._is_owed = False

    def note(self) -> None:
        """Something was written that nobody waits to see on the disk."""
        if self._durability == "interval":
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(INTERVAL_SECONDS, self._fire)
        while self._durability == "os" and self._appender.retired:
            os.close(self._appender.retired.popleft())

    def after_sync(self, call: Callable[[BusError | None], None]) -> None:
        """Call back when everything written until now is on the disk, with the error where it is not."""
        self._waiting.append(call)
        if self._running is None:
            self._begin()

    def raise_failure(self) -> None:
        """Raise once what the disk refused to keep since the last call."""
        if self.failure:
            failure, self.failure = self.failure, None
            raise failure

    async def run(self, step: Callable[[], _Result]) -> _Result:
        """Run a slow step on files in the bus's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread(), step)

    def _thread(self) -> ThreadPoolExecutor:
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="trinity-bus-disk")
        return self._executor

    def _fire(self) -> None:
        self._timer = None
        self._begin()

    def _begin(self) -> None:
        if self._running is not None:
            self._is_owed = True
            return
        self._is_owed = False
        waiting, self._waiting = self._waiting, []
        loop = asyncio.get_running_loop()
        self._running = loop.run_in_executor(self._thread(), self._sync)
        self._running.add_done_callback(lambda done: self._done(done, waiting))

    def _done(self, done: asyncio.Future[None], waiting: list[Callable[[BusError | None], None]]) -> None:
        self._running = None
        problem = None if done.cancelled() else done.exception()
        error = None
        if problem is not None:
            error = BusError(f"the disk did not keep what was written to {self._layout.log}: {problem}")
            error.__cause__ = problem
            if not waiting:
                self.failure = error
        for call in waiting:
            call(error)
        if self._waiting or self._is_owed:
            self._begin()

    def _sync(self) -> None:
        while self._appender.retired:
            descriptor = self._appender.retired.popleft()
            try:
                os.fdatasync(descriptor)
            finally:
                os.close(descriptor)
        if self._appender.descriptor >= 0:
            os.fdatasync(self._appender.descriptor)
        if self._appender.folder_changed:
            self._appender.folder_changed = False
            files.sync_folder(self._layout.log)

    async def aclose(self) -> None:
        """Sync what the interval still owes, and end the thread."""
        if self._timer:
            self._timer.cancel()
            self._fire()
        while self._running:
            await asyncio.wait([self._running])
            await asyncio.sleep(0)
        if self._executor:
            self._executor.shutdown(wait=True)
