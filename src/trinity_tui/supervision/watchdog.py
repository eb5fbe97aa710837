"""Sees whether the keeper answers: one that hangs is told to go on, and killed when it still does not.

A keeper that was stopped (SIGSTOP, a debugger) or hangs reaps nobody and starts nobody, and nothing says so by itself.
Its instances do not need it to live: without it they are watched through their pidfds, and the next one starts them.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from trinity_tui.core.wire.keeper import List, Ping
from trinity_tui.process import identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.process.identity import Identity
    from trinity_tui.supervision.lane import Lane

ASK_SECONDS = 2.0
"""How often it is asked."""
ANSWER_SECONDS = 2.0
"""How long an answer may take until the keeper counts as silent."""
MOST_MISSES = 5
"""How many answers in a row it may owe until it is killed."""
_log = logging.getLogger(__name__)


class Watchdog:
    """Asks one keeper, for as long as the connection lasts.

    Args:
        lane: The connection.
        keeper: Who is at its other end.
        on_change: Told that it is silent, as a sentence without its subject; with an empty text that it answers again.
    """

    def __init__(self, lane: Lane, keeper: Identity, on_change: Callable[[str], None]) -> None:
        self._lane = lane
        self._keeper = keeper
        self._on_change = on_change
        self._nonce = 0
        self.has_killed = False
        """Whether it had to be killed."""

    async def run(self) -> None:
        """Ask until it has to be killed, or for ever."""
        misses = 0
        await asyncio.sleep(ASK_SECONDS)
        while misses < MOST_MISSES:
            if await self._answers():
                if misses:
                    self._on_change("")
                misses = 0
                await asyncio.sleep(ASK_SECONDS)
                continue
            misses += 1
            if misses == 1:
                self._on_change(f"does not answer; killed in {(MOST_MISSES - 1) * ANSWER_SECONDS:g} s if that lasts")
            # One that was stopped goes on; to one that runs it says nothing.
            self._send(signal.SIGCONT)
        self.has_killed = True
        _log.error("the keeper (pid %d) did not answer and is killed", self._keeper.pid)
        self._send(signal.SIGKILL)

    async def _answers(self) -> bool:
        """Whether anything comes from it in time. After a pause of our own, what came meanwhile is read first."""
        self._lane.heard.clear()
        self._nonce += 1
        self._lane.send(Ping(self._nonce) if self._lane.revision >= 2 else List())
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._lane.heard.wait()
        return self._lane.heard.is_set()

    def _send(self, number: int) -> None:
        with suppress(PermissionError):
            identity.send(self._keeper.pid, self._keeper.start_time, number)
