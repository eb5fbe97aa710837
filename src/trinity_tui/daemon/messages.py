"""What faces can ask of messages: to send one or send it again, its way, its text, its thread, and pages of the log."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import address
from trinity_tui.core.delivery_chain import delivery_chain
from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import format_time
from trinity_tui.core.room import HIDDEN_FROM_FLOW
from trinity_tui.core.sieve import Traits
from trinity_tui.daemon import conversations, resending
from trinity_tui.daemon.arguments import PAGE_MOST, Await, Nothing, One, Page, Resend, Send, Talked
from trinity_tui.daemon.whom import one

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record
    from trinity_tui.core.sieve import Sieve
    from trinity_tui.daemon.arguments import Args
    from trinity_tui.daemon.house import House
    from trinity_tui.daemon.requests import Requests

WAIT_SECONDS_MOST = 3600.0
RECEIPT_SECONDS = 0.6
"""An answer can be in the log before the receipts of what it answers: how long they are waited for."""


async def send(requests: Requests, args: Send) -> dict[str, Any]:
    """Say something for the person."""
    message, position = await requests.house.coordinator.person.send(
        args.to, args.type, args.content, priority=args.priority, reply_to=args.reply_to, thread=args.thread,
        metadata={"wait": True} if args.wait else {}, ack_by=_from_now(args.ack_seconds),
        expires_at=_from_now(args.expires_seconds),
    )  # fmt: skip
    return {"id": message.id, "position": position, "to": message.to}


async def resend(requests: Requests, args: Resend) -> dict[str, Any]:
    """Send a message again for the person, or take a dead letter off the list."""
    if args.drop:
        return await resending.drop(requests.house, args.id, args.via, args.consumer)
    return await resending.resend(requests.house, args.id, args.to, args.consumer)


async def dead(requests: Requests, args: Nothing) -> list[dict[str, Any]]:
    """What was given up, with the reason."""
    return await resending.listed(requests.house)


async def delivery(requests: Requests, args: Await) -> dict[str, Any]:
    """The way of a message, and its answer, once it has come that far."""
    house = requests.house
    reached = await _until(house, lambda: _has_come(house, args), min(args.timeout, WAIT_SECONDS_MOST))
    if reached and args.wait == "answer":
        await _until(house, lambda: _is_receipted(house, args.id), RECEIPT_SECONDS)
    chain = delivery_chain(house.coordinator.room, args.id)
    if chain is None:
        raise ClientError(f"no message {args.id!r} is remembered", 4)
    return {**chain, "reached": reached, "text": await _text_of(house, chain["answer"])}


async def _until(house: House, is_so: Callable[[], bool], seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while not is_so():
                await house.next_batch()
    except TimeoutError:
        return False
    return True


def _is_receipted(house: House, message_id: str) -> bool:
    delivery = house.coordinator.room.deliveries.by_id.get(message_id)
    return delivery is None or bool(delivery.read_at) or address.is_many(delivery.to)


def _has_come(house: House, args: Await) -> bool:
    chain = delivery_chain(house.coordinator.room, args.id)
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


async def _text_of(house: House, message_id: str | None) -> str | None:
    if not message_id:
        return None
    record = await house.history.record(message_id)
    return await house.bus.body(record.message) if record is not None else None


async def body(requests: Requests, args: One) -> dict[str, Any]:
    """One message, whole."""
    record = await requests.house.history.record(args.id)
    if record is None:
        raise ClientError(f"no message {args.id!r} is in the log", 4)
    content = await requests.house.bus.body(record.message)
    return {"position": record.position, "content": content, "message": msgspec.to_builtins(record.message)}


async def thread(requests: Requests, args: One) -> list[dict[str, Any]]:
    """The messages of one conversation, oldest first."""
    return [_row(record) for record in await requests.house.history.thread(args.id)]


async def messages(requests: Requests, args: Page) -> dict[str, Any]:
    """Messages from a position on, or the newest; and where to go on. A page may be short before the log's end."""
    page = await requests.house.history.page(args.start, _wanted(args), max(1, min(args.limit, PAGE_MOST)))
    return {"messages": [_row(record) for record in page.records], "next": page.following, "is_end": page.is_end}


async def conversation(requests: Requests, args: Talked) -> dict[str, Any]:
    """A page of a conversation of the person's."""
    house, who = requests.house, address.canonical(args.who)
    role = "" if who == address.BROADCAST else house.coordinator.room.instances[one(house, who)].role
    return await conversations.page(house.bus, who, role, args.before, max(1, min(args.limit, PAGE_MOST)))


def _wanted(args: Page) -> Sieve:
    def is_wanted(message: Message) -> bool:
        return (
            (args.type == message.type or (args.type is None and message.type not in HIDDEN_FROM_FLOW))
            and (args.to is None or message.to == args.to)
            and (args.sender is None or message.from_ == args.sender)
        )

    # The recipient may stand in the line under another of its names; type and sender stand there as they are.
    rare = args.sender or args.type
    return Traits((b'"%s"' % rare.encode(errors="replace"),) if rare else (), is_wanted)


def _from_now(seconds: float | None) -> str | None:
    return None if seconds is None else format_time(time.time() + seconds)


def _row(record: Record) -> dict[str, Any]:
    return {"position": record.position, **msgspec.to_builtins(record.message)}


MESSAGE_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "delivery": (Await, delivery, ""),
    "body": (One, body, ""),
    "thread": (One, thread, ""),
    "dead": (Nothing, dead, ""),
    "messages": (Page, messages, ""),
    "conversation": (Talked, conversation, ""),
    "send": (Send, send, "speak for the person"),
    "resend": (Resend, resend, "speak for the person"),
}
"""As ``requests.REQUESTS``."""
