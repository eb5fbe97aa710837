"""The tree an instance works in: the person's, or one of its own. Where it cannot have its own it has none.

It never falls back to the person's; that it lacks its own is its state, until it has it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from trinity_tui.core.errors import TrinityError

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.harness.me import Me
    from trinity_tui.tools.worktree import Worktree

log = logging.getLogger("tools")
AGAIN_SECONDS = 15.0
"""How often it is looked whether it could be had by now."""


class Tree:
    """The tree of one instance.

    Args:
        me: Whose.
    """

    def __init__(self, me: Me) -> None:
        self._me = me
        self._failed = ""

    @property
    def is_own(self) -> bool:
        """Whether it is to be one of its own."""
        return self._me.brief.isolation == "worktree"

    async def make(self) -> Path | None:
        """Its own tree, made where it is not there; None where it works in the person's.

        Raises:
            TrinityError: It cannot be made.
        """
        if not self.is_own:
            return None
        try:
            made = await asyncio.to_thread(self._worktree().make)
        except (TrinityError, OSError) as error:
            self._failed = _sentence(error)
            self._say(self._failed)
            raise
        self._failed = ""
        self._say("")
        return made

    async def watch(self) -> None:
        """For ever: say as its state why it has none."""
        while True:
            try:
                await asyncio.to_thread(self._worktree().check)
                self._say(self._failed)
            except (TrinityError, OSError) as error:
                self._say(_sentence(error))
            await asyncio.sleep(AGAIN_SECONDS)

    async def catch_up(self) -> str:
        """Have its own tree begin from the person's newest commit; why it does not, in a sentence."""
        if not self.is_own:
            return ""
        try:
            said = await asyncio.to_thread(self._worktree().catch_up)
        except (TrinityError, OSError) as error:
            said = f"It may work on an older commit than yours: {_sentence(error)}"
        if said:
            log.warning("the worktree of this instance: %s", said)
        return said

    def _worktree(self) -> Worktree:
        # Git and what goes with it: only for whom it is asked for.
        from trinity_tui.tools.worktree import Worktree

        return Worktree(self._me.root, self._me.id)

    def _say(self, why: str) -> None:
        self._me.lacks_tree(f"no worktree, so no tools but the bus: {why}"[:300] if why else "")


def _sentence(error: TrinityError | OSError) -> str:
    return error.sentence() if isinstance(error, TrinityError) else str(error)
