"""What the log holds, for faces that ask: one message, a conversation, a page. Quick for what the room remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus.looking_on import Ahead
from trinity_tui.core.sieve import Traits

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus import Bus
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position, Record
    from trinity_tui.core.room import Room
    from trinity_tui.core.sieve import Sieve

THREAD_MOST = 200
LOOK_SECONDS = 10.0
"""For so long an old message is looked for; a million are looked through in a few."""
PAGE_SECONDS = 2.0
"""For so long a page is looked for; who asks goes on from where it ends, or has seen enough and does not."""


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
        """A message by its id; without a known position the log is looked through for it, from its end back."""
        position = self._position_of(message_id)
        if position is not None:
            # Nothing but what stands there: where it is kept no more, all that came after it would be read.
            async for record in self._bus.read(position, position + 1):
                if record.message.id == message_id:
                    return record
        found, _ = await self.naming(message_id, lambda message: message.id == message_id, 1)
        return found[0] if found else None

    async def naming(
        self, name: str, is_one: Callable[[Message], bool], most: int, after: Position = 0
    ) -> tuple[list[Record], bool]:
        """The newest messages that have an id in them and are such, oldest first; and whether these are all.

        Args:
            name: The id, as it stands in their lines.
            is_one: Whether a message is such.
            most: So many are enough.
            after: What stands before this is not looked for.
        """
        sieve = Traits((b'"%s"' % name.encode(errors="replace"),), is_one)
        back = await self._bus.look_back(await self._bus.end(), sieve, most, LOOK_SECONDS, after)
        return back.records[::-1], back.start <= max(after, await self._bus.first())

    async def thread(self, message_id: str) -> list[Record]:
        """The conversation a message belongs to, from its first message on."""
        asked = await self.record(message_id)
        if asked is None:
            return []
        root = asked.message.thread or asked.message.reply_to or asked.message.id
        members = {root, message_id}
        if self._position_of(root) is None and asked.position < self._oldest():

            def belongs(message: Message) -> bool:
                return root in (message.id, message.thread, message.reply_to)

            # To read on from so far back would take long; who answers within a thread says which it is.
            newest, _ = await self.naming(root, belongs, THREAD_MOST)
            return newest
        found: list[Record] = []
        async for record in self._bus.read(self._position_of(root) or min(asked.position, self._oldest())):
            message = record.message
            if message.id in members or message.thread in members or message.reply_to in members:
                members.add(message.id)
                found.append(record)
                if len(found) >= THREAD_MOST:
                    break
        return found

    async def page(self, start: Position | None, sieve: Sieve, limit: int) -> Ahead:
        """Messages from a position on, as far as one looks for a page; or (None) the newest the room remembers."""
        if start is not None:
            return await self._bus.look_on(start, sieve, limit, PAGE_SECONDS)
        folded = self._room().position
        back = await self._bus.look_back(await self._bus.end(), sieve, limit, LOOK_SECONDS, self._oldest())
        # The log may end in a line that is just being written; the room's end is that of a line.
        following = back.records[0].position + 1 if back.records else folded
        return Ahead(back.records[::-1], following, is_end=True)

    def _position_of(self, message_id: str) -> Position | None:
        delivery = self._room().deliveries.by_id.get(message_id)
        if delivery is not None:
            return delivery.position
        return next((row.position for row in reversed(self._room().flow) if row.id == message_id), None)

    def _oldest(self) -> Position:
        rows = self._room().flow
        return rows[0].position if rows else 0
