"""A folder with a real log in it, instances that live in this process, and a person and a coordinator who speak."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from patience import PATIENCE_SECONDS, until
from trinity_tui.bus import new_message, open_bus
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.instance import Brief
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.remembering import Remembering
from trinity_tui.harness.loop import serve
from trinity_tui.harness.me import Me
from trinity_tui.harness.roles import role_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus import Delivery
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position, Record
    from trinity_tui.harness.loop import Role


class Life:
    """One life of an instance, in this process, without a live lane."""

    def __init__(self, workspace: Workspace, brief: Brief, role: Role, max_deliver: int) -> None:
        workspace.instance(brief.id).folder.mkdir(parents=True, exist_ok=True)
        self.bus = open_bus(workspace.bus, brief.id)
        self.me = Me(brief, workspace, self.bus, self.bus.consumer(brief.id, brief.role, max_deliver=max_deliver))
        self.role = role
        self.task = asyncio.create_task(serve(self.me, role), name=f"life of {brief.id}")

    async def end(self) -> None:
        """Die as at SIGTERM."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self.me.consumer.aclose()
        await self.bus.aclose()


class Ground:
    """A workspace, its log, and who lives there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = Workspace(root)
        self.workspace.runtime.mkdir()
        self.bus = open_bus(self.workspace.bus, "test")
        self.lives: list[Life] = []
        self.survey_seconds = 60.0
        """Each look is a process; seldom, but where it is what a test is about."""
        self._beside: list[asyncio.Task[None]] = []
        self._remembering: Remembering | None = None

    async def remember(self) -> Remembering:
        """Have the memory kept as a coordinator keeps it, from now on."""
        kept = self._remembering = Remembering(self.workspace, self.bus, "C1", lambda trouble: None, lambda: None)

        async def hear() -> None:
            async for batch in self.bus.follow(await self.bus.end()):
                kept.hear(batch)

        self._beside += [asyncio.create_task(work, name="memory") for work in (kept.run(), hear())]
        await kept.tried.wait()
        return kept

    async def know(self, text: str, by: str = "explorer-1", **metadata: Any) -> Message:
        """Something to be remembered, once it is."""
        said, position = await self.say(by, "broadcast", "memory", text, metadata={"op": "add", **metadata})
        await self.kept(position)
        return said

    async def take_back(self, message: Message, by: str = HUMAN) -> None:
        """Somebody says it is not so; returns once it is found no more."""
        metadata = {"op": "retract"}
        _, position = await self.say(by, "broadcast", "memory", reply_to=message.id, metadata=metadata)
        await self.kept(position)

    async def kept(self, position: Position) -> None:
        """Wait until what was said up to there is remembered."""
        assert self._remembering is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._remembering.kept(position)

    def live(self, name: str, role: Role | None = None, *, max_deliver: int = 5, **brief: Any) -> Life:
        """Begin a life; the role is the one its name says, where none is given."""
        kind = name.partition("-")[0]
        settings: dict[str, Any] = {"checks": [], "survey_seconds": self.survey_seconds, "brain": "builtin", **brief}
        made = Brief(id=name, role=kind, workspace=str(self.root), **settings)
        self.lives.append(Life(self.workspace, made, role or role_of(kind), max_deliver))
        return self.lives[-1]

    async def say(self, from_: str, to: str, kind: str, content: str = "…", **fields: Any) -> tuple[Message, Position]:
        """Publish a message of somebody's."""
        message = new_message(from_, to, kind, content, **fields)
        (position,) = await self.bus.publish(message)
        return message, position

    async def ask(self, to: str, question: str) -> Message:
        """The answer to a question of the person's."""
        asked, _ = await self.say(HUMAN, to, "question", question)
        return await self.heard(lambda message: message.reply_to == asked.id)

    async def assign(self, to: str, text: str = "run the checks") -> tuple[str, Position]:
        """A task and its token, as the coordinator gives it."""
        task, _ = await self.say("lead-1", f"role:{to.partition('-')[0]}", "task", text)
        metadata = {"task": task.id, "state": "ASSIGNED", "assignee": to}
        _, token = await self.say(COORDINATOR, to, "task_update", text, metadata=metadata, thread=task.id)
        return task.id, token

    async def decide(self, request: Message, verdict: str) -> None:
        """The person decides on a request."""
        metadata = {"op": "decision", "verdict": verdict, "command": request.metadata["command"]}
        await self.say(COORDINATOR, request.from_, "approval", verdict, reply_to=request.id, metadata=metadata)

    async def records(self) -> list[Record]:
        """The whole log."""
        return [record async for record in self.bus.read(0)]

    async def said(self, kind: str, by: str = "") -> list[Message]:
        """What was said of one type."""
        messages = [record.message for record in await self.records()]
        return [message for message in messages if message.type == kind and by in ("", message.from_)]

    async def heard(self, fits: Callable[[Message], Any], count: int = 1) -> Message:
        """The count-th message that fits, from the log's beginning on; waits for it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for batch in self.bus.follow(0):
                for record in batch:
                    if fits(record.message):
                        count -= 1
                    if not count:
                        return record.message
        raise AssertionError("the log ended")

    async def until(self, holds: Callable[[], Any], what: str) -> None:
        """Wait for what no message tells."""
        await until(holds, what)

    async def settled(self, life: Life) -> None:
        """Wait until an instance has nothing left to handle, and nothing runs."""
        await self.until(lambda: not life.me.consumer.depth and not life.me.turns, "nothing left to do")

    async def close(self) -> None:
        """End whoever lives."""
        for life in self.lives:
            await life.end()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        if self._remembering is not None:
            await self._remembering.aclose()
        await self.bus.aclose()


class Scripted:
    """A role that does what a test tells it: by the content of a message, and for its own work."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.worked = 0
        self.scripts: dict[str, Callable[[Delivery], Any]] = {}
        self.own: Callable[[], Any] | None = None
        self.me: Me

    async def begin(self, me: Me) -> None:
        """Take up the role."""
        self.me = me

    async def work(self) -> float:
        """Own work, if there is any."""
        self.worked += 1
        if self.own is not None:
            await self.own()
        return 3600.0

    async def receive(self, delivery: Delivery) -> None:
        """Follow the script, note the message, acknowledge it."""
        script = self.scripts.get(delivery.message.content)
        if script is not None:
            await script(delivery)
        self.handled.append(delivery.message.content)
        self.me.consumer.ack(delivery)
