"""The person on the log: what they say, to whom they can, and what they have seen. Only the coordinator writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.bus import new_message
from trinity_tui.coordinator import elsewhere, statements
from trinity_tui.core import address
from trinity_tui.core.address import COORDINATOR, HUMAN
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from trinity_tui.bus import Bus
    from trinity_tui.coordinator.folding import Folding
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

PERSON_SAYS = frozenset({"chat", "question", "message", "task", "finding", "answer", "proposal", "vote", "alert"})
"""The types a person may send; the others are written by the program itself."""
READ_MOST = 500
"""So many positions stand in one receipt."""


class Person:
    """Speaks for the person.

    Args:
        bus: The log.
        folding: What it says.
    """

    def __init__(self, bus: Bus, folding: Folding) -> None:
        self._bus = bus
        self._folding = folding
        self.outsiders: Callable[[], Collection[str]] = tuple
        """Who finds in a file what is said to it."""
        self._shown: Position = 0
        self._receipted: Position = 0

    async def send(self, to: str, kind: str, content: str, **fields: Any) -> tuple[Message, Position]:
        """Say something for the person.

        Raises:
            ClientError: There is nobody of that name (4).
            MessageError: The message may not be published.
            BusError: The log does not take it, or does not say who shares it.
        """
        to = address.canonical(to)
        if address.is_elsewhere(to) or to == address.EVERYWHERE:
            elsewhere.check(to, await self._bus.lows())
        else:
            self.check_there(to)
        if kind not in PERSON_SAYS:
            raise ClientError(f"{kind!r} is not for the person to say", 2, f"One of: {', '.join(sorted(PERSON_SAYS))}.")
        if not content.strip():
            raise ClientError("there is nothing in the message", 2)
        message = new_message(HUMAN, to, kind, content, origin="human", **fields)
        (position,) = await self._bus.publish(message)
        return message, position

    def check_there(self, to: str) -> None:
        """Refuse an address behind which nobody stands.

        Raises:
            ClientError: With the names there are (4), or as it is nobody's to write to (2).
        """
        known = self._folding.room.instances
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

    async def saw(self, alert_ids: Collection[str]) -> int:
        """The person has seen these alerts; how many of them were new."""
        room = self._folding.room
        by_id = room.deliveries.by_id
        known = [by_id[alert.id] for alert in room.alerts if alert.id in alert_ids and alert.id in by_id]
        read = [delivery.position for delivery in known if not delivery.read_at]
        if read:
            (position,) = await self._bus.publish(statements.read(read))
            await self._folding.reached(position)
        return len(read)

    def shown(self, position: Position) -> None:
        """The person has seen the flow up to before this position."""
        self._shown = max(self._shown, min(position, self._folding.room.position))

    def receipt(self) -> Message | None:
        """Of what was shown since the last call: what was to the person, and not yet known to be read."""
        if self._shown <= self._receipted:
            return None
        read = [
            delivery.position
            for delivery in self._folding.room.deliveries.by_id.values()
            if delivery.to == HUMAN and not delivery.read_at and self._receipted <= delivery.position < self._shown
        ]
        self._receipted = self._shown
        return statements.read(read[:READ_MOST]) if read else None
