"""Backups on a real bus: said before it is done, known to the next coordinator, and over when the other works."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from coordinator.authority import at_work
from coordinator.strict import forget, never
from patience import until
from trinity_tui.bus import new_message, open_bus
from trinity_tui.coordinator.coordinator import Coordinator
from trinity_tui.coordinator.stand_in import Staff, StandIns
from trinity_tui.coordinator.standing import Standing, Supervised
from trinity_tui.core.config import InstanceConfig

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

INSTANCES = {
    "builder-1": InstanceConfig("builder", backup="builder-2"),
    "builder-2": InstanceConfig("builder", enabled=False), "builder-3": InstanceConfig("builder"),
    "lead-1": InstanceConfig("lead"),
}  # fmt: skip


class Authority:
    """A coordinator with backups, its clock, and who was lent."""

    def __init__(self, root: Path) -> None:
        self.now = 0.0
        self.lent: set[str] = set()
        self.kept_down: list[str] = []
        self.bus = open_bus(root, "coordinator")
        self.standing = Standing(INSTANCES, lambda: 0.0)
        self.it = Coordinator(self.bus, self.standing, never, forget, print)
        staff = Staff(self._lend, self._give_back, lambda: self.kept_down)
        self.stand_ins = StandIns(self.it.folding, self.standing, staff, lambda: self.now)
        self.it.also_decide.append(self.stand_ins.decide)
        self.it.deputies = self.stand_ins.deputies
        self.turns = 0
        self.it.also_decide.append(self._turn)

    def _turn(self) -> list[Any]:
        self.turns += 1
        return []

    def _lend(self, backup: str) -> None:
        assert self.it.room.instances[backup].stands_for, "run before it was on record"
        if backup not in self.lent:
            self.lent.add(backup)
            self.show("ONLINE", backup)

    def _give_back(self, backup: str) -> None:
        self.lent.discard(backup)
        self.show("OFFLINE", backup)

    def show(self, state: str, *names: str) -> None:
        """They are in this state now."""
        for name in names:
            self.standing.supervised(name, Supervised(state, "so it is", "supervision", 1, 1, 0))
        self.it.nudge()

    async def until(self, is_so: Callable[[], Any]) -> Any:
        """Wait for the log to say so; the coordinator decides again at every turn."""

        def nudged() -> Any:
            self.it.nudge()
            return is_so()

        return await until(nudged)

    def view(self, name: str) -> Any:
        """How it stands in the log."""
        return self.it.room.instances.get(name)

    async def shown(self, name: str, state: str) -> None:
        """Wait until the log has it, and the rule has seen it."""
        await self.until(lambda: self.view(name) and self.view(name).state == state)
        turns = self.turns
        await self.until(lambda: self.turns > turns + 1)


@asynccontextmanager
async def running(root: Path) -> AsyncGenerator[Authority]:
    authority = Authority(root)
    async with at_work(authority.it):
        yield authority


async def go_down(authority: Authority) -> None:
    """builder-1 is given up, and time passes."""
    authority.show("ONLINE", "lead-1", "builder-1")
    await authority.shown("builder-1", "ONLINE")
    authority.show("PARKED", "builder-1")
    await authority.shown("builder-1", "PARKED")
    assert authority.lent == set()
    authority.now += 10.0
    await authority.until(lambda: authority.lent)


async def test_a_backup_stands_in_and_goes_when_the_other_works_again(root: Path) -> None:
    async with running(root) as authority:
        authority.show("ONLINE", "lead-1")
        await authority.shown("lead-1", "ONLINE")
        note = new_message("lead-1", "builder-1", "message", "look at this")
        await authority.bus.publish(note)
        await go_down(authority)
        assert authority.lent == {"builder-2"}
        room = authority.it.room
        await authority.until(lambda: authority.view("builder-2").state == "ONLINE")
        assert authority.view("builder-2").stands_for == "builder-1"
        assert [alert.text for alert in room.alerts] == [
            "builder-1 is PARKED: builder-2 stands in for it, 1 unread in its queue"
        ]
        told = [row for row in room.flow if row.to == "lead-1" and row.from_ == "coordinator"]
        assert [row.text for row in told] == [
            "builder-1 is PARKED: builder-2 stands in for it. What you sent to builder-1 waits there until it is back."
        ]
        authority.show("ONLINE", "builder-1")
        await authority.shown("builder-1", "ONLINE")
        assert authority.lent == {"builder-2"}
        authority.now += 10.0
        await authority.until(lambda: not authority.lent and not authority.view("builder-2").stands_for)
        assert any(row.text.startswith("builder-1 works again: builder-2 no longer") for row in room.flow)


async def test_what_it_held_and_what_is_meant_for_it_goes_to_its_backup(root: Path) -> None:
    async with running(root) as authority:
        authority.show("ONLINE", "lead-1", "builder-1", "builder-3")
        await authority.shown("builder-3", "ONLINE")
        named = new_message("lead-1", "builder-1", "task", "look into it", origin="peer")
        await authority.bus.publish(named)
        tasks = authority.it.room.board.tasks
        await authority.until(lambda: named.id in tasks and tasks[named.id].assignee == "builder-1")
        await go_down(authority)
        await authority.until(lambda: tasks[named.id].assignee == "builder-2")
        assert tasks[named.id].reason == "backup of builder-1"
        assert (tasks[named.id].held_by, tasks[named.id].attempts) == ("builder-1", 2)


async def test_the_next_coordinator_goes_on_with_it(root: Path) -> None:
    async with running(root) as authority:
        await go_down(authority)
    async with running(root) as authority:
        authority.show("ONLINE", "lead-1")
        authority.show("PARKED", "builder-1")
        await authority.until(lambda: authority.lent == {"builder-2"})
        assert authority.now == 0.0, "at once"
        assert len(authority.it.room.alerts) == 1, "told once"
        authority.show("ONLINE", "builder-1")
        await authority.shown("builder-1", "ONLINE")
        authority.now += 10.0
        await authority.until(lambda: not authority.view("builder-2").stands_for)


async def test_who_is_kept_down_by_a_person_stands_in_for_nobody(root: Path) -> None:
    async with running(root) as authority:
        authority.kept_down = ["builder-2"]
        authority.show("PARKED", "builder-1")
        await authority.shown("builder-1", "PARKED")
        authority.now += 60.0
        await authority.shown("builder-1", "PARKED")
        assert (authority.lent, authority.it.room.alerts) == (set(), [])
