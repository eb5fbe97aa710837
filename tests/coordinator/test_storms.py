"""Storms on a real log: who goes round is paused once, the person told once, and a restart changes neither."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from coordinator.authority import at_work
from coordinator.strict import forget, never
from patience import PATIENCE_SECONDS
from trinity_tui.bus import new_message, open_bus
from trinity_tui.coordinator.coordinator import Coordinator
from trinity_tui.coordinator.standing import Standing, Supervised
from trinity_tui.coordinator.storms import Storms
from trinity_tui.core.config import InstanceConfig
from trinity_tui.core.storm import SOURCE, StormConfig

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from trinity_tui.core.message import Message

NAMES = ("builder-1", "explorer-1", "lead-1")
LOOP = "storm guard: builder-1 → explorer-1 → builder-1, 17 messages in 0 s"


class Authority:
    """A coordinator with a storm guard over instances that are online."""

    def __init__(self, root: Path, clock: Callable[[], float]) -> None:
        self.bus = open_bus(root, "coordinator")
        self.standing = Standing({name: InstanceConfig(role=name[:-2]) for name in NAMES}, lambda: 0.0)
        self.it = Coordinator(self.bus, self.standing, never, forget, print)
        folding = self.it.folding
        self.storms = Storms(folding, self.standing, StormConfig(), self.standing.pause, self.it.nudge, clock)
        self.it.also_decide.append(self.storms.decide)
        for name in NAMES:
            self.standing.supervised(name, Supervised("ONLINE", "ready", "supervision", 1, 1, 0))

    def views(self) -> dict[str, tuple[str, str, str]]:
        return {view.id: (view.state, view.reason, view.source) for view in self.it.room.instances.values()}

    def alerts(self) -> list[str]:
        return [alert.text for alert in self.it.room.alerts]

    async def until(self, is_so: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.it.folding.caught_up.wait()
            while not is_so():
                await self.it.folding.moved()

    async def settled(self) -> None:
        """Wait until what was in the log is folded and decided about."""
        await self.it.folding.caught_up.wait()
        count = self.alerts().count("settled")
        self.it.alert("settled", {})
        await self.until(lambda: self.alerts().count("settled") > count)


@asynccontextmanager
async def running(root: Path, clock: Callable[[], float] = time.time) -> AsyncGenerator[Authority]:
    authority = Authority(root, clock)
    async with at_work(authority.it):
        yield authority


def loop(times: int, *names: str, now: float | None = None) -> list[Message]:
    """Instances that answer one another and say nothing of it."""
    made: list[Message] = []
    for number in range(times):
        cause = made[-1].id if made else None
        sender, to = names[number % len(names)], names[(number + 1) % len(names)]
        made.append(new_message(sender, to, "chat", f"{number}", origin="peer", reply_to=cause, now=now))
    return made


async def test_a_loop_is_paused_and_told_once_with_the_loop_drawn(root: Path) -> None:
    async with running(root) as authority:
        await authority.bus.publish(*loop(17, "builder-1", "explorer-1"))
        await authority.until(lambda: authority.views().get("builder-1") == ("PAUSED", LOOP, "storm guard"))
        await authority.bus.publish(*loop(40, "explorer-1", "builder-1"))
        await authority.settled()
        views = authority.views()
        assert {name: state for name, (state, _, _) in views.items()} == {
            "builder-1": "PAUSED", "explorer-1": "PAUSED", "lead-1": "ONLINE",
        }  # fmt: skip
        told = [text for text in authority.alerts() if text != "settled"]
        paused = "Paused: builder-1, explorer-1. `trinity resume builder-1` lets it go on."
        assert told == [f"{LOOP[0].upper()}{LOOP[1:]}. {paused}"]


async def test_of_a_loop_over_two_computers_each_coordinator_pauses_its_own(root: Path) -> None:
    async with running(root) as authority:
        await authority.bus.publish(*loop(17, "builder-1", "C2/explorer-1"))
        await authority.until(lambda: authority.views().get("builder-1", ("",))[0] == "PAUSED")
        await authority.bus.publish(*loop(40, "C2/explorer-1", "C2/builder-1"))
        await authority.settled()
        assert {name for name, (state, _, _) in authority.views().items() if state == "PAUSED"} == {"builder-1"}
        (told,) = (text for text in authority.alerts() if text != "settled")
        assert "builder-1 → C2/explorer-1 → builder-1" in told
        assert "Paused: builder-1. `trinity resume builder-1`" in told


async def test_the_next_coordinator_keeps_the_pause_and_tells_nothing_again(root: Path) -> None:
    async with running(root) as authority:
        await authority.bus.publish(*loop(17, "builder-1", "explorer-1"))
        await authority.until(lambda: authority.views().get("builder-1", ("",))[0] == "PAUSED")
        authority.standing.supervised("builder-1", Supervised("CRASHED", "signal 9", "supervision", None, 1, 0))
        authority.it.nudge()
        await authority.until(lambda: authority.views()["builder-1"][0] == "CRASHED")
    async with running(root) as authority:
        await authority.settled()
        assert authority.views()["builder-1"] == ("PAUSED", LOOP, "storm guard")
        assert authority.views()["explorer-1"] == ("PAUSED", LOOP, "storm guard")
        assert len([text for text in authority.alerts() if text.startswith("Storm")]) == 1
        authority.standing.pause("builder-1", "", SOURCE)
        authority.standing.heard("builder-1", degraded="")
        authority.it.nudge()
        await authority.until(lambda: authority.views()["builder-1"][0] == "ONLINE")
    async with running(root) as authority:
        await authority.settled()
        assert authority.standing.paused("builder-1") == ""
        assert authority.standing.paused("explorer-1")


async def test_a_loop_of_long_ago_that_nobody_was_told_of_pauses_nobody(root: Path) -> None:
    bus = open_bus(root, "test")
    await bus.publish(*loop(17, "builder-1", "explorer-1", now=1e9))
    await bus.aclose()
    async with running(root) as authority:
        await authority.settled()
        assert authority.alerts() == ["settled"]
        assert authority.standing.paused("builder-1") == ""


async def test_a_refusal_without_a_loop_is_told_and_pauses_nobody(root: Path) -> None:
    async with running(root) as authority:
        metadata = {"refused": "rate", "reason": "too many", "instance": "lead-1"}
        report = new_message("lead-1", "coordinator", "status", "…", origin="peer", metadata=metadata)
        await authority.bus.publish(report)
        await authority.until(lambda: authority.alerts() == ["Storm guard: lead-1: too many."])
        assert authority.standing.paused("lead-1") == ""
