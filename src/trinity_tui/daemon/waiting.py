"""What waits for the person: as rows for commands and programs, each with its age; and the person's word on it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.approvals import ONLY_ONCE
from trinity_tui.core.diary import Mark
from trinity_tui.core.digest import digest
from trinity_tui.core.errors import ClientError
from trinity_tui.core.inbox import decided, everything, items
from trinity_tui.core.message import format_time, parse_time
from trinity_tui.daemon.arguments import Approve, Args, Decided, Looked, Nothing, Reject, Seen, Since

if TYPE_CHECKING:
    from trinity_tui.core.inbox import Item
    from trinity_tui.core.room import Room
    from trinity_tui.daemon.requests import Requests


READ_SECONDS = 5.0
"""So long a log may take to be read after a start before a digest tells of what there is of it."""


def inbox(room: Room, now: float) -> list[dict[str, Any]]:
    """Everything that waits, with the alerts nobody saw, oldest first.

    Args:
        room: The room.
        now: Seconds since the epoch.
    """
    return [_row(item, now) for item in everything(room)]


def oldest_seconds(room: Room, now: float) -> float | None:
    """How long the oldest of what needs the person's word has waited; None where nothing does."""
    return next((_age(item, now) for item in items(room) if item.at), None)


def _row(item: Item, now: float) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": item.kind, "id": item.id, "from": item.sender, "text": item.text}
    row |= {"at": item.timestamp, "age_s": _age(item, now)}
    if item.kind == "approval":
        row["command"] = item.command
    if item.tool:
        row |= {"tool": item.tool, "grant": list(item.grant), "diff": item.diff}
    return row


def _age(item: Item, now: float) -> float:
    return max(0.0, round(now - item.at, 1)) if item.at else 0.0


async def waits(requests: Requests, args: Nothing) -> list[dict[str, Any]]:
    """Everything that waits for the person, oldest first."""
    return inbox(requests.house.coordinator.room, time.time())


async def was_decided(requests: Requests, args: Decided) -> list[dict[str, Any]]:
    """What was decided that had waited, the newest first."""
    found = decided(requests.house.coordinator.room, args.text.lower())
    return [msgspec.to_builtins(one) for one in found]


async def approve(requests: Requests, args: Approve) -> dict[str, Any]:
    """Allow what was asked for."""
    coordinator = requests.house.coordinator
    asked = coordinator.room.approvals.get(args.id)
    verdict = args.verdict or ("once" if asked is not None and asked.kind else "always")
    position = await coordinator.approvals.settle(args.id, verdict, args.word, args.via)
    # Who did not say which is told what became of it.
    why = ONLY_ONCE if not args.verdict and asked is not None and asked.kind and not asked.grant else ""
    return {"id": args.id, "verdict": verdict, "position": position} | ({"only_once": why} if why else {})


async def reject(requests: Requests, args: Reject) -> dict[str, Any]:
    """Refuse what was asked for."""
    position = await requests.house.coordinator.approvals.settle(args.id, "reject", args.word, args.via)
    return {"id": args.id, "verdict": "reject", "position": position}


async def saw(requests: Requests, args: Seen) -> dict[str, Any]:
    """Alerts were seen."""
    return {"seen": await requests.house.coordinator.person.saw(args.ids)}


async def notify_test(requests: Requests, args: Nothing) -> dict[str, Any]:
    """Notify the person now, and say what came of it."""
    house = requests.house
    if not house.config.notify.is_on:
        raise ClientError("no notification is configured", 2, "`[notify]` in instances.toml: command or webhook.")
    if not house.notifier.is_allowed():
        raise ClientError("what [notify] says waits for your word", 1, "`trinity inbox` shows the request.")
    return await house.notifier.test()


async def while_away(requests: Requests, args: Since) -> dict[str, Any]:
    """What happened since the person last looked, or since a moment.

    Raises:
        ClientError: The moment is none (2).
    """
    house = requests.house
    # Who looks as a coordinator starts is told of all there is, and that none was there.
    with suppress(TimeoutError):
        async with asyncio.timeout(READ_SECONDS):
            await house.coordinator.has_decided.wait()
    room = house.coordinator.room
    if args.since is not None:
        return msgspec.to_builtins(digest(room, room.diary.mark_before(_utc(args.since)) or Mark()))
    found = digest(room, house.away.since(again=args.again) or Mark())
    return msgspec.to_builtins(house.away.tells(found, again=args.again))


def _utc(since: str) -> str:
    """A moment as the marks have it, so that it can be compared with theirs; empty: before all of them."""
    try:
        return since and format_time(parse_time(since))
    except (ValueError, OverflowError, OSError) as error:
        raise ClientError(f"since: {since!r} is no time such as 2026-11-21T22:00:00Z", 2) from error


async def looked(requests: Requests, args: Looked) -> dict[str, Any]:
    """The person is in front of a screen."""
    requests.house.away.looked(told=args.told)
    return {}


WAITING_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "inbox": (Nothing, waits, ""),
    "inbox/decided": (Decided, was_decided, ""),
    "inbox/seen": (Seen, saw, "speak for the person"),
    "notify/test": (Nothing, notify_test, "notify"),
    "digest": (Since, while_away, ""),
    "looked": (Looked, looked, "speak for the person"),
    "approve": (Approve, approve, "approve"),
    "reject": (Reject, reject, "reject"),
}
