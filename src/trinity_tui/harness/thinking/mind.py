"""Which brain an instance thinks with now: opened when it is first needed, looked for again while it is missing.

A named brain that is not there leaves the builtin one, said as a degradation; ``auto`` chooses for itself.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from trinity_tui.core import brain_name
from trinity_tui.core.errors import TrinityError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from trinity_tui.brains.brain import Brain
    from trinity_tui.core.brain_name import BrainName
    from trinity_tui.harness.me import Me

AGAIN_SECONDS = 30.0
"""How often a brain that is missing is looked for."""
BUILTIN = brain_name.BrainName("builtin")
log = logging.getLogger("mind")


class Chosen(Protocol):
    """What looking for a brain gave."""

    @property
    def brain(self) -> Brain | None:
        """None: the builtin one."""
        ...

    @property
    def why(self) -> str:
        """Why it is not the one that was named."""
        ...


class Mind:
    """The brain in use.

    Args:
        me: Whose.
        wanted: Its name, as it was asked for.
        open_brain: Finds the brain of a name.

    Attributes:
        why: Why no model is in use; empty where one is.
    """

    def __init__(self, me: Me, wanted: str, open_brain: Callable[[BrainName], Awaitable[Chosen]]) -> None:
        self._me = me
        self._open_brain = open_brain
        self._brain: Brain | None = None
        self._retired: list[Brain] = []
        self._borrowed = 0
        self._opening = asyncio.Lock()
        self._changed = asyncio.Event()
        self._is_stale = False
        self._asked_for: str | None = None
        self._looked_at = float("-inf")
        self.why = ""
        self._said: tuple[str, str] | None = None
        """The brain that was last written of, and why: what is still so is not written again."""
        self.use(wanted)

    @property
    def name(self) -> str:
        """The brain in use, as it is named."""
        return str(self._brain.name) if self._brain is not None else str(BUILTIN)

    def use(self, wanted: str) -> None:
        """Think with another brain from the next exchange on; the one that is in use already stays as it is.

        A coordinator says with every connection which brain counts, so that nobody misses a change.
        """
        if wanted == self._asked_for:
            return
        self._asked_for, self.why, self._said = wanted, "", None
        try:
            self._wanted = brain_name.parse(wanted)
        except ValueError as error:
            self._wanted, self.why = BUILTIN, f"{wanted[:80]!r} is no brain: {error}"
        self._is_stale = True
        self._changed.set()

    @asynccontextmanager
    async def borrowed(self) -> AsyncGenerator[Brain | None]:
        """The brain to think with now, which stays open meanwhile; None: the builtin one."""
        brain = await self._look()
        self._borrowed += 1
        try:
            yield brain
        finally:
            self._borrowed -= 1
            await self._let_go()

    async def _look(self) -> Brain | None:
        async with self._opening:
            now = asyncio.get_running_loop().time()
            if self._is_stale:
                self._is_stale = False
                self._retire()
                await self._open(now)
            elif self._brain is None and self._wanted != BUILTIN and now - self._looked_at >= AGAIN_SECONDS:
                await self._open(now)
            self._show()
            return self._brain

    async def _open(self, now: float) -> None:
        self._looked_at = now
        if self._wanted == BUILTIN:
            log.info("thinking with the builtin brain, which is no language model")
            return
        try:
            chosen = await self._open_brain(self._wanted)
            self._brain, self.why = chosen.brain, "" if chosen.brain else chosen.why
        except TrinityError as error:
            self.why = error.sentence()
        self._say()

    def _say(self) -> None:
        said = (self.name, self.why)
        if said != self._said:
            self._said = said
            log.info("thinking with %s%s", self.name, f": {self.why}" if self.why else "")

    def lost(self, why: str) -> None:
        """The brain in use is not there any more; it is looked for again later."""
        self._retire()
        self.why = why
        self._looked_at = asyncio.get_running_loop().time()
        self._show()

    async def watch(self) -> None:
        """For ever: open what is asked for, and look again while it is missing."""
        while True:
            self._changed.clear()
            await self._look()
            await self._let_go()
            is_missing = self._brain is None and self._wanted != BUILTIN
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS if is_missing else None):
                    await self._changed.wait()

    def _retire(self) -> None:
        if self._brain is not None:
            self._retired.append(self._brain)
            self._brain = None

    async def _let_go(self) -> None:
        """Close what is no longer in use, once no exchange runs on it."""
        while self._retired and not self._borrowed:
            brain = self._retired.pop()
            try:
                await brain.aclose()
            except TrinityError as error:
                log.warning("%s was not closed: %s", brain.name, error)

    def _show(self) -> None:
        is_asked_for = self._wanted.provider != "auto"
        self._me.thinks_with(self.name, self.why if is_asked_for and self._brain is None else "")
