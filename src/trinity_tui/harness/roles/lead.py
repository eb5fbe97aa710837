"""The lead: makes tasks of the person's wishes and of the gravest findings, a few at a time."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.core import board, typed
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.told import counted
from trinity_tui.harness.checking.within import NEEDS_MODEL
from trinity_tui.harness.outbox import Outbox, Remembered
from trinity_tui.harness.roles.companion import IDLE_SECONDS, Companion, moved_lines

if TYPE_CHECKING:
    from trinity_tui.bus import Delivery
    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me

OPEN_AT_ONCE = 3
"""Tasks of the lead's own that may be open; a long list helps nobody."""
QUIET_SECONDS = 0.5
KEPT = 500
_SEVERITIES = ("low", "normal", "high")
_WISH = re.compile(
    r"\s*(?:(?:task|todo)\s*:\s*|(?:please|can you|could you|would you)\s+(?:please\s+)?"
    # What asks to be told something is a question, however politely it is put.
    r"(?!(?:tell|say|show|explain|describe|list|find|search|grep|give|help|answer|summari[sz]e|what|where|who|how|why)\b))"
    r"(?P<wish>.{3,})",
    re.IGNORECASE | re.DOTALL,
)
log = logging.getLogger("lead")


class Wanted(msgspec.Struct, frozen=True):
    """A finding that deserves a task."""

    finding_id: str
    text: str
    path: str
    line: int


class State(Remembered):
    """What the lead remembers between its lives."""

    wanted: dict[str, Wanted] = msgspec.field(default_factory=dict[str, Wanted])
    """Grave findings without a task yet, by author and key."""
    open: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """Tasks of its own that are open: id → key."""
    done: list[str] = msgspec.field(default_factory=list[str])
    """Keys that had their task; not proposed again while the finding stands."""
    lacks_model: bool = False
    """Whether the last task of its own failed because nobody here is a language model: more would only fail too."""
    wishes: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """Wishes that had their task: id → the task's id."""


class Lead(Companion):
    """Proposes tasks; who gets them is the coordinator's to decide."""

    async def begin(self, me: Me) -> None:
        """Remember what was proposed."""
        await super().begin(me)
        self._outbox = Outbox(me, State)
        self._state = await self._outbox.open()
        if self._outbox.is_first:
            await self.recall()

    async def reply(self, delivery: Delivery) -> None:
        """A wish of the person's becomes a task; a question is answered."""
        message = delivery.message
        wish = _WISH.match(await self.me.bus.body(message)) if message.from_ == HUMAN else None
        if wish is None:
            await super().reply(delivery)
            return
        wishes = self._state.wishes
        if message.id not in wishes:
            task = self._task(wish["wish"].strip(), message.priority, {"wish": message.id})
            wishes[message.id] = task.id
            while len(wishes) > KEPT:
                del wishes[next(iter(wishes))]
            await self._outbox.publish(task)
        text = f"I made a task of it ({wishes[message.id]}); the builder takes it when it is free."
        await self.me.voice.answer(delivery, text, metadata={"task": wishes[message.id]})

    def learn(self, message: Message) -> bool:
        """Take note of findings, of what was taken back, and of tasks that ended."""
        operation = typed.text(message.metadata, "op")
        if message.type == "finding":
            self._weigh(f"{message.from_}:{typed.text(message.metadata, 'key', message.id)}", message)
        elif message.type == "memory" and operation == "retract":
            self._forget(f"{message.from_}:{typed.text(message.metadata, 'key')}")
        elif message.type == "memory" and operation == "move":
            self._move(message)
        elif message.type == "task_update" and message.from_ == COORDINATOR:
            if typed.text(message.metadata, "state") not in board.CLOSED:
                return False
            self._ended(message)
        else:
            return False
        return True

    def _ended(self, message: Message) -> None:
        state = self._state
        is_own = state.open.pop(typed.text(message.metadata, "task"), None) is not None
        if is_own and typed.text(message.metadata, "reason").startswith(NEEDS_MODEL):
            state.lacks_model = True
        elif typed.text(message.metadata, "state") == "COMPLETED":
            state.lacks_model = False

    def learned(self) -> None:
        """Save it; propose what is to be proposed once no more comes."""
        self._outbox.save()
        self.me.due.hurry(QUIET_SECONDS)

    def _weigh(self, key: str, message: Message) -> None:
        data, wanted = message.metadata, self._state.wanted
        severity, least = typed.text(data, "severity", "normal"), self.me.brief.propose_from
        is_grave = severity in _SEVERITIES and _SEVERITIES.index(severity) >= _SEVERITIES.index(least)
        if not is_grave or typed.text(data, "kind", "finding") != "finding":
            wanted.pop(key, None)
        elif key not in self._state.done:
            wanted[key] = Wanted(message.id, message.content[:300], typed.text(data, "path"), typed.whole(data, "line"))
            while len(wanted) > KEPT:
                del wanted[next(iter(wanted))]

    def _forget(self, key: str) -> None:
        """What is gone needs no task; should it come back, it may have one again."""
        self._state.wanted.pop(key, None)
        if key in self._state.done and key not in self._state.open.values():
            self._state.done.remove(key)

    def _move(self, message: Message) -> None:
        wanted = self._state.wanted
        for finding_key, line in moved_lines(message).items():
            key = f"{message.from_}:{finding_key}"
            if key in wanted:
                wanted[key] = msgspec.structs.replace(wanted[key], line=line)

    async def work(self) -> float:
        """Propose the next tasks, as long as few are open."""
        state = self._state
        messages: list[Message] = []
        while state.wanted and len(state.open) < OPEN_AT_ONCE and not state.lacks_model:
            key = next(iter(state.wanted))
            wanted = state.wanted.pop(key)
            place = {"path": wanted.path, "line": wanted.line, "finding": wanted.finding_id}
            task = self._task(f"Look into: {wanted.text}", "normal", place)
            state.open[task.id] = key
            state.done = [*state.done, key][-KEPT:]
            messages.append(task)
        await self._outbox.publish(*messages)
        return IDLE_SECONDS

    def _task(self, text: str, priority: str, metadata: dict[str, Any]) -> Message:
        return new_message(
            self.me.id, "role:builder", "task", text, origin="peer", priority=priority, metadata=metadata
        )

    def facts(self) -> str:
        """What it has proposed."""
        waiting = f"{len(self._state.wanted)} wait" + (" for a language model" if self._state.lacks_model else "")
        return f"{counted(len(self._state.open), 'task of mine is', 'tasks of mine are')} open, {waiting}."
