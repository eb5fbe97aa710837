"""What faces can ask for: one table, served alike over HTTP and over a screen's WebSocket.

A new request is one method, a shape in ``arguments`` and one line in ``REQUESTS``; errors are sentences.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.coordinator.coordinator import delivery_chain
from trinity_tui.core import address
from trinity_tui.core.approvals import ONLY_ONCE
from trinity_tui.core.errors import ClientError, MessageError
from trinity_tui.core.message import format_time
from trinity_tui.core.room import HIDDEN_FROM_FLOW, waiting
from trinity_tui.daemon import changes, conversations, figures, traces
from trinity_tui.daemon.arguments import (
    Approve,
    Args,
    Await,
    Brain,
    Cut,
    Day,
    Lines,
    Nothing,
    One,
    Page,
    Reject,
    Resend,
    Seek,
    Send,
    Talked,
    Traced,
    Who,
    Whom,
)
from trinity_tui.daemon.documents import DOCUMENT_REQUESTS
from trinity_tui.daemon.exchanges import cut, retry, usage_rows
from trinity_tui.daemon.lifecycles import LIFECYCLE_REQUESTS
from trinity_tui.daemon.memories import MEMORY_REQUESTS
from trinity_tui.daemon.resending import drop, listed, resend
from trinity_tui.daemon.rights import Rights, need_person
from trinity_tui.daemon.waiting import inbox, oldest_seconds
from trinity_tui.daemon.whom import one, those

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.config import InstanceConfig
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record
    from trinity_tui.daemon.house import House

WAIT_SECONDS_MOST = 3600.0
RECEIPT_SECONDS = 0.6
"""An answer can be in the log before the receipts of what it answers: how long they are waited for."""
PAGE = 1_000


class Requests:
    """Answers requests from one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def do(self, name: str, raw: dict[str, Any], rights: Rights) -> Any:
        """Carry out one request by its name.

        Raises:
            ClientError: Unknown, refused, or wrong arguments (2).
        """
        found = REQUESTS.get(name)
        if found is None:
            raise ClientError(f"there is no request {name!r}", 2)
        shape, handler, changes = found
        if changes:
            need_person(rights, changes)
        try:
            return await handler(self, msgspec.convert(raw, shape, strict=False))
        except msgspec.ValidationError as error:
            raise ClientError(f"{name}: {error}", 2) from error
        except MessageError as error:
            raise ClientError(str(error), 2) from error

    async def status(self, args: Whom) -> dict[str, Any]:
        """How everything is."""
        house, room = self.house, self.house.coordinator.room
        names = list(room.instances) if args.who == "all" else those(self.house, args.who)
        return {
            "workspace": house.name,
            "path": str(house.workspace.root),
            "coordinator": figures.facts(house),
            "position": room.position,
            "digest": room.digest() if args.digest else None,
            "waiting": waiting(room),
            "oldest_wait_s": oldest_seconds(room, time.time()),
            "forbidden": room.forbidden,
            "notices": house.notices(),
            "instances": [
                figures.instance_status(house, room.instances[name]) for name in names if name in room.instances
            ],
            "tasks": [msgspec.to_builtins(task) for task in room.board.tasks.values()],
        }

    async def send(self, args: Send) -> dict[str, Any]:
        """Say something for the person."""
        message, position = await self.house.coordinator.send(
            args.to, args.type, args.content, priority=args.priority, reply_to=args.reply_to, thread=args.thread,
            metadata={"wait": True} if args.wait else {}, ack_by=_from_now(args.ack_seconds),
            expires_at=_from_now(args.expires_seconds),
        )  # fmt: skip
        return {"id": message.id, "position": position, "to": message.to}

    async def resend(self, args: Resend) -> dict[str, Any]:
        """Send a message again for the person, or take a dead letter off the list."""
        return await (drop(self.house, args.id) if args.drop else resend(self.house, args.id, args.to))

    async def dead(self, args: Nothing) -> list[dict[str, Any]]:
        """What was given up, with the reason."""
        return listed(self.house)

    async def delivery(self, args: Await) -> dict[str, Any]:
        """The way of a message, and its answer, once it has come that far."""
        coordinator = self.house.coordinator
        reached = await self._until(lambda: self._has_come(args), min(args.timeout, WAIT_SECONDS_MOST))
        if reached and args.wait == "answer":
            await self._until(lambda: self._is_receipted(args.id), RECEIPT_SECONDS)
        chain = delivery_chain(coordinator.room, args.id)
        if chain is None:
            raise ClientError(f"no message {args.id!r} is remembered", 4)
        return {**chain, "reached": reached, "text": await self._text_of(chain["answer"])}

    async def _until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while not is_so():
                    await self.house.next_batch()
        except TimeoutError:
            return False
        return True

    def _is_receipted(self, message_id: str) -> bool:
        delivery = self.house.coordinator.room.deliveries.by_id.get(message_id)
        return delivery is None or bool(delivery.read_at) or address.is_many(delivery.to)

    def _has_come(self, args: Await) -> bool:
        chain = delivery_chain(self.house.coordinator.room, args.id)
        if chain is None:
            return False
        if "reason" in chain or chain["answer"]:
            return True
        if args.wait == "answer":
            return False
        many = chain.get("expected")
        if many is not None:
            return chain[args.wait] >= many
        return bool(chain[f"{args.wait}_at"])

    async def _text_of(self, message_id: str | None) -> str | None:
        if not message_id:
            return None
        record = await self.house.history.record(message_id)
        return await self.house.bus.body(record.message) if record is not None else None

    async def body(self, args: One) -> dict[str, Any]:
        """One message, whole."""
        record = await self.house.history.record(args.id)
        if record is None:
            raise ClientError(f"no message {args.id!r} is in the log", 4)
        content = await self.house.bus.body(record.message)
        return {"position": record.position, "content": content, "message": _plain(record.message)}

    async def thread(self, args: One) -> list[dict[str, Any]]:
        """The messages of one conversation, oldest first."""
        return [_row(record) for record in await self.house.history.thread(args.id)]

    async def messages(self, args: Page) -> list[dict[str, Any]]:
        """Messages from a position on, or the newest."""
        limit = max(1, min(args.limit, PAGE))
        records = await self.house.history.records(args.start, limit, lambda record: _fits(record.message, args))
        return [_row(record) for record in records]

    async def conversation(self, args: Talked) -> dict[str, Any]:
        """A page of a conversation of the person's."""
        who, room = address.canonical(args.who), self.house.coordinator.room
        role = "" if who == address.BROADCAST else room.instances[one(self.house, who)].role
        return await conversations.page(self.house.bus, who, role, args.before, max(1, min(args.limit, PAGE)))

    async def trace(self, args: Traced) -> dict[str, Any]:
        """A page of an instance's trace."""
        path = self.house.workspace.instance(one(self.house, args.who)).trace
        return await asyncio.to_thread(traces.page, path, args.before, max(1, min(args.limit, PAGE)))

    async def changes(self, args: Who) -> dict[str, Any]:
        """What an instance changed in its worktree."""
        return await changes.shown(self.house.workspace.root, one(self.house, args.who))

    async def accept(self, args: Who) -> dict[str, Any]:
        """Take its changes over into the person's files."""
        return await changes.accept(self.house.workspace.root, one(self.house, args.who))

    async def discard(self, args: Who) -> dict[str, Any]:
        """Throw its changes away."""
        return await changes.discard(self.house.workspace.root, one(self.house, args.who))

    async def replay(self, args: Seek) -> dict[str, Any]:
        """The room before a position, and the records that go on from there."""
        replay = self.house.replay
        if args.start is not None:
            return await replay.page(args.start, args.limit)
        return await replay.seek(args.position, args.limit)

    async def compact(self, args: Nothing) -> dict[str, Any]:
        """Keep the log within its limits now."""
        return msgspec.to_builtins(await self.house.retention.keep())

    async def output(self, args: Lines) -> dict[str, Any]:
        """The last lines an instance printed."""
        epoch, lines = self.house.outputs.last(one(self.house, args.instance), max(1, min(args.lines, 10_000)))
        return {"instance": args.instance, "epoch": epoch, "lines": lines}

    async def approve(self, args: Approve) -> dict[str, Any]:
        """Allow what was asked for."""
        asked = self.house.coordinator.room.approvals.get(args.id)
        verdict = args.verdict or ("once" if asked is not None and asked.kind else "always")
        position = await self.house.coordinator.decide_approval(args.id, verdict, args.word)
        # Who did not say which is told what became of it.
        why = ONLY_ONCE if not args.verdict and asked is not None and asked.kind and not asked.grant else ""
        return {"id": args.id, "verdict": verdict, "position": position} | ({"only_once": why} if why else {})

    async def reject(self, args: Reject) -> dict[str, Any]:
        """Refuse what was asked for."""
        position = await self.house.coordinator.decide_approval(args.id, "reject", args.word)
        return {"id": args.id, "verdict": "reject", "position": position}

    async def inbox(self, args: Nothing) -> list[dict[str, Any]]:
        """Everything that waits for the person, oldest first."""
        return inbox(self.house.coordinator.room, time.time())

    async def cut(self, args: Cut) -> dict[str, Any]:
        """Stop a turn, and keep what there is of its answer as a cut one."""
        return cut(self.house, one(self.house, args.who), args.turn)

    async def retry(self, args: One) -> dict[str, Any]:
        """Ask the same question again."""
        return await retry(self.house, args.id)

    async def brain(self, args: Brain) -> dict[str, Any]:
        """Have instances use another brain; one the person names is trusted by that."""
        house, warnings = self.house, list[str]()

        def trust(name: str, config: InstanceConfig) -> None:
            house.equipment.minds.trust(name, config)
            warnings.append(house.equipment.minds.warning(name, config))

        done = house.choices.use_brain(those(self.house, args.who), args.brain, trust)
        for name in done["instances"]:
            house.fitting.trusted_brain(name)
        return done | {"warnings": [warning for warning in warnings if warning]}

    async def usage(self, args: Day) -> list[dict[str, Any]]:
        """What models were used for, and what that cost."""
        return usage_rows(self.house.coordinator.room.usage, args.day)

    async def down(self, args: Nothing) -> dict[str, Any]:
        """Stop every instance, the keeper and the coordinator."""
        self.house.go_down()
        return {"stopping": True}


def _fits(message: Message, args: Page) -> bool:
    return (
        (args.type == message.type or (args.type is None and message.type not in HIDDEN_FROM_FLOW))
        and (args.to is None or message.to == args.to)
        and (args.sender is None or message.from_ == args.sender)
    )


def _from_now(seconds: float | None) -> str | None:
    return None if seconds is None else format_time(time.time() + seconds)


def _plain(message: Message) -> dict[str, Any]:
    return msgspec.to_builtins(message)


def _row(record: Record) -> dict[str, Any]:
    return {"position": record.position, **_plain(record.message)}


REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "status": (Whom, Requests.status, ""),
    "delivery": (Await, Requests.delivery, ""),
    "body": (One, Requests.body, ""),
    "thread": (One, Requests.thread, ""),
    "dead": (Nothing, Requests.dead, ""),
    "messages": (Page, Requests.messages, ""),
    "conversation": (Talked, Requests.conversation, ""),
    "trace": (Traced, Requests.trace, ""),
    "changes": (Who, Requests.changes, ""),
    "accept": (Who, Requests.accept, "take changes over"),
    "discard": (Who, Requests.discard, "throw changes away"),
    "replay": (Seek, Requests.replay, ""),
    "output": (Lines, Requests.output, ""),
    "send": (Send, Requests.send, "speak for the person"),
    "resend": (Resend, Requests.resend, "speak for the person"),
    "approve": (Approve, Requests.approve, "approve"),
    "reject": (Reject, Requests.reject, "reject"),
    "inbox": (Nothing, Requests.inbox, ""),
    "cut": (Cut, Requests.cut, "stop a turn"),
    "retry": (One, Requests.retry, "speak for the person"),
    "brain": (Brain, Requests.brain, "choose a brain"),
    "usage": (Day, Requests.usage, ""),
    "compact": (Nothing, Requests.compact, "give up old messages"),
    "down": (Nothing, Requests.down, "stop everything"),
    **LIFECYCLE_REQUESTS,
    **MEMORY_REQUESTS,
    **DOCUMENT_REQUESTS,
}
"""Name → arguments, method, and what it changes in words (empty: it only looks)."""
