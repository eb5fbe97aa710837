"""What sessions leave for the next: their blocks written as they end, and the documents made of them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from trinity_tui.core.board import HELD
from trinity_tui.daemon.documents import Documents
from trinity_tui.daemon.journaling import Journaling
from trinity_tui.daemon.succession import Succession
from trinity_tui.daemon.tiers import Tiers
from trinity_tui.handoff.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.bus import Bus
    from trinity_tui.core.config import HandoffConfig
    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.record import Record
    from trinity_tui.core.room import Room

FINISH_SECONDS = 10.0
"""What the last words may take; `trinity down` waits for them."""
log = logging.getLogger("handoffs")


class Handoffs:
    """The handoffs of one workspace.

    Args:
        workspace: Whose.
        bus: The log.
        computer: How others call this one.
        config: What the person wants of the documents now.
        room: What the log says now.
        notice: Shows the person a sentence, or takes it back when it is empty.
        news: Told that work may be passed on which might not before.
        changed: Called when the documents read otherwise than before.

    Attributes:
        documents: As they are shown.
        succession: Who waits until a session is written down.
    """

    def __init__(
        self,
        workspace: Workspace,
        bus: Bus,
        computer: str,
        config: Callable[[], HandoffConfig],
        room: Callable[[], Room],
        notice: Callable[[str, str], None],
        news: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        sessions = Sessions(workspace.root, computer)
        self._room = room
        self.documents = Documents(workspace, computer, changed)
        self.succession = Succession(news)
        self.tiers = Tiers(
            workspace.root, sessions, config, working=self._working, notice=notice, changed=self.documents.look
        )  # fmt: skip
        self._journaling = Journaling(
            workspace, bus, sessions, computer,
            written=self.tiers.nudge, notice=notice, succession=self.succession,
        )  # fmt: skip

    async def begin(self) -> None:
        """Take up where the coordinator before left off; before anything new is folded."""
        await self._journaling.begin()

    def folded(self, records: Sequence[Record]) -> None:
        """Take what was folded."""
        self._journaling.folded(records)
        if any(record.message.type in ("task_update", "memory") for record in records):
            self.tiers.nudge()

    async def run(self) -> None:
        """Write blocks and documents, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._journaling.run(), name="journal")
            group.create_task(self.tiers.run(), name="documents")

    async def finish(self) -> None:
        """Write down what ended up to the log's end, when nobody folds any more.

        Raises:
            TrinityError: It cannot be done now; the next coordinator does it.
            TimeoutError: Likewise.
        """
        async with asyncio.timeout(FINISH_SECONDS):
            if await self._journaling.finish():
                await self.tiers.renew()

    def _working(self) -> list[str]:
        """What is worked on now, a line a task."""
        tasks = self._room().board.tasks.values()
        return [f"{one.title} ({one.assignee})" for one in tasks if one.state in HELD]
