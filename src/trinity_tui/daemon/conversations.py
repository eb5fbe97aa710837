"""What the person and an instance said to each other, whole, for a face: the newest first, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.dialogue import is_between

if TYPE_CHECKING:
    from trinity_tui.bus import Bus
    from trinity_tui.core.record import Position, Record

FIRST_SPAN = 64 * 1024
"""How far before a position is looked first; the span doubles until enough is found."""
RECORDS_MOST = 20_000
"""After so many records one page is answered with what there is of it; the next one goes on from there."""


async def page(bus: Bus, who: str, role: str, before: Position | None, limit: int) -> dict[str, Any]:
    """The newest messages of a conversation that stand before a position.

    Args:
        bus: The log.
        who: An instance, or ``broadcast``.
        role: The instance's.
        before: None: the log's end.
        limit: How many at most.

    Returns:
        ``messages``, the oldest first, each with its position and its whole content; and ``before``, from where the
        page before this one is asked for, None where the log begins.
    """
    first = await bus.first()
    stop = await bus.end() if before is None else before
    found: list[Record] = []
    span, looked = FIRST_SPAN, 0
    while stop > first and len(found) < limit and looked < RECORDS_MOST:
        start = max(first, stop - span)
        part: list[Record] = []
        async for record in bus.read(start, stop):
            looked += 1
            if is_between(record.message, who, role):
                part.append(record)
        found = part + found
        stop, span = start, 2 * span
    found, is_cut = found[-limit:], len(found) > limit
    following = found[0].position if is_cut else stop
    messages = [
        {"position": record.position, **msgspec.to_builtins(record.message), "content": await bus.body(record.message)}
        for record in found
    ]
    return {"messages": messages, "before": following if following > first else None}
