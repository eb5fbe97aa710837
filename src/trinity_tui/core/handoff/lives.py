"""What each instance did between its start and its end, folded from the log: what its session is told from.

::

    down ──a word of the coordinator's that it starts or is there──▶ alive ──that it is down, or another run──▶ ended

What was asked of it and is not answered, and what it works on, goes on into its next life. The same log folds to the
same lives, from wherever it is taken up again; what ended is kept until it was written down (``ended``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import address, typed
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.board import CLOSED
from trinity_tui.core.handoff.life import (
    ACCOMPLISHED,
    OPEN_KEPT,
    OWN_WORDS,
    Assigned,
    Ended,
    Life,
    keep,
    line,
    note,
    seconds,
)
from trinity_tui.core.handoff.session import handed_over, session_id
from trinity_tui.core.handoff.telling import session_of
from trinity_tui.core.message import ASKING
from trinity_tui.core.told import to_you

if TYPE_CHECKING:
    from trinity_tui.core.handoff.measures import Origin
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record

LEAVING = ("stopping, ", "restarting, ")
"""How the reason of an instance begins that is still there."""
DOWN = frozenset({"OFFLINE", "CRASHED", "PARKED"})
PROPOSALS_KEPT = 500
KEY_CHARACTERS = 120
HANDOVER = "handover"
"""What the person does with a ``session`` message: who is named in it stops, and another goes on with its work."""


class Lives(msgspec.Struct):
    """The lives of everybody, as of a position of the log."""

    computer: str
    position: int = 0
    generation: int = 0
    """Of the log: the position means nothing in another one."""
    living: dict[str, Life] = {}
    ended: list[Ended] = []
    proposed: dict[str, str] = {}
    """Who proposed a task."""
    heirs: dict[str, str] = {}
    """Who goes on with the work of whom that handed over and has not begun anew since."""

    def apply(self, record: Record) -> None:
        """Fold one record; one that was folded before changes nothing."""
        if record.position < self.position:
            return
        self.position = record.position + 1
        message = record.message
        match message.type:
            case "status":
                self._status(message)
            case "task":
                keep(self.proposed, message.id, message.from_, PROPOSALS_KEPT)
            case "task_update":
                self._task_update(message, record.position)
            case "task_complete":
                self._task_complete(message)
            case "finding":
                self._finding(message)
            case "memory":
                self._memory(message)
            case "question" | "chat" | "answer":
                self._said(message)
            case "approval":
                self._approval(message)
            case "session":
                self._session(message)
            case _:
                pass

    def life(self, who: str) -> Life:
        """The life of an instance; one that has not begun yet where there is none."""
        return self.living.setdefault(who, Life(who))

    # Beginning and ending

    def _status(self, message: Message) -> None:
        if message.from_ != COORDINATOR:
            if message.from_ in self.living and "spent" in message.metadata:
                self.living[message.from_].exchanges += 1
            return
        name = typed.text(message.metadata, "instance")
        if address.is_instance_id(name):
            self._stands(self.life(name), message)

    def _stands(self, life: Life, message: Message) -> None:
        data, at = message.metadata, seconds(message)
        epoch, state = typed.whole(data, "epoch"), typed.text(data, "state")
        is_removed = typed.text(data, "removed") == "yes"
        is_down = state in DOWN
        if life.epoch and (epoch > life.epoch or (is_down and epoch == life.epoch) or is_removed):
            life = self._end(life, at, _how(life, message, is_down=is_down))
        if is_removed:
            self.living.pop(life.who, None)
            self.heirs.pop(life.who, None)
        elif not is_down and epoch >= life.epoch and epoch > life.ended_epoch:
            if epoch > life.epoch:
                life.epoch, life.started, life.began = epoch, at, _words(typed.text(data, "reason"))
                life.heir = ""
                self.heirs.pop(life.who, None)
            reason = typed.text(data, "reason")
            life.leaving = _words(reason) if reason.startswith(LEAVING) else ""
            life.role, life.brain = typed.text(data, "role", life.role), typed.text(data, "brain", life.brain)

    def _end(self, life: Life, at: float, how: str) -> Life:
        """Its life is over; what is not finished goes on into the next."""
        ended = Ended(life, at, how)
        self.ended.append(ended)
        told = session_of(ended, self.computer)
        following = Life(
            life.who, before=session_id(told) if told is not None else life.before,
            ended_epoch=life.epoch, tasks=dict(life.tasks), asked=dict(life.asked),
            waits=dict(life.waits),
        )  # fmt: skip
        self.living[life.who] = following
        if told is not None and address.is_instance_id(life.heir):
            self.life(life.heir).before = following.before
        return following

    # Tasks

    def _task_update(self, message: Message, position: int) -> None:
        task, state = typed.text(message.metadata, "task"), typed.text(message.metadata, "state")
        if message.from_ != COORDINATOR or state == "IN_PROGRESS":
            return
        for life in self.living.values():
            held = life.tasks.pop(task, None)
            if held is not None and state in CLOSED:
                note(life, message, "goal", held.title, state.lower(), held.origin)
        assignee = typed.text(message.metadata, "assignee")
        if state == "ASSIGNED" and address.is_instance_id(assignee):
            origin = _origin(self.proposed.get(task, ""), assignee)
            title = line(message.content)
            keep(self.life(assignee).tasks, task, Assigned(title, position, origin), OPEN_KEPT)
            note(self.life(assignee), message, "goal", title, origin=origin)

    def _task_complete(self, message: Message) -> None:
        life, task = self.living.get(message.from_), typed.text(message.metadata, "task")
        held = life.tasks.get(task) if life is not None else None
        if life is None or held is None or held.token != typed.whole(message.metadata, "token", -1):
            return
        del life.tasks[task]
        is_ok = typed.text(message.metadata, "status", "ok") == "ok"
        said = f"{held.title}: {line(message.content)}"
        if is_ok:
            life.done.add(said)
        else:
            life.trouble.add(f"Not done: {said}")
        kind = "action" if is_ok else "failure"
        note(life, message, kind, held.title, "ok" if is_ok else line(message.content), held.origin)

    # What it said and was told

    def _finding(self, message: Message) -> None:
        if not address.is_instance_id(message.from_):
            return
        life, text = self.life(message.from_), line(message.content)
        if typed.text(message.metadata, "kind") == "check":
            key = typed.text(message.metadata, "command") or typed.text(message.metadata, "key", message.id)
            keep(life.checks, key, line(message.content.partition("\n")[0]), OPEN_KEPT)
        else:
            life.found.add(text)

    def _memory(self, message: Message) -> None:
        kind = typed.text(message.metadata, "kind")
        if typed.text(message.metadata, "op", "add") != "add" or not address.is_instance_id(message.from_) or not kind:
            return
        life, text = self.life(message.from_), line(message.content)
        if kind == "decision":
            life.done.add(f"Decided: {text}")
            note(life, message, "decision", typed.text(message.metadata, "subject") or line(text, 80), text)
        elif kind == "failure":
            life.trouble.add(f"Does not work: {text}")
            note(life, message, "failure", typed.text(message.metadata, "subject") or line(text, 80), text)
        elif kind == "question":
            life.left.add(f"Open question: {text}")
        else:
            life.found.add(text)

    def _said(self, message: Message) -> None:
        if message.reply_to or message.type == "answer":
            self._answer(message)
        elif message.to == HUMAN and address.is_instance_id(message.from_):
            self._waits(message, f"asked you: {line(message.content)}")
        elif address.is_instance_id(message.to) and message.type in ASKING:
            said = f"{_who(message.from_)} asked: {line(message.content)}"
            life = self.life(message.to)
            keep(life.asked, message.id, said, OPEN_KEPT)
            note(life, message, "goal", line(said, KEY_CHARACTERS), origin=_asker(message.from_))

    def _answer(self, message: Message) -> None:
        replied = message.reply_to or ""
        if message.from_ == HUMAN:
            self._settled(message, f"You answered: {line(message.content)}")
            return
        life = self.living.get(message.from_)
        asked = life.asked.pop(replied, None) if life is not None else None
        if life is None or asked is None:
            return
        life.done.add(f"{asked}. Answered: {line(message.content)}")
        if cut := typed.text(message.metadata, "cut"):
            life.trouble.add(f"An answer was cut: {line(cut)}")
        note(life, message, "action", line(asked, KEY_CHARACTERS), "cut" if cut else "ok", _asker(message.to))

    def _approval(self, message: Message) -> None:
        data = message.metadata
        if typed.text(data, "op") == "request" and address.is_instance_id(message.from_):
            self._waits(message, f"wants your word for: {line(typed.text(data, 'command') or message.content)}")
        elif message.from_ == COORDINATOR and (verdict := typed.text(data, "verdict")):
            word = f" ({line(typed.text(data, 'word'))})" if typed.text(data, "word") else ""
            self._settled(message, f"Your word: {verdict}{word}", is_refused=verdict == "reject")

    def _waits(self, message: Message, said: str) -> None:
        """It goes on only once the person has said something."""
        life = self.life(message.from_)
        keep(life.waits, message.id, said, OPEN_KEPT)
        note(life, message, "blocker", line(said, KEY_CHARACTERS))

    def _settled(self, message: Message, said: str, *, is_refused: bool = False) -> None:
        """The person said what somebody waited for."""
        for life in self.living.values():
            waited = life.waits.pop(message.reply_to or "", None)
            if waited is not None:
                (life.trouble if is_refused else life.done).add(f"{waited[:1].upper()}{waited[1:]}. {said}")
                note(life, message, "unblock", line(waited, KEY_CHARACTERS), line(said, 200), "human")

    def _session(self, message: Message) -> None:
        data = message.metadata
        name, to = typed.text(data, "instance"), typed.text(data, "to")
        if message.from_ == HUMAN and typed.text(data, "op") == HANDOVER and name in self.living:
            self.living[name].heir = self.heirs[name] = to
        if address.is_instance_id(message.from_) and message.content.strip():
            life = self.life(message.from_)
            part = life.claimed if typed.text(data, "part") == ACCOMPLISHED else life.left
            part.add(f"{OWN_WORDS}{line(message.content)}")


def _how(life: Life, message: Message, *, is_down: bool) -> str:
    """How a life ended, in words; of a death it is said that nobody told it from within."""
    data = message.metadata
    crash, reason = typed.text(data, "crash"), _words(typed.text(data, "reason"))
    if crash or typed.text(data, "state") in ("CRASHED", "PARKED"):
        return f"crashed: {crash or reason}; told from the log"
    if is_down or typed.text(data, "removed"):
        return handed_over(life.heir) if life.heir else reason or "stopped"
    return life.leaving or f"its end is not on record; {reason}"


def _words(reason: str) -> str:
    """A reason of supervision's, as it is said to the person."""
    return line(to_you(reason), 200)


def _who(sender: str) -> str:
    return "The person" if sender == HUMAN else sender


def _origin(proposer: str, assignee: str) -> Origin:
    if proposer == HUMAN:
        return "human"
    return "self" if proposer == assignee else "assigned"


def _asker(who: str) -> Origin:
    return "human" if who == HUMAN else "assigned"
