"""What a role acts through: who it is, saying and answering, showing what it does, and when it may do something."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from trinity_tui.bus import new_message
from trinity_tui.core.errors import StormError, TrinityError
from trinity_tui.core.wire import live
from trinity_tui.core.wire.live import Activity, Colleague
from trinity_tui.harness.causes import Causes
from trinity_tui.harness.floor import Floor
from trinity_tui.tools.uncut import to_the_end

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
    from pathlib import Path

    from trinity_tui.bus import Bus, Consumer, Delivery
    from trinity_tui.core.instance import Brief
    from trinity_tui.core.message import Message
    from trinity_tui.core.paths import InstancePlaces, Workspace
    from trinity_tui.core.record import Position
    from trinity_tui.harness.floor import Place
    from trinity_tui.harness.lane import Lane

LONG_TURN_SECONDS = 1.0
"""A turn that takes longer than this is on record; shorter ones only show on the live lane."""
URGENT_SECONDS = 2.0
"""How long a turn that runs waits at most until somebody sees to what is urgent."""
BUILTIN = "builtin"
log = logging.getLogger("instance")
_place: ContextVar[Place | None] = ContextVar("place", default=None)


@contextmanager
def at_place(place: Place) -> Generator[None]:
    """What is done inside is done by whoever has, or gave up, this place on the floor."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


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
        colleagues: Who else is there, as the coordinator last said.
        may_begin: Clear while it is paused, and when it is about to end: no turn begins then.
        turns: What runs now, the newest last.
        floor: Whose message is handled now.
        beside: What runs for ever beside the role's messages and its own work.
    """

    def __init__(self, brief: Brief, workspace: Workspace, bus: Bus, consumer: Consumer) -> None:
        self.brief = brief
        self.workspace = workspace
        self.bus = bus
        self.consumer = consumer
        self.causes = Causes(brief.storm, time.monotonic)
        self.lane: Lane | None = None
        self.colleagues: list[Colleague] = []
        self.may_begin = asyncio.Event()
        self.may_begin.set()
        self.turns: list[Turn] = []
        self.floor = Floor()
        self._unheard: list[live.FromCoordinator] = []
        self._on_frame: Callable[[live.FromCoordinator], None] = self._unheard.append
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._brain = BUILTIN
        self._degraded = ""
        self._parked = 0
        self._may_ask = asyncio.Event()
        self._may_ask.set()
        self._paused = ""
        self._trouble = ""
        self._is_leaving = False
        self._running: set[asyncio.Task[None]] = set()
        self._answered: deque[Position] = deque(maxlen=64)
        self._due = 0.0
        self._hurried = asyncio.Event()

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

    # Saying

    async def publish(self, *messages: Message) -> list[Position]:
        """Append messages; all an instance says of its own accord goes this way.

        Raises:
            StormError: One of them would keep a loop of instances going; none was said.
            TrinityError: The log refused.
        """
        try:
            self.causes.check(messages)
        except StormError as error:
            await self._tell_refused(error)
            raise
        return await self.bus.publish(*messages)

    async def _tell_refused(self, error: StormError) -> None:
        log.warning("%s", error)
        if (report := self.causes.report(error, self.id)) is None:
            return
        try:
            await self.bus.publish(report)
        except TrinityError as trouble:
            log.warning("that a message was not sent is not on record: %s", trouble)

    async def say(self, to: str, kind: str, content: str, **fields: Any) -> Message:
        """Publish a message and return it as it went out.

        Raises:
            StormError: It would keep a loop of instances going.
        """
        message = self.causes.stamp(new_message(self.id, to, kind, content, origin="peer", **fields))
        await self.publish(message)
        log.info("said %s to %s: %s", kind, to, one_line(content))
        return message

    async def answer(self, delivery: Delivery, content: str, kind: str = "answer", **fields: Any) -> None:
        """Answer a message: the answer in the log is its acknowledgement. A pause cuts before it or after it.

        Raises:
            StormError: It would keep a loop of instances going.
        """
        asked = delivery.message
        reply = new_message(
            self.id, asked.from_, kind, content, origin="peer", reply_to=asked.id, thread=asked.thread or asked.id,
            hops=self.causes.hops_after(asked), priority=asked.priority, **fields,
        )  # fmt: skip
        try:
            self.causes.check([reply])
        except StormError as error:
            await self._tell_refused(error)
            raise
        await to_the_end(self._publish_answer(delivery, reply))
        log.info("answered %s: %s", asked.from_, one_line(content))

    async def _publish_answer(self, delivery: Delivery, reply: Message) -> None:
        await self.consumer.answered(delivery, reply)
        self._answered.append(delivery.position)

    def has_answered(self, delivery: Delivery) -> bool:
        """Whether a message of just now is answered."""
        return delivery.position in self._answered

    # Showing

    @asynccontextmanager
    async def turn(self, activity: live.ActivityName, detail: str) -> AsyncGenerator[Turn]:
        """Show that a turn runs, for as long as it does; a long one goes on record."""
        turn = Turn(activity, detail)
        self.turns.append(turn)
        self._show()
        record = asyncio.create_task(self._record_turn(turn), name="long turn")
        try:
            yield turn
        finally:
            self.turns.remove(turn)
            self._show()
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

    def _show(self) -> None:
        if self.lane is None:
            return
        if self.turns:
            newest = self.turns[-1]
            name, detail, since = newest.activity, newest.detail, newest.since
        else:
            name, detail, since = ("waiting" if self._paused else "idle"), self._paused, time.time()
        degraded = self._trouble or self._degraded
        self.lane.tell(Activity(name, detail, since, self.consumer.depth, self._brain, degraded))

    # When it may do something

    def heard(self, frame: live.FromCoordinator) -> None:
        """Take what the coordinator says on the live lane."""
        match frame:
            case live.Roster():
                self.colleagues = frame.colleagues
            case live.Pause():
                self._pause(frame.reason or "paused", cuts=frame.cuts)
            case live.Resume():
                log.info("resumed")
                if self._paused:
                    self.causes.forgive(time.time())
                self._paused = ""
                self._may_ask.set()
                if not self._is_leaving:
                    self.may_begin.set()
                self._show()
            case _:
                self._on_frame(frame)

    def listen(self, on_frame: Callable[[live.FromCoordinator], None]) -> None:
        """Have what the coordinator says beyond pauses and the roster, also what it said with its greeting."""
        self._on_frame = on_frame
        for frame in self._unheard:
            on_frame(frame)
        self._unheard.clear()

    def _pause(self, reason: str, *, cuts: bool) -> None:
        log.info("paused: %s", reason)
        self._paused = reason
        self._may_ask.clear()
        self.may_begin.clear()
        for task in self._running if cuts else ():
            task.cancel()
        self._show()

    async def until_may_ask(self, turn: Turn) -> None:
        """Within a turn that a pause did not cut: wait until a model may be asked again."""
        if not self._may_ask.is_set():
            self.becomes(turn, "waiting", self._paused)
            await self._may_ask.wait()

    async def run(self, work: Coroutine[Any, Any, None], name: str) -> bool:
        """Do something that a pause may cut; whether it came to its end."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        try:
            await asyncio.wait({task})
            if task.cancelled():
                return False
            task.result()
            return True
        finally:
            self._running.discard(task)
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    @asynccontextmanager
    async def parked(self) -> AsyncGenerator[None]:
        """Let other messages be handled while this one waits for somebody; returns when it is its turn again.

        Whoever leaves it by an error or is cut has no turn any more: what is done then is to be short.
        """
        place = _place.get()
        if place is None or not place.has_floor:
            yield
            return
        place.give()
        self._parked += 1
        try:
            yield
        finally:
            self._parked -= 1
        await place.take(lambda: 1)

    async def let_urgent_go_first(self) -> None:
        """Between two steps of a turn: what is urgent is seen to, then the turn goes on."""
        place = _place.get()
        if place is None or not place.has_floor or not self.consumer.has_urgent():
            return
        with suppress(TimeoutError):
            # It may have come only now: then nobody asks for the floor yet who would take it.
            async with asyncio.timeout(URGENT_SECONDS):
                await self.floor.wanted.wait()
        place.give()
        await place.take(lambda: 1)

    async def leave(self) -> None:
        """Begin nothing more, and return when what runs has come to its end, but for what waits for the person."""
        self._is_leaving = True
        self._may_ask.set()
        self.may_begin.clear()
        while len(self._running) > self._parked:
            await asyncio.wait(set(self._running), return_when=asyncio.FIRST_COMPLETED)

    def hurry(self, seconds: float) -> None:
        """Have the role's own work done within so many seconds."""
        due = asyncio.get_running_loop().time() + seconds
        if due < self._due:
            self._due = due
            self._hurried.set()

    async def until_due(self) -> None:
        """Wait until the role's own work is due; from then on it is not, until somebody hurries."""
        loop = asyncio.get_running_loop()
        while (left := self._due - loop.time()) > 0:
            self._hurried.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left if left != float("inf") else None):
                    await self._hurried.wait()

    def begun(self) -> None:
        """The role's own work begins now."""
        self._due = float("inf")


def one_line(text: str, most: int = 160) -> str:
    """The beginning of a text on one line, for an output that people read line by line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
