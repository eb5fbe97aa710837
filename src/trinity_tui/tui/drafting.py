"""Keeps what is written and not sent over the end of the screen, however that comes: on disk, soon after a change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError
from trinity_tui.tui.drafts import Drafts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.timer import Timer

DRAFT_SECONDS = 0.5
"""How long what is being written may stay unkept: of it no more than a second is lost where the program is killed."""


class Drafting:
    """The drafts of one screen, and the file they are kept in.

    Args:
        file: The file; None: they last only as long as the program runs.
        later: Calls something after so many seconds.
        warn: Tells the person a sentence.
    """

    def __init__(self, file: Path | None, later: Callable[..., Timer], warn: Callable[[str], None]) -> None:
        # What the screen is made of stands without a client, and is looked at without one.
        from trinity_tui.client.drafts import Keeper

        self._keeper = Keeper(file) if file is not None else None
        kept = self._keeper.kept if self._keeper is not None else None
        self.drafts = Drafts(dict(kept.drafts), list(kept.sent)) if kept is not None else Drafts()
        self._later = later
        self._warn = warn
        self._timer: Timer | None = None
        self._is_told = False
        """Whether it was said that drafts cannot be kept."""

    def soon(self) -> None:
        """Keep them before long."""
        if self._timer is None and self._keeper is not None:
            self._timer = self._later(DRAFT_SECONDS, self._keep, name="drafts")

    async def _keep(self) -> None:
        self._timer = None
        try:
            await asyncio.to_thread(self.keep)
        except StoreError as error:
            if not self._is_told:
                self._warn(f"What you write is not kept over the end of this screen: {error.sentence()}")
            self._is_told = True
        else:
            self._is_told = False

    def keep(self) -> None:
        """Keep what is not sent, and what was, now.

        Raises:
            StoreError: That cannot be written.
        """
        if self._keeper is not None:
            fresh = list(self.drafts.fresh)
            self._keeper.keep(dict(self.drafts.texts), fresh)
            del self.drafts.fresh[: len(fresh)]
