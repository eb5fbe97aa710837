"""Running one check: never beside another one of this folder, niced, with a limit, and stopped when nobody wants it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from trinity_tui.harness.thinking.stopping import Stop, StoppedError
from trinity_tui.store.lock import Lock
from trinity_tui.tools import command

if TYPE_CHECKING:
    from collections.abc import Collection

    from trinity_tui.harness.me import Me

LOCK_LOOK_SECONDS = 0.5
log = logging.getLogger("builder")


class Runner:
    """Runs checks for one builder.

    Args:
        me: Which.
    """

    def __init__(self, me: Me) -> None:
        self._me = me
        self._running: Stop | None = None

    async def its_turn(self) -> Lock:
        """Wait until no other builder of this folder checks."""
        path = self._me.workspace.runtime / "check.lock"
        lock = Lock.acquire(path)
        if isinstance(lock, int):
            async with self._me.turn("waiting", "for another builder's check"):
                while isinstance(lock, int):
                    await asyncio.sleep(LOCK_LOOK_SECONDS)
                    lock = Lock.acquire(path)
        return lock

    async def outcome(self, check: str) -> command.Outcome | None:
        """How a check ended; None where whoever wanted it does not any more."""
        self._running = Stop(check)
        try:
            async with self._me.turn("tool", check):
                run = command.run(command.parse(check), self._me.root, self._me.brief.check_seconds)
                return await self._running.obey(run)
        except StoppedError:
            log.info("%s stopped: the task it was for is taken back", check)
            return None
        finally:
            self._running = None

    def stop(self, checks: Collection[str]) -> None:
        """Nobody wants these any more."""
        if self._running is not None and self._running.turn in checks:
            self._running.stop()
