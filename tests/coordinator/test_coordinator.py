"""The authority on a real bus: it decides once its fold is whole, says things once, and loses none it cannot say."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from coordinator.authority import Authority, at_work, running
from patience import until
from trinity_tui.bus import new_message, open_bus
from trinity_tui.coordinator.standing import Supervised
from trinity_tui.core import board_orders
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position


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


async def test_what_the_person_saw_is_receipted(root: Path) -> None:
    async with running(root) as authority:
        authority.online("lead-1")
        note = new_message("lead-1", "human", "message", "look at this")
        (position,) = await authority.bus.publish(note)
        await authority.it.folding.reached(position)
        way = authority.it.room.deliveries.by_id[note.id]
        assert not way.read_at
        authority.it.person.shown(position + 1)
        authority.it.nudge()
        await authority.until(lambda: authority.it.room.deliveries.by_id[note.id].read_at)
        receipts = [record.message async for record in authority.bus.read(0) if record.message.type == "receipt"]
        assert [(one.from_, one.metadata["read"]) for one in receipts] == [("human", [position])]


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
    async with at_work(authority.it):
        authority.online("lead-1")
        authority.it.alert("the sky is falling", {})
        await until(lambda: authority.troubles and authority.troubles[-1], "it is said that the log takes nothing")
        assert "the disk is full" in authority.troubles[-1]
        full.is_full = False
        await authority.until(lambda: len(authority.it.room.instances) == 3 and authority.it.room.alerts)
        assert len(authority.it.room.alerts) == 1
        assert authority.it.room.instances["lead-1"].state == "ONLINE"
        await until(lambda: not authority.troubles[-1], "it is said to be over")
        assert len(authority.it.room.alerts) == 1


async def test_an_order_given_while_the_log_took_nothing_rests_on_what_was_decided_before(root: Path) -> None:
    authority = Authority(root)
    full = Full(authority.bus)
    full.is_full = False
    authority.it.bus = full  # pyright: ignore[reportAttributeAccessIssue]  # the real bus, refusing for a while
    async with at_work(authority.it):
        authority.online("builder-1", "lead-1")
        first, room = task("builder-1"), authority.it.room
        then = task("builder-1", metadata={"after": [first.id]})
        await authority.bus.publish(first, then)
        _, token = await authority.until(lambda: room.board.holder(first.id))
        full.is_full = True
        done = {"task": first.id, "token": token, "status": "ok"}
        await authority.bus.publish(new_message("builder-1", "coordinator", "task_complete", "done", metadata=done))
        await until(lambda: authority.troubles and authority.troubles[-1], "it is said that the log takes nothing")
        given = asyncio.create_task(
            authority.it.orders.give(lambda board: board_orders.assign(board.tasks[then.id], "lead-1"))
        )
        await asyncio.sleep(0)
        full.is_full = False
        assert (await given).state == "QUEUED", "what it waited for is done"
        await authority.until(lambda: room.board.tasks[then.id].assignee == "lead-1")


async def test_an_instance_no_longer_configured_leaves_the_room(root: Path) -> None:
    before = open_bus(root, "coordinator")
    gone = {"instance": "scout-1", "state": "ONLINE", "role": "explorer"}
    await before.publish(new_message("coordinator", "human", "status", "scout-1 is ONLINE", metadata=gone))
    await before.aclose()
    async with running(root) as authority:
        await authority.until(lambda: len(authority.it.room.instances) == 3)
        assert "scout-1" not in authority.it.room.instances
