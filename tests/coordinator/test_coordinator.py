"""The authority on a real bus: it decides once its fold is whole, says things once, and loses none it cannot say."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from trinity_tui.bus import new_message, open_bus
from trinity_tui.coordinator.coordinator import Coordinator, delivery_chain
from trinity_tui.coordinator.standing import Standing, Supervised
from trinity_tui.core.config import InstanceConfig
from trinity_tui.core.errors import BusError, ClientError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

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
        async with asyncio.timeout(10):
            while not (answer := is_so()):
                await self.it.folding.moved()
        return answer


@asynccontextmanager
async def running(root: Path) -> AsyncGenerator[Authority]:
    authority = Authority(root)
    tasks = [asyncio.create_task(authority.it.folding.run()), asyncio.create_task(authority.it.run())]
    try:
        yield authority
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await authority.bus.aclose()


def task(to: str = "role:builder", **fields: Any) -> Message:
    return new_message("lead-1", to, "task", "look into it", origin="peer", **fields)


async def test_a_task_goes_through_its_whole_life(root: Path) -> None:
    async with running(root) as authority:
        authority.online("builder-1", "lead-1")
        work = task()
        await authority.bus.publish(work)
        room = authority.it.room
        await authority.until(lambda: room.board.tasks.get(work.id) and room.board.tasks[work.id].state == "ASSIGNED")
        held = room.board.tasks[work.id]
        done = {"task": work.id, "token": held.token, "status": "ok"}
        stale = new_message("builder-1", "coordinator", "task_complete", "old", metadata={**done, "token": 0})
        await authority.bus.publish(stale)
        await authority.bus.publish(
            new_message("builder-1", "coordinator", "task_complete", "41 passed", metadata=done)
        )
        await authority.until(lambda: room.board.tasks[work.id].state == "COMPLETED")
        assert room.board.tasks[work.id].result == "41 passed"
        assert room.forbidden == 1


async def test_what_the_holder_cannot_finish_goes_to_another(root: Path) -> None:
    async with running(root) as authority:
        authority.online("builder-1", "builder-2", "lead-1")
        work = task()
        await authority.bus.publish(work)
        room = authority.it.room
        await authority.until(lambda: room.board.holder(work.id))
        first = room.board.tasks[work.id].assignee
        authority.standing.supervised(first, Supervised("PARKED", "gave up", "supervision", None, 1, 8))
        authority.it.nudge()
        await authority.until(lambda: room.board.tasks[work.id].assignee not in ("", first))
        assert room.board.tasks[work.id].attempts == 2


async def test_nothing_is_decided_before_the_fold_is_whole(root: Path) -> None:
    before = open_bus(root, "lead-1")
    work = task("builder-1")
    assigned = new_message("coordinator", "builder-1", "task_update", "yours", metadata={
        "task": work.id, "state": "ASSIGNED", "assignee": "builder-1"})  # fmt: skip
    await before.publish(work, assigned, *(new_message("lead-1", "all", "finding", f"{n}") for n in range(3000)))
    await before.aclose()
    async with running(root) as authority:
        authority.online("builder-1", "lead-1")
        await authority.until(lambda: authority.it.folding.caught_up.is_set())
        await authority.until(lambda: "builder-1" in authority.it.room.instances)
        assert authority.it.room.board.tasks[work.id].attempts == 1


async def test_a_request_is_decided_once_by_the_person_or_by_a_grant(root: Path) -> None:
    async with running(root) as authority:
        authority.online("builder-1")
        request = {"op": "request", "command": "make test"}
        asked = new_message("builder-1", "human", "approval", "may I?", metadata=request)
        await authority.bus.publish(asked)
        await authority.until(lambda: asked.id in authority.it.room.approvals)
        await authority.it.decide_approval(asked.id, "always")
        with pytest.raises(ClientError, match="decided already"):
            await authority.it.decide_approval(asked.id, "reject")
        with pytest.raises(ClientError) as missing:
            await authority.it.decide_approval("nothing", "once")
        assert missing.value.exit_code == 4
        again = new_message("builder-1", "human", "approval", "may I?", metadata=request)
        await authority.bus.publish(again)
        approvals = authority.it.room.approvals
        await authority.until(lambda: again.id in approvals and approvals[again.id].verdict)
        assert (approvals[again.id].verdict, approvals[again.id].decided_by) == ("always", "grant")
        named = "your word for builder-1 of 2026-11-21 20:15 UTC"
        assert (approvals[asked.id].granted, approvals[again.id].granted) == ("", named)
        (told,) = [row.text for row in authority.it.room.flow if row.text.endswith(f"({named})")]
        assert told.startswith("always: make test")


async def test_the_person_speaks_only_to_somebody_who_is_there(root: Path) -> None:
    async with running(root) as authority:
        authority.online("builder-1", "lead-1")
        await authority.until(lambda: len(authority.it.room.instances) == 3)
        with pytest.raises(ClientError) as nobody:
            await authority.it.send("builder-9", "chat", "hello")
        assert nobody.value.exit_code == 4
        assert nobody.value.hint.startswith("Did you mean builder-")
        with pytest.raises(ClientError):
            await authority.it.send("role:oracle", "chat", "hello")
        message, position = await authority.it.send("lead-1", "question", "what now?")
        assert (message.from_, message.origin) == ("human", "human")
        await authority.it.folding.reached(position)
        assert (delivery_chain(authority.it.room, message.id) or {})["stage"] == "written"


async def test_what_the_person_saw_is_receipted(root: Path) -> None:
    async with running(root) as authority:
        authority.online("lead-1")
        note = new_message("lead-1", "human", "message", "look at this")
        (position,) = await authority.bus.publish(note)
        await authority.it.folding.reached(position)
        authority.it.shown(position + 1)
        authority.it.nudge()
        await authority.until(lambda: authority.it.room.deliveries.by_id[note.id].read_at)


class Full:
    """A bus that takes nothing until there is room again."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self.is_full = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    async def publish(self, *messages: Message) -> list[Position]:
        if self.is_full:
            raise BusError("the disk is full")
        return await self._bus.publish(*messages)


async def test_what_was_decided_while_the_log_took_nothing_is_said_later_and_once(root: Path) -> None:
    authority = Authority(root)
    full = Full(authority.bus)
    authority.it.bus = full  # pyright: ignore[reportAttributeAccessIssue]  # the real bus, refusing for a while
    tasks = [asyncio.create_task(authority.it.folding.run()), asyncio.create_task(authority.it.run())]
    try:
        authority.online("lead-1")
        authority.it.alert("the sky is falling", {})
        async with asyncio.timeout(10):
            while not authority.troubles or not authority.troubles[-1]:
                await asyncio.sleep(0.01)
        assert "the disk is full" in authority.troubles[-1]
        full.is_full = False
        await authority.until(lambda: len(authority.it.room.instances) == 3 and authority.it.room.alerts)
        assert len(authority.it.room.alerts) == 1
        assert authority.it.room.instances["lead-1"].state == "ONLINE"
        async with asyncio.timeout(10):
            while authority.troubles[-1]:
                await asyncio.sleep(0.01)
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await authority.bus.aclose()


async def test_an_instance_no_longer_configured_leaves_the_room(root: Path) -> None:
    before = open_bus(root, "coordinator")
    gone = {"instance": "scout-1", "state": "ONLINE", "role": "explorer"}
    await before.publish(new_message("coordinator", "human", "status", "scout-1 is ONLINE", metadata=gone))
    await before.aclose()
    async with running(root) as authority:
        await authority.until(lambda: len(authority.it.room.instances) == 3)
        assert "scout-1" not in authority.it.room.instances
