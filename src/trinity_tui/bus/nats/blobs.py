"""Content too long for a line, in the server's object store under its SHA-256, before the line that names it."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from trinity_tui.bus import blobs
from trinity_tui.bus.nats.link import client_errors
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from nats.js.object_store import ObjectStore

    from trinity_tui.bus.nats.link import Link
    from trinity_tui.core.message import Message

_STORE_SECONDS = 60.0


class BlobStore:
    """The blobs of one stream."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._store: ObjectStore | None = None

    async def put(self, message: Message) -> Message:
        """Store a message's content, and return the message that refers to it.

        Raises:
            MessageError: The content is over the limit.
            BusError: It cannot be stored.
        """
        data = message.content.encode()
        short, name = blobs.referring(message, data)
        await self.put_raw(name, data, f"the content of message {message.id}")
        return short

    async def put_raw(self, name: str, data: bytes, what: str = "a content") -> None:
        """Store bytes under their SHA-256, unless they are there.

        Raises:
            BusError: They cannot be stored.
        """
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                if not await self._has(name, len(data)):
                    await (await self._open()).put(name, data)
        except (OSError, TimeoutError, *client_errors()) as error:
            raise BusError(f"{what} cannot be stored at {self._link.place.shown}: {error}") from error

    async def has(self, name: str, size: int) -> bool:
        """Whether bytes are stored.

        Raises:
            BusError: The server does not answer.
        """
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                return await self._has(name, size)
        except (OSError, TimeoutError, *client_errors()) as error:
            raise BusError(f"{self._link.place.shown} does not say what it holds: {error}") from error

    async def _has(self, name: str, size: int) -> bool:
        from nats.js.errors import NotFoundError

        try:
            return (await (await self._open()).get_info(name)).size == size
        except NotFoundError:
            return False

    async def get(self, name: str, size: int) -> str:
        """A stored content.

        Raises:
            BusError: It is not there, or not what was stored.
        """
        data = await self.get_raw(name)
        if len(data) != size or hashlib.sha256(data).hexdigest() != name:
            raise BusError(f"the content {name[:12]}… of a message is damaged")
        return data.decode()

    async def get_raw(self, name: str) -> bytes:
        """Stored bytes.

        Raises:
            BusError: They are not there.
        """
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                return (await (await self._open()).get(name)).data or b""
        except (OSError, TimeoutError, *client_errors()) as error:
            where = self._link.place.shown
            raise BusError(f"the content {name[:12]}… of a message is not at {where}: {error}") from error

    async def _open(self) -> ObjectStore:
        from nats.js.errors import NotFoundError

        if self._store is None:
            js = self._link.jetstream()
            bucket = f"{self._link.place.stream}_blobs"
            try:
                self._store = await js.object_store(bucket)
            except NotFoundError:
                self._store = await js.create_object_store(bucket)  # pyright: ignore[reportUnknownMemberType] - options of anything
        return self._store
