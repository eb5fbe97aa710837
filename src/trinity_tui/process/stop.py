"""Stopping a family of processes from an asyncio loop; ``process.tree`` has the plan."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from trinity_tui.process.tree import TreeKill

if TYPE_CHECKING:
    from trinity_tui.process.census import Census, Root


async def kill_tree(root: Root, census: Census, grace_seconds: float) -> list[int]:
    """Stop the family and wait for its end.

    Returns:
        The pids that could not be killed.
    """
    plan = TreeKill(root, grace_seconds, time.monotonic())
    while True:
        census.take()
        survivors = plan.advance(census, time.monotonic())
        if survivors is not None:
            return survivors
        await asyncio.sleep(max(0.0, plan.next_look_at - time.monotonic()))
