"""Keeping the log within its limits: plans what may go, moves on who is too far behind, drops, packs, collects.

Runs after every seam and once an hour. Each step may be killed and is done again by the next run.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import retention
from trinity_tui.core.errors import StoreError
from trinity_tui.core.record import Position
from trinity_tui.core.told import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.core.config import BusConfig
    from trinity_tui.core.retention import Rules

RUN_SECONDS = 3600.0


class Kept(msgspec.Struct, kw_only=True):
    """What one run did."""

    first: Position = 0
    """Where the kept log begins now."""
    dropped: int = 0
    """Chunks that went."""
    packed: int = 0
    saved_bytes: int = 0
    """By packing."""
    contents: int = 0
    """Contents without a line that were removed."""
    moved_on: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    """Consumers that were too far behind, and how many messages of theirs are dead letters now."""


def retention_rules(config: BusConfig) -> Rules:
    """The limits as configured."""
    return retention.Rules(
        retain_seconds=config.retain_hours * 3600.0, retain_bytes=config.retain_bytes, max_lag=config.max_lag,
        is_packing=config.compress,
    )  # fmt: skip


class Retention:
    """Keeps one log within its limits.

    Args:
        bus: The log.
        archive: Its snapshots.
        rules: The limits; may be replaced while it runs.
        alert: Tell the person something, on record.
        trouble: Told why it cannot be done; told an empty sentence when it can.
    """

    def __init__(
        self,
        bus: Bus,
        archive: Archive,
        rules: Rules,
        alert: Callable[[str, dict[str, str]], None],
        trouble: Callable[[str], None],
    ) -> None:
        self.rules = rules
        self._bus = bus
        self._archive = archive
        self._alert = alert
        self._trouble = trouble
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        archive.listen(self._news.set)

    async def run(self) -> None:
        """Keep it so for ever."""
        while True:
            self._news.clear()
            try:
                await self.keep()
                self._trouble("")
            except StoreError as error:
                self._trouble(f"The log cannot be kept within its limits: {error}.")
            try:
                async with asyncio.timeout(RUN_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def keep(self) -> Kept:
        """Do now what is due, and say what that was.

        Raises:
            StoreError: A step failed; nothing is lost, and the next run takes it up.
        """
        async with self._turn:
            await self._archive.settle()
            if self._archive.saved:
                await self._bus.has_snapshot(self._archive.saved)
            plan = await self._plan()
            done = Kept()
            if plan.drop_before > await self._bus.first():
                done.moved_on = {name: await self._move_on(name, lag, plan) for name, lag in plan.moved_on.items()}
                done.dropped = len(await self._bus.drop_before(plan.drop_before))
            done.first = await self._bus.first()
            await asyncio.to_thread(partial(self._archive.sweep, done.first))
            for start in plan.pack:
                saved = await self._bus.pack(start)
                done.packed += saved > 0
                done.saved_bytes += saved
            done.contents = await self._bus.collect()
            return done

    async def _plan(self) -> retention.Plan:
        """The plan whose snapshot is proven whole: with what lies before it gone, it is all that is left of that."""
        chunks, lows = await self._bus.chunks(), await self._bus.lows()
        snapshots = set(await asyncio.to_thread(self._archive.snapshots.positions))
        while True:
            plan = retention.plan(chunks, lows, snapshots, self.rules, time.time())
            if not chunks or plan.drop_before == chunks[0].start:
                return plan
            if await asyncio.to_thread(partial(self._archive.snapshots.load, plan.drop_before)) is not None:
                return plan
            snapshots.discard(plan.drop_before)

    async def _move_on(self, name: str, lag: int, plan: retention.Plan) -> int:
        reason = (
            f"{name} was {counted(lag, 'message')} behind (max_lag {self.rules.max_lag}) when the log was shortened"
        )
        count = await self._bus.move_on(name, plan.drop_before, reason)
        if count:
            text = (
                f"{name} is {counted(lag, 'message')} behind, more than [bus] max_lag = {self.rules.max_lag}. "
                f"{counted(count, 'message')} it has not done with left the log for `trinity messages --dead`."
            )
            self._alert(text, {"instance": name})
        return count
