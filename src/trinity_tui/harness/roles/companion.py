"""What every role can do: answer the person and its colleagues, look into a task, take note of what it is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.brains.builtin.work import AnswerOrder, AnswerReport
from trinity_tui.core.message import ASKING
from trinity_tui.core.told import counted
from trinity_tui.harness.checking.within import NEEDS_MODEL, to_look
from trinity_tui.harness.child import ask
from trinity_tui.harness.roles.assignment import Assignment, is_assignment
from trinity_tui.harness.thinking.beginning import thinker_of
from trinity_tui.harness.thinking.situation import FAILED
from trinity_tui.harness.thinking.stopping import STOPPED, StoppedError
from trinity_tui.harness.thinking.thinker import content_of, metadata_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.bus import Delivery
    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me
    from trinity_tui.harness.thinking.thinker import Thinker

IDLE_SECONDS = 3600.0
WHY_CHARACTERS = 300
CITED = 50
NOT_OURS = "the task was given to another, or is over"
log = logging.getLogger("role")


class Companion:
    """A role without work of its own; the others build on it."""

    me: Me
    thinker: Thinker | None = None
    """What it thinks with beside the builtin brain; None where that is all it was given."""

    async def begin(self, me: Me) -> None:
        """Take up the role."""
        self.me = me
        self.thinker = await thinker_of(me, self.state)

    async def work(self) -> float:
        """Nothing of its own to do."""
        return IDLE_SECONDS

    async def receive(self, delivery: Delivery) -> None:
        """Answer what asks for an answer, take a task; everything else is known once it was read."""
        message = delivery.message
        if message.type in ASKING and not message.reply_to:
            await self.reply(delivery)
        elif is_assignment(message, self.me.id):
            await self._take(Assignment(self.me, delivery))
        else:
            if self.learn(message):
                self.learned()
            self.me.consumer.ack(delivery)

    def learn(self, message: Message) -> bool:
        """Take note of a message that asks for no answer; whether there was anything to note."""
        return False

    def learned(self) -> None:
        """Save what was noted, before its messages are acknowledged, and see to it soon."""

    async def recall(self) -> None:
        """Learn what was said to all before this instance first lived."""
        has_learned = False
        async for record in self.me.bus.read(0):
            if record.message.type in ("finding", "memory") and record.message.from_ != self.me.id:
                has_learned |= self.learn(record.message)
        if has_learned:
            self.learned()

    async def reply(self, delivery: Delivery) -> None:
        """Answer a question: by the model where there is one, else from the workspace, the findings and the state."""
        message, text = delivery.message, await self.me.bus.body(delivery.message)
        if self.thinker is not None and (closed := await self.thinker.think(message, text)):
            await self.me.voice.answer(delivery, content_of(closed), metadata=metadata_of(closed))
            return
        found = await self.look_up(text)
        metadata: dict[str, Any] = {
            "cites": [f"{path}:{line}" for path, line in found.citations[:CITED]], "brain": "builtin"
        }  # fmt: skip
        if self.thinker is not None and self.thinker.why:
            metadata["why"] = self.thinker.why[:WHY_CHARACTERS]
        await self.me.voice.answer(delivery, found.text, metadata=metadata)

    async def look_up(self, question: str) -> AnswerReport:
        """What the builtin brain says to a question."""
        me = self.me
        colleagues = [(other.id, other.role, other.state, other.reason) for other in me.colleagues]
        cache = str(me.places.folder / "survey.json")
        order = AnswerOrder(str(me.root), cache, question, list(self.known()), self.state(), colleagues)
        async with me.turn("thinking", question):
            return await ask(order, AnswerReport, me.root)

    async def _take(self, assignment: Assignment) -> None:
        if await assignment.is_held():
            await self.take(assignment)
        else:
            log.info("task %s is no longer ours", assignment.task)
            if self.thinker is not None:
                self.thinker.give_up(assignment.delivery.message.id, NOT_OURS)
            assignment.leave()

    async def take(self, assignment: Assignment) -> None:
        """Do a task as far as answering it does it, and say plainly where it does not."""
        await assignment.begin()
        if await self.thought_out(assignment):
            return
        try:
            found = await assignment.stop.obey(self.look_up(assignment.text))
        except StoppedError:
            await assignment.complete("failed", STOPPED)
            return
        if to_look(assignment.text):
            await assignment.complete("ok" if found.is_understood and found.citations else "failed", found.text)
        else:
            await assignment.complete("failed", f"{NEEDS_MODEL}: nothing was written. {found.text}")

    async def thought_out(self, assignment: Assignment) -> bool:
        """Whether a model saw a task to its end, done or not; False where there is none."""
        if self.thinker is None:
            return False
        message = assignment.delivery.message
        text = await self.me.bus.body(message)
        closed = await self.thinker.think(message, text, is_task=True)
        if closed is None:
            return False
        note = content_of(closed) + (f"\n[cut: {closed.cut}]" if closed.cut and closed.text.strip() else "")
        await assignment.complete("failed" if closed.cut or closed.text.lstrip().startswith(FAILED) else "ok", note)
        return True

    def known(self) -> Sequence[Defect]:
        """The defects this instance knows of."""
        return ()

    def facts(self) -> str:
        """What the role has to say of its state, in sentences."""
        return ""

    def state(self) -> str:
        """What it is and does, in a few words, the persona last."""
        me = self.me
        busy = [f"{turn.activity}: {turn.detail}" for turn in me.turns]
        doing = f"now {', '.join(busy)}" if busy else "idle"
        who = f"{me.id}, role {me.brief.role}, {doing}; {counted(me.consumer.depth, 'message waits', 'messages wait')}."
        return " ".join(part for part in (who, self.facts(), me.brief.persona) if part)


class _Moves(msgspec.Struct, frozen=True):
    lines: dict[str, int]


def moved_lines(message: Message) -> dict[str, int]:
    """Where findings stand now, by their key; none where the message does not say so properly."""
    try:
        return msgspec.convert(message.metadata, _Moves).lines
    except msgspec.ValidationError:
        return {}
