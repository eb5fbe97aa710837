"""When an instance may do something: pauses, what they cut, and whose turn it is meanwhile."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from trinity_tui.harness.floor import Floor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator

    from trinity_tui.harness.floor import Place

URGENT_SECONDS = 2.0
"""How long a turn that runs waits at most until somebody sees to what is urgent."""
log = logging.getLogger("instance")
_place: ContextVar[Place | None] = ContextVar("place", default=None)


@contextmanager
def at_place(place: Place) -> Generator[None]:
    """What is done inside is done by whoever has, or gave up, this place on the floor."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


class Gate:
    """What runs in an instance runs through here.

    Args:
        has_urgent: Whether an urgent message waits.

    Attributes:
        may_begin: Clear while it is paused, and when it is about to end: no turn begins then.
        floor: Whose message is handled now.
        paused: Why nothing may begin; empty while something may.
    """

    def __init__(self, has_urgent: Callable[[], bool]) -> None:
        self.may_begin = asyncio.Event()
        self.may_begin.set()
        self.floor = Floor()
        self.paused = ""
        self._has_urgent = has_urgent
        self._may_ask = asyncio.Event()
        self._may_ask.set()
        self._parked = 0
        self._is_leaving = False
        self._running: set[asyncio.Task[None]] = set()

    def pause(self, reason: str, *, cuts: bool) -> None:
        """Let nothing begin.

        Args:
            reason: Why, in a sentence.
            cuts: Whether what runs is stopped; else it waits before its next request to a model.
        """
        log.info("paused: %s", reason)
        self.paused = reason
        self._may_ask.clear()
        self.may_begin.clear()
        for task in self._running if cuts else ():
            task.cancel()

    def resume(self) -> None:
        """Go on."""
        log.info("resumed")
        self.paused = ""
        self._may_ask.set()
        if not self._is_leaving:
            self.may_begin.set()

    async def until_may_ask(self, waits: Callable[[str], None]) -> None:
        """Within a turn that a pause did not cut: wait until a model may be asked again.

        Args:
            waits: Told why, if it must wait.
        """
        if not self._may_ask.is_set():
            waits(self.paused)
            await self._may_ask.wait()

    async def run(self, work: Coroutine[Any, Any, None], name: str) -> bool:
        """Do something that a pause may cut; whether it came to its end."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        try:
            await asyncio.wait({task})
            if task.cancelled():
                return False
            task.result()
            return True
        finally:
            self._running.discard(task)
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    @asynccontextmanager
    async def parked(self) -> AsyncGenerator[None]:
        """Let other messages be handled while this one waits for somebody; returns when it is its turn again.

        Whoever leaves it by an error or is cut has no turn any more: what is done then is to be short.
        """
        place = _place.get()
        if place is None or not place.has_floor:
            yield
            return
        place.give()
        self._parked += 1
        try:
            yield
        finally:
            self._parked -= 1
        await place.take(lambda: 1)

    async def let_urgent_go_first(self) -> None:
        """Between two steps of a turn: what is urgent is seen to, then the turn goes on."""
        place = _place.get()
        if place is None or not place.has_floor or not self._has_urgent():
            return
        with suppress(TimeoutError):
            # It may have come only now: then nobody asks for the floor yet who would take it.
            async with asyncio.timeout(URGENT_SECONDS):
                await self.floor.wanted.wait()
        place.give()
        await place.take(lambda: 1)

    async def leave(self) -> None:
        """Begin nothing more, and return when what runs has come to its end, but for what waits for the person."""
        self._is_leaving = True
        self._may_ask.set()
        self.may_begin.clear()
        while len(self._running) > self._parked:
            await asyncio.wait(set(self._running), return_when=asyncio.FIRST_COMPLETED)
