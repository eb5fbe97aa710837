"""Keeps ``SESSION_LOG.md`` and ``SESSION_BRIEFING.md`` up to date, and takes up what people write into the log.

Only where ``[handoff]`` says so: a folder that was not made a workspace of is not littered with documents.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError
from trinity_tui.handoff import find

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from trinity_tui.core.config import HandoffConfig
    from trinity_tui.core.handoff.tiers import Tier
    from trinity_tui.handoff.sessions import Sessions

DEBOUNCE_SECONDS = 0.5
"""What changes together is taken up together."""
REST_SECONDS = 5.0
"""Between two renewals."""
AGAIN_SECONDS = 10.0
"""When a document that could not be written is tried again."""
MADE_BY_INIT = "coordination/README.md"
log = logging.getLogger("tiers")


class Tiers:
    """The documents of one workspace.

    Args:
        root: The workspace.
        sessions: The blocks of its log.
        config: What the person wants.
        working: What is worked on now, a line a task.
        notice: Shows the person a sentence, or takes it back when it is empty.
        changed: Awaited when any of them may read otherwise than before, whoever wrote it.
    """

    def __init__(
        self,
        root: Path,
        sessions: Sessions,
        config: Callable[[], HandoffConfig],
        *,
        working: Callable[[], list[str]],
        notice: Callable[[str, str], None],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._root = root
        self._sessions = sessions
        self._config = config
        self._working = working
        self._notice = notice
        self._changed = changed
        self._news = asyncio.Event()
        self._own: Callable[[Path], bool] = lambda _: False

    def nudge(self) -> None:
        """Something is to be told; soon."""
        self._news.set()

    async def run(self) -> None:
        """Keep them, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(), name="follow documents")
            group.create_task(self._renew_again_and_again(), name="renew documents")

    async def renew(self) -> bool:
        """Bring them up to date; whether that went well."""
        try:
            said = await asyncio.to_thread(self._renew, self._working())
        except (StoreError, OSError) as error:
            self._notice("handoff", f"{error}.")
            return False
        self._notice("handoff", said)
        return True

    async def _renew_again_and_again(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(DEBOUNCE_SECONDS)
            self._news.clear()
            is_renewed = await self.renew()
            await self._changed()
            if is_renewed:
                await asyncio.sleep(REST_SECONDS)
            else:
                await asyncio.sleep(AGAIN_SECONDS)
                self._news.set()

    async def _follow(self) -> None:
        # The watcher takes its time to be loaded, and nobody waits for it.
        from trinity_tui.handoff.follow import follow

        self._news.set()  # What was written while nobody looked.
        async for _ in follow(self._root, lambda path: self._sessions.is_own(path) or self._own(path)):
            self._news.set()
            await self._changed()

    # Beside the loop

    def _renew(self, working: list[str]) -> str:
        if not self._is_wanted("log") and not self._is_wanted("briefing"):
            return ""
        if self._is_wanted("log"):
            self._sessions.keep()
        return self._brief(working) if self._is_wanted("briefing") else ""

    def _brief(self, working: list[str]) -> str:
        # What parses documents is loaded once there is one.
        from trinity_tui.core.handoff.briefing import LOOKED_AT, news_of
        from trinity_tui.handoff.briefing import BriefingFile

        file = BriefingFile(self._root)
        handoff = find.read(self._root, self._sessions.shown(), LOOKED_AT)
        if not file.path.exists() and not handoff.entries and not working:
            return ""
        said = file.renew(news_of(handoff, self._sessions.events(), working), time.time())
        self._own = file.is_own
        return said

    def _is_wanted(self, tier: Tier) -> bool:
        wanted = self._config().documents
        if wanted != "auto":
            return wanted == "always"
        return find.path_of(self._root, tier).exists() or (self._root / MADE_BY_INIT).exists()
