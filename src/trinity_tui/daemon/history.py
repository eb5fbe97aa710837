"""What the log holds, for faces that ask: one message, a conversation, a page. Quick for what the room remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.core.record import Position, Record
    from trinity_tui.core.room import Room

THREAD_MOST = 200


class History:
    """Reads the log where the room says things stand.

    Args:
        bus: The log.
        room: The room as it is when asked.
    """

    def __init__(self, bus: Bus, room: Callable[[], Room]) -> None:
        self._bus = bus
        self._room = room

    async def record(self, message_id: str) -> Record | None:
        """A message by its id; without a known position the whole log is read for it."""
        async for record in self._bus.read(self._position_of(message_id) or 0):
            if record.message.id == message_id:
                return record
        return None

    async def thread(self, message_id: str) -> list[Record]:
        """The conversation a message belongs to, from its first message on."""
        asked = await self.record(message_id)
        if asked is None:
            return []
        root = asked.message.thread or asked.message.reply_to or asked.message.id
        members = {root, message_id}
        found: list[Record] = []
        async for record in self._bus.read(self._position_of(root) or min(asked.position, self._oldest())):
            message = record.message
            if message.id in members or message.thread in members or message.reply_to in members:
                members.add(message.id)
                found.append(record)
                if len(found) >= THREAD_MOST:
                    break
        return found

    async def records(self, start: Position | None, limit: int, fits: Callable[[Record], bool]) -> list[Record]:
        """Records from a position on, or (None) the newest of those the room remembers."""
        found: list[Record] = []
        async for record in self._bus.read(self._oldest() if start is None else start):
            if fits(record):
                found.append(record)
                if start is not None and len(found) >= limit:
                    break
        return found[-limit:]

    def _position_of(self, message_id: str) -> Position | None:
        delivery = self._room().deliveries.by_id.get(message_id)
        if delivery is not None:
            return delivery.position
        return next((row.position for row in reversed(self._room().flow) if row.id == message_id), None)

    def _oldest(self) -> Position:
        rows = self._room().flow
        return rows[0].position if rows else 0
