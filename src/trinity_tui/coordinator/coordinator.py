"""The coordinator: the one authority. It folds, decides and publishes.

What it decides: who gets a task, how each instance stands, what the person allowed (``approvals``). What the person
says goes through ``person``. Effects outside of the bus (processes, sockets) are the daemon's.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.coordinator import statements
from trinity_tui.coordinator.approvals import Approvals
from trinity_tui.coordinator.folding import Folding
from trinity_tui.coordinator.orders import Orders
from trinity_tui.coordinator.person import Person
from trinity_tui.core import board
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.coordinator.standing import Standing
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record
    from trinity_tui.core.room import Room

ABLE_STATES = frozenset({"ONLINE", "BUSY", "DEGRADED"})
GONE_STATES = frozenset({"CRASHED", "OFFLINE", "PARKED"})
DECIDED_ABOUT = frozenset({"task", "task_update", "task_complete", "approval", "status"})
TICK_SECONDS = 0.5
UNSAID_MOST = 1_000


class Coordinator:
    """Authority over one workspace's bus.

    Args:
        bus: The log.
        standing: How the instances stand.
        granted_at: When the person allowed this instance this command for good, RFC 3339; empty: not at all.
        grant: Remember that the person did.
        trouble: Told why the log takes nothing; told an empty sentence when it does.
        archive: The log's snapshots; without, it is folded from its beginning.
    """

    def __init__(
        self,
        bus: Bus,
        standing: Standing,
        granted_at: Callable[[str, str], str],
        grant: Callable[[str, str], None],
        trouble: Callable[[str], None],
        archive: Archive | None = None,
    ) -> None:
        self.bus = bus
        self.standing = standing
        self.folding = Folding(bus, archive)
        self.folding.listen(self._wake)
        self._trouble = trouble
        self._unsaid: list[Message] = []
        self.also_decide: list[Callable[[], list[Message]]] = []
        """What else is decided by the one authority; called when the fold is at the log's end."""
        self.deputies: Callable[[], Mapping[str, str]] = dict
        """Who gets the work of those that are down."""
        self.may_inherit: Callable[[str], bool] = lambda instance: True
        """Whether the work of one that is down may be given to others already."""
        self._news = asyncio.Event()
        self.has_decided = asyncio.Event()
        """Set once what was to be said at the beginning is said."""
        self.orders = Orders(lambda: self.room.board, self.nudge)
        self.person = Person(bus, self.folding)
        self.approvals = Approvals(bus, self.folding, granted_at, grant, self.say_first, self.nudge)

    @property
    def room(self) -> Room:
        """What the log says."""
        return self.folding.room

    def say_first(self, message: Message) -> None:
        """Publish this before anything is decided."""
        self._unsaid.append(message)
        self.nudge()

    def alert(self, text: str, metadata: dict[str, Any]) -> None:
        """Tell the person something, on record."""
        if len(self._unsaid) < 2 * UNSAID_MOST:
            self._unsaid.append(statements.alert(text, metadata))
        self.nudge()

    def _wake(self, records: Sequence[Record]) -> None:
        # At a thousand messages a second most say nothing that asks for a decision.
        if any(record.message.type in DECIDED_ABOUT for record in records):
            self._news.set()

    def nudge(self) -> None:
        """Something outside of the log changed; decide soon."""
        self._news.set()

    async def run(self) -> None:
        """Decide for ever; never before the fold has reached the end of the log."""
        await self.folding.caught_up.wait()
        for view in self.room.instances.values():
            self.standing.recall(view)
            if hold := view.hold or (view.reason if view.state == "PAUSED" else ""):
                self.standing.pause(view.id, hold, view.hold_by or view.source, view.hold_until)
        while True:
            self._news.clear()
            try:
                await self._decide()
                self.has_decided.set()
                self._trouble("")
            except BusError as error:
                self._trouble(f"The log takes nothing: {error}.")
                await asyncio.sleep(TICK_SECONDS)
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _decide(self) -> None:
        # What was decided before and could not be said goes first: deciding again beside it would decide twice.
        await self._say()
        # The person's word is about what is so by then, and what is decided next rests on it.
        self._unsaid += map(statements.update, self.orders.take())
        await self._say()
        self.orders.done()
        messages = [message for decide in self.also_decide for message in decide()]
        messages += map(statements.status, self.standing.changes())
        messages += [statements.removal(name) for name in self.room.instances if not self.standing.knows(name)]
        messages += self.approvals.decide()
        messages += map(statements.update, board.decide(self.room.board, self._able(), self._gone(), self.deputies()))
        receipt = self.person.receipt()
        if receipt is not None:
            messages.append(receipt)
        self._unsaid += messages
        await self._say()

    async def _say(self) -> None:
        """Publish what was decided, and fold it; kept until accepted: a full disk delays it, and loses none of it."""
        while batch := self._unsaid[:UNSAID_MOST]:
            positions = await self.bus.publish(*batch)
            del self._unsaid[: len(batch)]
            # Deciding again before our own word is folded would decide twice.
            await self.folding.reached(positions[-1])

    async def sign_off(self) -> None:
        """Say how the instances stand at the end, when nothing is folded any more.

        Raises:
            BusError: The log does not take it.
        """
        if last := [*self._unsaid, *map(statements.status, self.standing.changes())]:
            self._unsaid.clear()
            await self.bus.publish(*last)

    def _able(self) -> dict[str, str]:
        return {view.id: view.role for view in self.room.instances.values() if view.state in ABLE_STATES}

    def _gone(self) -> dict[str, str]:
        there = self.room.instances
        gone = {view.id: view.reason or view.state for view in there.values() if view.state in GONE_STATES}
        gone |= {name: "no longer configured" for name in self.room.board.load() if name not in there}
        return {name: why for name, why in gone.items() if self.may_inherit(name)}
