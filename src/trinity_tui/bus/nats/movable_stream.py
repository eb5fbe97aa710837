"""What a move from or to another carrier needs of a stream: contents by name, a generation above the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus.layout import write_format
from trinity_tui.bus.nats.blobs import BlobStore
from trinity_tui.bus.nats.kept_stream import KeptStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.bus.nats.link import Link
    from trinity_tui.bus.nats.stream import Info
    from trinity_tui.core.message import Message


class MovableStream(KeptStream):
    """A kept stream with the contents that travel apart."""

    def __init__(
        self,
        link: Link,
        layout: Layout,
        local: Layout,
        format_: Format,
        info: Info,
        wall_clock: Callable[[], float],
    ) -> None:
        super().__init__(link, layout, local, format_, info, wall_clock)
        self._blobs = BlobStore(link)

    async def has_content(self, name: str, size: int) -> bool:
        """Whether a content is stored.

        Raises:
            BusError: The server does not answer.
        """
        return await self._blobs.has(name, size)

    async def content(self, name: str, size: int) -> str:
        """A stored content.

        Raises:
            BusError: It is not there, or not what was stored.
        """
        return await self._blobs.get(name, size)

    async def keep_content(self, message: Message) -> Message:
        """Store a message's content, and return the message that refers to it.

        Raises:
            MessageError: It is over the limit.
            BusError: It cannot be stored.
        """
        return await self._blobs.put(message)

    def raise_generation(self, above: int) -> Format:
        """Begin a generation in which no position of an older one means anything.

        Raises:
            BusError: It cannot be written.
        """
        self._format = self._format.raised_above(above)
        write_format(self.local, self._format)
        return self._format
