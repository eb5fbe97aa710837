"""Ways to a coordinator: over its socket here, or over the port it listens on. Others lie in modules of their own.

What uses a way sends and gets a face's frames, and does not know which one it is.
"""

from __future__ import annotations

import logging
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from trinity_tui.client import found
from trinity_tui.core.errors import ClientError, WireError
from trinity_tui.core.wire import PROTOCOL, face

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from trinity_tui.core.paths import Workspace

FRAME_BYTES = 64 * 1024 * 1024
"""A snapshot of a full room is some megabytes."""
LONGEST_RETRY_SECONDS = 2.0
PING_SECONDS = 10.0
PING_HERE_SECONDS = 2.0
"""One that was stopped, or hangs, keeps its socket open: that it does not answer tells it from one without news."""
SILENT_PINGS = 3
"""As long as so many take, one here may be held up by a busy machine before it is said not to answer."""
CLOSE_SECONDS = 1.0
"""How long the other end may take to agree to an end; of one that does not answer nothing is known before that."""
_UNTOLD = logging.getLogger(f"{__name__}.untold")
"""What the library would print of a link that is lost, with its traceback: a face says that it is, and why."""
_UNTOLD.disabled = True


class Link(Protocol):
    """One connection to a coordinator."""

    async def send(self, message: bytes, /) -> None:
        """Send a frame."""
        ...

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """The frames that come, until the coordinator hangs up."""
        ...


class Way(Protocol):
    """How a coordinator is reached.

    Attributes:
        name: The computer it leads to, for people; empty: this one.
        longest_retry_seconds: How long is waited at most between two attempts.
    """

    name: str
    longest_retry_seconds: float

    def link(self) -> AbstractAsyncContextManager[Link]:
        """A connection; raises ``ClientError``, ``OSError`` or what websockets raises where there is none."""
        ...

    def token(self) -> str:
        """What to show the coordinator; empty where somebody on the way does it."""
        ...

    def has_died(self) -> bool:
        """Whether a coordinator ran at the end of it that was not told to end."""
        ...

    async def enter(self) -> None:
        """Find the way again with the terminal at hand; raises ``ClientError`` where that does not help."""
        ...


class Here:
    """Over the socket of a workspace on this computer.

    Args:
        workspace: Whose coordinator.
    """

    name = ""
    longest_retry_seconds = LONGEST_RETRY_SECONDS

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @asynccontextmanager
    async def link(self) -> AsyncGenerator[Link]:
        """A connection."""
        place = found.find(self._workspace)
        if place is None:
            raise ClientError("no coordinator runs here; waiting for one", 3)
        place.check()
        async with unix_connect(
            place.api, "ws://localhost/events", max_size=FRAME_BYTES, compression=None,
            ping_interval=PING_HERE_SECONDS, ping_timeout=SILENT_PINGS * PING_HERE_SECONDS, close_timeout=CLOSE_SECONDS,
            logger=_UNTOLD,
        ) as socket:  # fmt: skip
            yield socket

    def token(self) -> str:
        """The workspace's."""
        return found.token(self._workspace)

    def has_died(self) -> bool:
        """Whether the last one left its address behind: one that was told to end takes it along."""
        return found.find(self._workspace) is not None

    async def enter(self) -> None:
        """There is nothing to ask for."""


class Port:
    """Over the port a coordinator listens on.

    Args:
        address: ``http://host:8900`` or ``https://…``.
        token: The workspace's.

    Attributes:
        is_private: Whether nobody on the way can read along.

    Raises:
        ClientError: It is no such address (2).
    """

    longest_retry_seconds = LONGEST_RETRY_SECONDS

    def __init__(self, address: str, token: str) -> None:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = None, None, None
        if parts is None or not host or parts.path.strip("/") or parts.query or parts.username:
            raise ClientError(f"{address!r} names no coordinator", 2, "Write http://host:8900.")
        self.is_private = parts.scheme == "https"
        self._host, self._port = host, port or (443 if self.is_private else 8900)
        self._token = token
        self.name = host

    @asynccontextmanager
    async def link(self) -> AsyncGenerator[Link]:
        """A connection."""
        # The coordinator answers to the name localhost alone, so that no page can send a browser to it.
        scheme, secured = ("wss", self._secured()) if self.is_private else ("ws", {})
        async with connect(
            f"{scheme}://localhost/events", host=self._host, port=self._port, max_size=FRAME_BYTES, compression=None,
            ping_interval=PING_SECONDS, ping_timeout=PING_SECONDS, close_timeout=CLOSE_SECONDS, proxy=None,
            logger=_UNTOLD, **secured,
        ) as socket:  # fmt: skip
            yield socket

    async def knock(self) -> None:
        """See whether it lets us in, before anything is shown.

        Raises:
            ClientError: It does not, or is not there.
        """
        try:
            async with self.link() as link:
                await link.send(face.encode(face.Attach(PROTOCOL, self._token, read_only=True)))
                async for raw in link:
                    if isinstance(face.decode_to_face(raw), face.Greeting):
                        return
        except ConnectionClosed as error:
            raise ClientError(f"{self.name}: {error.rcvd.reason if error.rcvd else 'it hung up'}") from error
        except (OSError, WebSocketException) as error:
            raise ClientError(f"no coordinator answers at {self.name}:{self._port}: {error}", 3) from error
        except WireError as error:
            raise ClientError(f"what answers at {self.name}:{self._port} is no coordinator", 3) from error
        raise ClientError(f"{self.name}: it hung up without a word", 3)

    def _secured(self) -> dict[str, Any]:
        return {"ssl": ssl.create_default_context(), "server_hostname": self._host}

    def token(self) -> str:
        """As it was given."""
        return self._token

    def has_died(self) -> bool:
        """Nobody can tell from here."""
        return False

    async def enter(self) -> None:
        """There is nothing to ask for."""
