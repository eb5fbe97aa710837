"""What a role acts through: who it is, what it shows, and its ways to speak and to do something."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from trinity_tui.bus import new_message
from trinity_tui.core.errors import TrinityError
from trinity_tui.core.wire import live
from trinity_tui.core.wire.live import Activity, Colleague
from trinity_tui.harness.due import Due
from trinity_tui.harness.gate import Gate
from trinity_tui.harness.one_line import one_line
from trinity_tui.harness.voice import Voice

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine
    from pathlib import Path

    from trinity_tui.bus import Bus, Consumer
    from trinity_tui.core.instance import Brief
    from trinity_tui.core.paths import InstancePlaces, Workspace
    from trinity_tui.harness.lane import Lane
    from trinity_tui.harness.thinking.stopping import Stop

LONG_TURN_SECONDS = 1.0
"""A turn that takes longer than this is on record; shorter ones only show on the live lane."""
BUILTIN = "builtin"
log = logging.getLogger("instance")


class Turn:
    """Something that runs, as others see it."""

    def __init__(self, activity: live.ActivityName, detail: str) -> None:
        self.activity: live.ActivityName = activity
        self.detail = one_line(detail)
        self.since = time.time()
        self.is_on_record = False


class Me:
    """One instance, to its role.

    Attributes:
        brief: What it was started with.
        voice: How it says something.
        gate: When it may do something.
        due: When the role's own work is due.
        colleagues: Who else is there, as the coordinator last said.
        turns: What runs now, the newest last.
        beside: What runs for ever beside the role's messages and its own work.
        assignments: The tasks it works on, by the message that gave each out.
    """

    def __init__(self, brief: Brief, workspace: Workspace, bus: Bus, consumer: Consumer) -> None:
        self.brief = brief
        self.workspace = workspace
        self.bus = bus
        self.consumer = consumer
        self.voice = Voice(brief, bus, consumer)
        self.gate = Gate(consumer.has_urgent)
        self.due = Due()
        self.lane: Lane | None = None
        self.colleagues: list[Colleague] = []
        self.turns: list[Turn] = []
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.assignments: dict[str, Stop] = {}
        self._unheard: list[live.FromCoordinator] = []
        self._on_frame: Callable[[live.FromCoordinator], None] = self._unheard.append
        self._brain = BUILTIN
        self._degraded = ""
        self._trouble = self._lacks = ""

    @property
    def id(self) -> str:
        """Its name on the bus."""
        return self.brief.id

    @property
    def root(self) -> Path:
        """The folder it works on."""
        return self.workspace.root

    @property
    def places(self) -> InstancePlaces:
        """Its own files."""
        return self.workspace.instance(self.id)

    def heard(self, frame: live.FromCoordinator) -> None:
        """Take what the coordinator says on the live lane."""
        match frame:
            case live.Roster():
                self.colleagues = frame.colleagues
            case live.Pause():
                self.gate.pause(frame.reason or "paused", cuts=frame.cuts)
                self._show()
            case live.Resume():
                if self.gate.paused:
                    self.voice.causes.forgive(time.time())
                self.gate.resume()
                self._show()
            case _:
                if isinstance(frame, live.Cut) and (assignment := self.assignments.get(frame.turn)) is not None:
                    assignment.stop()
                self._on_frame(frame)

    def listen(self, on_frame: Callable[[live.FromCoordinator], None]) -> None:
        """Have what the coordinator says beyond pauses and the roster, also what it said with its greeting."""
        self._on_frame = on_frame
        for frame in self._unheard:
            on_frame(frame)
        self._unheard.clear()

    # What it shows

    @asynccontextmanager
    async def turn(self, activity: live.ActivityName, detail: str, *, is_routine: bool = False) -> AsyncGenerator[Turn]:
        """Show that a turn runs, for as long as it does; a long one goes on record.

        Args:
            activity: What it is.
            detail: On what.
            is_routine: It is done again and again, mostly for nothing: it is shown, and never on record.
        """
        turn = Turn(activity, detail)
        self.turns.append(turn)
        self._show()
        record = None if is_routine else asyncio.create_task(self._record_turn(turn), name="long turn")
        try:
            yield turn
        finally:
            self.turns.remove(turn)
            self._show()
            if record is not None:
                await self._end_turn(turn, record)

    async def _end_turn(self, turn: Turn, record: asyncio.Task[None]) -> None:
        if turn.is_on_record:
            await record
            await self._publish_turn()
        else:
            record.cancel()

    async def _record_turn(self, turn: Turn) -> None:
        await asyncio.sleep(LONG_TURN_SECONDS)
        turn.is_on_record = True
        await self._publish_turn()

    async def _publish_turn(self) -> None:
        detail = next((turn.detail for turn in reversed(self.turns) if turn.is_on_record), "")
        status = new_message(
            self.id, "coordinator", "status", detail or "done", origin="peer", metadata={"turn": detail}
        )
        try:
            await self.bus.publish(status)
        except TrinityError as error:
            log.warning("that a turn runs is not on record: %s", error)

    def becomes(self, turn: Turn, activity: live.ActivityName, detail: str = "") -> None:
        """A turn that runs does something else now; without a detail it is on the same."""
        if (activity, detail or turn.detail) != (turn.activity, turn.detail):
            turn.activity, turn.detail = activity, one_line(detail or turn.detail)
            self._show()

    def thinks_with(self, brain: str, degraded: str) -> None:
        """Have it shown which brain is in use, and why it is not the one asked for."""
        if (brain, degraded) != (self._brain, self._degraded):
            self._brain, self._degraded = brain, degraded
            self._show()

    def tell(self, frame: live.FromInstance) -> None:
        """Say on the live lane what is only true now; a coordinator that does not know it is not told."""
        if self.lane is not None:
            self.lane.say(frame)

    async def put_spent(self, spent: dict[str, Any]) -> None:
        """Put on record what an exchange with a model used.

        Raises:
            TrinityError: The log refused.
        """
        text = f"used {spent['brain']}"
        await self.bus.publish(
            new_message(self.id, "coordinator", "status", text, origin="peer", metadata={"spent": spent})
        )

    def trouble(self, sentence: str) -> None:
        """Have it shown that the instance cannot do its work; an empty sentence takes it back."""
        if sentence != self._trouble:
            self._trouble = sentence
            self._show()

    def lacks_tree(self, sentence: str) -> None:
        """Have it shown why it has no tree to work in; an empty sentence takes it back."""
        if sentence != self._lacks:
            self._lacks = sentence
            self._show()

    def _show(self) -> None:
        if self.lane is None:
            return
        if self.turns:
            newest = self.turns[-1]
            name, detail, since = newest.activity, newest.detail, newest.since
        else:
            name, detail, since = ("waiting" if self.gate.paused else "idle"), self.gate.paused, time.time()
        degraded = self._trouble or self._lacks or self._degraded
        self.lane.tell(Activity(name, detail, since, self.consumer.depth, self._brain, degraded))
