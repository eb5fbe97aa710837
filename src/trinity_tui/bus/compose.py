"""A new message with its id and time: the one place that asks the clock and draws an id for one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import uuid_utils

from trinity_tui.core.message import Message, format_time

if TYPE_CHECKING:
    from trinity_tui.core.message import Origin


def new_message(
    from_: str,
    to: str,
    type: str,  # noqa: A002 - the field's word
    content: str,
    *,
    priority: str = "normal",
    metadata: dict[str, Any] | None = None,
    thread: str | None = None,
    reply_to: str | None = None,
    hops: int = 0,
    origin: Origin | str | None = None,
    expires_at: str | None = None,
    ack_by: str | None = None,
    now: float | None = None,
) -> Message:
    """A message of ours, ready to publish.

    Args:
        from_: Who speaks; a harness passes its own id, never one a tool chose.
        to: An address (``core.address``).
        type: What it is.
        content: Its text.
        priority: How pressing it is.
        metadata: Typed by the kind.
        thread: The message a conversation began with.
        reply_to: The message this answers; an answer acknowledges it.
        hops: How many messages of peers caused this one.
        origin: Whose words these are.
        expires_at: From when on it is not to be delivered.
        ack_by: When the sender wants to know that it was read.
        now: Seconds since the epoch; the clock's where not given.
    """
    return Message(
        v=1,
        id=str(uuid_utils.uuid7()),
        from_=from_,
        to=to,
        type=type,
        priority=priority,
        timestamp=format_time(time.time() if now is None else now),
        content=content,
        metadata={} if metadata is None else metadata,
        thread=thread,
        reply_to=reply_to,
        hops=hops,
        origin=None if origin is None else str(origin),
        expires_at=expires_at,
        ack_by=ack_by,
    )
