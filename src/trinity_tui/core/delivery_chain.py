"""What is known of one message's way, laid out for who asked for it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.core import address

if TYPE_CHECKING:
    from trinity_tui.core.room import Room


def delivery_chain(room: Room, message_id: str) -> dict[str, Any] | None:
    """Each stage and its time; None where the room does not remember the message."""
    delivery = room.deliveries.by_id.get(message_id)
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
        received, read = room.deliveries.reach(delivery, room.members(delivery.to, delivery.from_))
        chain |= {"expected": delivery.expected, "received": received, "read": read, "readers": dict(delivery.readers)}
    return chain
