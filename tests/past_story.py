"""A log in which something happened: an afternoon of three instances, told minute by minute, for who looks back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bus import new_message, open_bus
from trinity_tui.core.message import format_time

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.message import Message

BEGAN = 1_790_000_000.0
"""14:13:20 UTC on 21 September 2026."""
SEGMENT_BYTES = 6_000


def said(minute: float, sender: str, to: str, kind: str, content: str, **metadata: Any) -> Message:
    """One message, so many minutes after the story began."""
    message = new_message(sender, to, kind, content, origin="peer", metadata=metadata)
    return msgspec.structs.replace(message, timestamp=format_time(BEGAN + minute * 60))


def status(minute: float, instance: str, state: str, order: int, **more: Any) -> Message:
    """The coordinator says how one is."""
    role = instance.rpartition("-")[0]
    return said(minute, "coordinator", "broadcast", "status", f"{instance} is {state}", instance=instance, state=state,
                role=role, order=order, source="supervision", epoch=1, pid=4000 + order, **more)  # fmt: skip


def story() -> list[Message]:
    """All of it, in its order."""
    first = [status(0, name, "ONLINE", order) for order, name in enumerate(("explorer-1", "builder-1", "lead-1"), 1)]
    work = [said(1 + n / 10, "explorer-1", "lead-1", "message", f"part {n} of auth.py read") for n in range(100)]
    key = said(10.9, "builder-1", "lead-1", "message", "the key is sk-abcdefghijklmnopqrstuvwxyz and must not be shown")
    ask = said(11, "builder-1", "human", "approval", "May I run the tests?", op="request", command="pytest -q")
    yes = msgspec.structs.replace(
        said(12, "coordinator", "builder-1", "approval", "once: pytest -q", op="decision", verdict="once", by="human"),
        reply_to=ask.id,
    )
    crash = status(20, "builder-1", "CRASHED", 2, crash="signal 9", reason="signal 9, again in 1 s")
    back = status(20.1, "builder-1", "ONLINE", 2, reason="restarted 1 s ago: signal 9", restarts=1, crash="")
    found = said(30, "explorer-1", "broadcast", "finding", "refresh path untested", key="refresh", path="auth.py",
                 line=88, severity="high")  # fmt: skip
    talk = [said(31, "human", "builder-1", "chat", "Why did the refresh test fail?"),
            said(32, "builder-1", "human", "answer", "It never got an old token.")]  # fmt: skip
    return [*first, *work, key, ask, yes, crash, back, found, *talk]


def plant(root: Path, messages: list[Message] | None = None) -> None:
    """Write it into a workspace, in small segments."""

    async def fill() -> None:
        bus = open_bus(root / ".trinity" / "bus", "lead-1", segment_bytes=SEGMENT_BYTES)
        for message in messages if messages is not None else story():
            await bus.publish(message)
        await bus.aclose()

    (root / ".trinity").mkdir(mode=0o700, exist_ok=True)
    asyncio.run(fill())
