"""What comes after a run waits until that run is written down: its next one, and who gets its work.

::

    a run is over ──▶ on the log ──▶ folded ──▶ its block ──▶ the next run starts, its tasks go to others

So whoever goes on finds what was left for it. A disk that refuses stops nobody: then, and after ``PATIENCE_SECONDS``,
things go on without the block.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from trinity_tui.core.handoff.lives import Lives

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_SECONDS = 5.0
"""Longer than writing takes on a busy machine, shorter than a start may take."""
log = logging.getLogger("succession")


class Succession:
    """Who waits for whose block.

    Args:
        news: Told that work may be passed on which might not before.
        clock: Monotonic seconds.
    """

    def __init__(self, news: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._news = news
        self._clock = clock
        self._lives = Lives("")
        self._is_refused = False
        self._started: dict[str, int] = {}
        """The last run that was let go: the log may not tell of it yet."""
        self._waiting: dict[str, tuple[int, Callable[[], None], asyncio.TimerHandle]] = {}
        """Whose next run waits, which, and how it goes on."""
        self._kept_back: dict[str, float] = {}
        """Whose work waits, and since when."""

    def look(self, lives: Lives, *, is_refused: bool = False) -> None:
        """Things went on: let go of who need not wait any more.

        Args:
            lives: What is folded, and what of it is not written down yet.
            is_refused: Whether that cannot be written now.
        """
        self._lives, self._is_refused = lives, is_refused
        for who, (epoch, _, _) in list(self._waiting.items()):
            if self._is_before(who, epoch):
                self._let_go(who, epoch)
        told = [who for who in self._kept_back if self._is_told(who)]
        for who in told:
            del self._kept_back[who]
        if told:
            self._news()

    def may_start(self, who: str, epoch: int, then: Callable[[], None]) -> bool:
        """Whether everything before this run is written down; if not, ``then`` is called once it may start."""
        if self._started.get(who) == epoch or self._is_before(who, epoch):
            self._started[who] = epoch
            return True
        if who in self._waiting:
            self._waiting.pop(who)[2].cancel()
        late = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._lose_patience, who, epoch)
        self._waiting[who] = (epoch, then, late)
        return False

    def may_inherit(self, who: str) -> bool:
        """Whether others may get the work of one that is down."""
        if self._is_told(who):
            self._kept_back.pop(who, None)
            return True
        since = self._kept_back.setdefault(who, self._clock())
        return self._clock() - since >= PATIENCE_SECONDS

    def heirs(self) -> dict[str, str]:
        """Who gets the work of whom that handed over."""
        return self._lives.heirs

    def unfinished(self) -> list[str]:
        """Who handed over and was not stopped yet: it is on the log, and the coordinator died over it."""
        return [who for who, life in self._lives.living.items() if life.epoch and life.heir]

    def _is_before(self, who: str, epoch: int) -> bool:
        """Whether all its runs before this one are written down."""
        if self._is_refused:
            return True
        life, last = self._lives.living.get(who), self._started.get(who, 0)
        if not self._is_written(who):
            return False
        if life is None:
            return not last
        return life.epoch >= epoch or (not life.epoch and life.ended_epoch >= last)

    def _is_told(self, who: str) -> bool:
        life = self._lives.living.get(who)
        return self._is_refused or (self._is_written(who) and (life is None or not life.epoch))

    def _is_written(self, who: str) -> bool:
        return not any(ended.life.who == who for ended in self._lives.ended)

    def _lose_patience(self, who: str, epoch: int) -> None:
        log.warning("the session of %s before its run %d is not written down; it starts without", who, epoch)
        self._let_go(who, epoch)

    def _let_go(self, who: str, epoch: int) -> None:
        _, then, late = self._waiting.pop(who)
        late.cancel()
        self._started[who] = epoch
        then()
