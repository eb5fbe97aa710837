"""The coordinator: the one authority. It folds, decides and publishes; and it alone speaks for the person.

What it decides: who gets a task, how each instance stands, what the person allowed. Effects outside of the bus
(processes, sockets) are the daemon's.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.coordinator import elsewhere
from trinity_tui.coordinator.folding import Folding
from trinity_tui.core import address, approvals, board, room
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.errors import BusError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.archive import Archive
    from trinity_tui.coordinator.standing import Standing, Status
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position, Record

Verdict = Literal["once", "always", "reject"]
ABLE_STATES = frozenset({"ONLINE", "BUSY", "DEGRADED"})
GONE_STATES = frozenset({"CRASHED", "OFFLINE", "PARKED"})
DECIDED_ABOUT = frozenset({"task", "task_update", "task_complete", "approval", "status"})
TICK_SECONDS = 0.5
PERSON_SAYS = frozenset({"chat", "question", "message", "task", "finding", "answer", "proposal", "vote", "alert"})
"""The types a person may send; the others are written by the program itself."""
UNSAID_MOST = 1_000
WORD_CHARACTERS = 300
ALERT_CHARACTERS = 8_000


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
        self._granted_at = granted_at
        self._grant = grant
        self._trouble = trouble
        self._verdicts: Callable[[str, str], None] = lambda command, verdict: None
        self._questions: dict[str, str] = {}
        """What the coordinator itself has to ask of the person: command and sentence."""
        self._unsaid: list[Message] = []
        self._looked_up: set[str] = set()
        """Requests that wait and were found not to be granted."""
        self.also_decide: list[Callable[[], list[Message]]] = []
        """What else is decided by the one authority; called when the fold is at the log's end."""
        self.deputies: Callable[[], Mapping[str, str]] = dict
        """Who gets the work of those that are down."""
        self.may_inherit: Callable[[str], bool] = lambda instance: True
        """Whether the work of one that is down may be given to others already."""
        self.outsiders: Callable[[], Collection[str]] = tuple
        """Who finds in a file what is said to it."""
        self._news = asyncio.Event()
        self._shown: Position = 0
        self._receipted: Position = 0

    @property
    def room(self) -> room.Room:
        """What the log says."""
        return self.folding.room

    def alert(self, text: str, metadata: dict[str, Any]) -> None:
        """Tell the person something, on record."""
        alert = new_message(
            COORDINATOR, HUMAN, "alert", text[:ALERT_CHARACTERS], origin="coordinator", priority="high",
            metadata=metadata,
        )  # fmt: skip
        if len(self._unsaid) < 2 * UNSAID_MOST:
            self._unsaid.append(alert)
        self._news.set()

    def ask(self, command: str, text: str) -> None:
        """Ask the person to allow something, unless that very request waits already."""
        self._questions[command] = text
        self._news.set()

    def on_verdict(self, listener: Callable[[str, str], None]) -> None:
        """Be told what the person decided about such a request: its command, and the verdict."""
        self._verdicts = listener

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
            if hold := view.hold or (view.reason if view.state == "PAUSED" else ""):
                self.standing.pause(view.id, hold, view.hold_by or view.source, view.hold_until)
        while True:
            self._news.clear()
            try:
                await self._decide()
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
        messages = [message for decide in self.also_decide for message in decide()]
        messages += [self._status(status) for status in self.standing.changes()]
        messages += [_removal(name) for name in self.room.instances if not self.standing.knows(name)]
        messages += self._requests()
        messages += self._decisions()
        moves = board.decide(self.room.board, self._able(), self._gone(), self.deputies())
        messages += [self._update(move) for move in moves]
        receipt = self._receipt()
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
        if last := [*self._unsaid, *(self._status(status) for status in self.standing.changes())]:
            self._unsaid.clear()
            await self.bus.publish(*last)

    def _status(self, status: Status) -> Message:
        text = f"{status.instance} is {status.state}" + (f": {status.reason}" if status.reason else "")
        text += f" (stands in for {status.stands_for})" if status.stands_for else ""
        metadata = msgspec.to_builtins(status)
        return new_message(COORDINATOR, HUMAN, "status", text, origin="coordinator", metadata=metadata)

    def _able(self) -> dict[str, str]:
        return {view.id: view.role for view in self.room.instances.values() if view.state in ABLE_STATES}

    def _gone(self) -> dict[str, str]:
        there = self.room.instances
        gone = {view.id: view.reason or view.state for view in there.values() if view.state in GONE_STATES}
        gone |= {name: "no longer configured" for name in self.room.board.load() if name not in there}
        return {name: why for name, why in gone.items() if self.may_inherit(name)}

    def _update(self, move: board.Move) -> Message:
        task = move.task
        to = move.assignee if move.state == "ASSIGNED" else task.from_
        metadata = {"task": task.id, "state": move.state, "reason": move.reason}
        if move.state == "ASSIGNED":
            metadata["assignee"] = move.assignee
        text = task.title if move.state == "ASSIGNED" else f"{move.state.lower()}: {task.title}"
        return new_message(
            COORDINATOR, to, "task_update", text, origin="coordinator", priority=task.priority, metadata=metadata,
            thread=task.id,
        )  # fmt: skip

    def _requests(self) -> list[Message]:
        waiting = {asked.command for asked in self.room.approvals.values() if not asked.verdict}
        questions, self._questions = self._questions, {}
        return [
            new_message(
                COORDINATOR, HUMAN, "approval", text, origin="coordinator",
                metadata={"op": "request", "command": command},
            )
            for command, text in questions.items() if command not in waiting
        ]  # fmt: skip

    def _decisions(self) -> list[Message]:
        """What was allowed for good is decided without asking again."""
        waiting = {asked.id: asked for asked in self.room.approvals.values() if not asked.verdict}
        new = [asked for name, asked in waiting.items() if name not in self._looked_up]
        self._looked_up = set(waiting)
        return [
            self._verdict(asked, "always", "grant", granted=approvals.named(grant[0], at))
            for asked in new
            if (grant := self._grant_of(asked)) is not None and (at := self._granted_at(*grant))
        ]

    def _grant_of(self, asked: room.Approval) -> tuple[str, str] | None:
        """To whom "always" would allow what; None where this cannot be allowed for good."""
        view = self.room.instances.get(asked.from_)
        return approvals.grant_of(asked, view.role if view is not None else "")

    def withdraw(self, approval_id: str, instance: str) -> None:
        """Who asked does not want it any more."""
        asked = self.room.approvals.get(approval_id)
        if asked is not None and not asked.verdict and asked.from_ == instance:
            self._unsaid.append(self._verdict(asked, "withdrawn", instance))
            self._news.set()

    def _verdict(
        self, asked: room.Approval, verdict: Verdict | Literal["withdrawn"], by: str, word: str = "", granted: str = ""
    ) -> Message:
        metadata = {"op": "decision", "verdict": verdict, "by": by, "command": asked.command}
        metadata |= {key: value for key, value in (("word", word), ("granted", granted), ("kind", asked.kind)) if value}
        said = word or granted
        text = f"{verdict}: {asked.command}" + (f" ({said})" if said else "")
        return new_message(
            COORDINATOR, asked.from_, "approval", text, origin="coordinator",
            reply_to=asked.id, thread=asked.id, priority="high", metadata=metadata,
        )  # fmt: skip

    async def decide_approval(self, approval_id: str, verdict: Verdict, word: str = "") -> Position:
        """The person decided.

        Args:
            approval_id: Of the request.
            verdict: What it was.
            word: What the person says with it; the instance is told.

        Raises:
            ClientError: No such request waits (4), it is decided already, or cannot be allowed for good (1).
        """
        asked = self.room.approvals.get(approval_id)
        if asked is None:
            waiting = [approval.id for approval in self.room.approvals.values() if not approval.verdict]
            hint = f"Waiting: {', '.join(waiting)}." if waiting else "Nothing waits."
            raise ClientError(f"no request {approval_id!r} waits for you", 4, hint)
        if asked.verdict:
            raise ClientError(f"that was decided already: {asked.verdict} by {asked.decided_by}")
        if verdict == "always":
            grant = self._grant_of(asked)
            if grant is None:
                raise ClientError(approvals.ONLY_ONCE, 1, "`--once` allows it now.")
            self._grant(*grant)
            self._looked_up.clear()
        (position,) = await self.bus.publish(self._verdict(asked, verdict, HUMAN, word[:WORD_CHARACTERS]))
        await self.folding.reached(position)
        if asked.from_ == COORDINATOR:
            self._verdicts(asked.command, verdict)
        return position

    async def send(self, to: str, kind: str, content: str, **fields: Any) -> tuple[Message, Position]:
        """Say something for the person.

        Raises:
            ClientError: There is nobody of that name (4).
            MessageError: The message may not be published.
            BusError: The log does not take it, or does not say who shares it.
        """
        to = address.canonical(to)
        if address.is_elsewhere(to) or to == address.EVERYWHERE:
            elsewhere.check(to, await self.bus.lows())
        else:
            self._check_there(to)
        if kind not in PERSON_SAYS:
            raise ClientError(f"{kind!r} is not for the person to say", 2, f"One of: {', '.join(sorted(PERSON_SAYS))}.")
        if not content.strip():
            raise ClientError("there is nothing in the message", 2)
        message = new_message(HUMAN, to, kind, content, origin="human", **fields)
        (position,) = await self.bus.publish(message)
        return message, position

    def _check_there(self, to: str) -> None:
        known = self.room.instances
        if to in (HUMAN, COORDINATOR):
            who = "that is you" if to == HUMAN else "the coordinator reads no messages"
            raise ClientError(f"{who}: write to an instance, a role or all", 2)
        if address.is_instance_id(to) and to not in known and to not in self.outsiders():
            near = address.nearest(to, [*known, *address.RESERVED])
            hint = f"Did you mean {near}?" if near else f"There are: {', '.join(known) or 'none yet'}."
            raise ClientError(f"no instance is called {to!r}", 4, hint)
        role = address.role_of(to)
        if role is not None and not any(view.role == role for view in known.values()):
            there = sorted({view.role for view in known.values()})
            raise ClientError(f"no instance has the role {role!r}", 4, f"Roles here: {', '.join(there) or 'none yet'}.")

    def shown(self, position: Position) -> None:
        """The person has seen the flow up to before this position."""
        self._shown = max(self._shown, min(position, self.room.position))

    def _receipt(self) -> Message | None:
        if self._shown <= self._receipted:
            return None
        deliveries = self.room.deliveries
        read = [
            delivery.position
            for delivery in deliveries.by_id.values()
            if delivery.to == HUMAN and not delivery.read_at and self._receipted <= delivery.position < self._shown
        ]
        self._receipted = self._shown
        if not read:
            return None
        return new_message(HUMAN, COORDINATOR, "receipt", "", origin="human", metadata={"read": read[:500]})


def _removal(instance: str) -> Message:
    metadata = {"instance": instance, "state": "OFFLINE", "reason": "no longer configured", "removed": "yes"}
    return new_message(
        COORDINATOR, HUMAN, "status", f"{instance} is no longer configured", origin="coordinator", metadata=metadata
    )


def delivery_chain(view: room.Room, message_id: str) -> dict[str, Any] | None:
    """What is known of a message's way, for a command; None where the room does not remember it."""
    delivery = view.deliveries.by_id.get(message_id)
    if delivery is None:
        return None
    chain: dict[str, Any] = {
        "id": delivery.id, "position": delivery.position, "to": delivery.to, "stage": delivery.stage,
        "written_at": delivery.written_at, "received_at": delivery.received_at or None,
        "read_at": delivery.read_at or None, "answered_at": delivery.answered_at or None,
        "answer": delivery.answer or None,
    }  # fmt: skip
    if delivery.ended:
        chain["reason"] = delivery.reason
    if address.is_many(delivery.to):
        received, read = view.deliveries.reach(delivery, view.members(delivery.to, delivery.from_))
        chain |= {"expected": delivery.expected, "received": received, "read": read, "readers": dict(delivery.readers)}
    return chain
