"""What a coordinator would do for the log, done by a command while none runs: catch up with the snapshots, keep limits.

Whoever calls holds the coordinator's lock.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.bus import new_message
from trinity_tui.coordinator.archive import Archive
from trinity_tui.coordinator.folding import Folding
from trinity_tui.coordinator.retention import Kept, Retention
from trinity_tui.core.address import COORDINATOR, HUMAN

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.message import Message
    from trinity_tui.core.retention import Rules


async def keep_alone(bus: Bus, snapshots: Path, rules: Rules) -> Kept:
    """Bring the snapshots up to the log's end and keep the log within its limits, once.

    Raises:
        StoreError: A step failed; nothing is lost.
    """
    archive = Archive(bus, snapshots)
    folding = Folding(bus, archive)
    following = asyncio.create_task(folding.run(), name="fold")
    said: list[Message] = []

    def alert(text: str, metadata: dict[str, Any]) -> None:
        said.append(new_message(COORDINATOR, HUMAN, "alert", text, origin="coordinator", metadata=metadata))

    try:
        caught_up = asyncio.create_task(folding.caught_up.wait(), name="caught up")
        await asyncio.wait({following, caught_up}, return_when=asyncio.FIRST_COMPLETED)
        caught_up.cancel()
        if following.done():
            following.result()
        done = await Retention(bus, archive, rules, alert, lambda _: None).keep()
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await archive.settle()
    if said:
        await bus.publish(*said)
    return done
