"""Which message a line was printed for: the one its instance was at then, as far as the log of messages tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.tui.clock import seconds_of

if TYPE_CHECKING:
    from trinity_tui.client.printed import Line
    from trinity_tui.core.delivery import Delivery
    from trinity_tui.core.room import Room

_ASKS = frozenset({"question", "chat", "task", "task_update", "approval"})
"""What makes an instance do something; everything else it only takes note of."""
SLACK_SECONDS = 1.0
"""A line says whole seconds."""
NO_TIME = "When this line was printed is not known, so what caused it is not either."
NOTHING_READ = "{} had read no message by then that is still remembered: this was its own work, or it is too long ago."


class Cause(NamedTuple):
    """The message a line was printed for, and how sure that is; or why none is known."""

    message: str = ""
    """Its id; empty where none is known."""
    said: str = ""


def cause_of(line: Line, room: Room) -> Cause:
    """What caused a line."""
    at = line.at
    if not at:
        return Cause(said=NO_TIME)
    read = [
        (when, delivery)
        for delivery in room.deliveries.by_id.values()
        if (when := _read_at(delivery, line.instance)) is not None and when <= at + SLACK_SECONDS
    ]
    if not read:
        return Cause(said=NOTHING_READ.format(line.instance))
    open_then = [(when, one) for when, one in read if _was_open(one, at)]
    _, delivery = max(open_then or read, key=lambda pair: (pair[0], pair[1].position))
    if open_then:
        return Cause(delivery.id, "what it was at then")
    return Cause(delivery.id, "the last it had read; that was answered before, so this may be its own work")


def _read_at(delivery: Delivery, instance: str) -> float | None:
    """When this instance had read what asks for something; None where it had not, or that is not known."""
    if delivery.type not in _ASKS:
        return None
    read = delivery.read_at if delivery.to == instance else delivery.readers.get(instance, "")
    return seconds_of(read) if read else None


def _was_open(delivery: Delivery, at: float) -> bool:
    answered = seconds_of(delivery.answered_at) if delivery.answered_at else None
    return answered is None or answered >= at - SLACK_SECONDS
