"""A coordinator on a bus of its own, and what was granted and troubled it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from patience import PATIENCE_SECONDS
from trinity_tui.bus import open_bus
from trinity_tui.coordinator.coordinator import Coordinator
from trinity_tui.coordinator.standing import Standing, Supervised
from trinity_tui.core.config import InstanceConfig

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

INSTANCES = {"builder-1": InstanceConfig(role="builder"), "builder-2": InstanceConfig(role="builder"),
             "lead-1": InstanceConfig(role="lead")}  # fmt: skip


class Authority:
    """A coordinator, and what was granted and troubled it."""

    def __init__(self, root: Path) -> None:
        self.granted: set[tuple[str, str]] = set()
        self.troubles: list[str] = []
        self.bus = open_bus(root, "coordinator")
        self.standing = Standing(INSTANCES, lambda: 0.0)
        self.it = Coordinator(
            self.bus, self.standing, self._granted_at, self._grant, self.troubles.append,
        )  # fmt: skip

    def _granted_at(self, instance: str, command: str) -> str:
        return "2026-11-21T20:15:00.000Z" if (instance, command) in self.granted else ""

    def _grant(self, instance: str, command: str) -> None:
        self.granted.add((instance, command))

    def online(self, *names: str) -> None:
        for name in names:
            self.standing.supervised(name, Supervised("ONLINE", "ready", "supervision", 1, 1, 0))

    async def until(self, is_so: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (answer := is_so()):
                await self.it.folding.moved()
        return answer


@asynccontextmanager
async def at_work(it: Coordinator) -> AsyncGenerator[None]:
    """It folds and decides meanwhile; its bus is closed at the end."""
    tasks = [asyncio.create_task(it.folding.run()), asyncio.create_task(it.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await it.bus.aclose()


@asynccontextmanager
async def running(root: Path) -> AsyncGenerator[Authority]:
    authority = Authority(root)
    async with at_work(authority.it):
        yield authority
