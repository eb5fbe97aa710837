"""Makes uvicorn say who is on a unix socket: ``scope["client"]`` becomes ``(UNIX_PEER, pid)``, from ``SO_PEERCRED``."""

from __future__ import annotations

import socket
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from uvicorn import Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from trinity_tui.process.peer import credentials

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractContextManager

UNIX_PEER = "unix"


def peer_of(scope: Any) -> int | None:
    """The pid of the peer on a unix socket, 0 where the kernel cannot name it; None over TCP."""
    client = scope.get("client")
    return client[1] if client and client[0] == UNIX_PEER else None


def _client(transport: asyncio.BaseTransport) -> tuple[str, int] | None:
    connection = transport.get_extra_info("socket")
    if connection is None or connection.family != socket.AF_UNIX:
        return None
    return UNIX_PEER, credentials(connection).pid


class QuietServer(Server):
    """A server that leaves the signals to the process it is part of."""

    def capture_signals(self) -> AbstractContextManager[None]:  # pyright: ignore[reportIncompatibleMethodOverride]  # a generator there
        """Take none."""
        return nullcontext()


class HttpProtocol(HttpToolsProtocol):
    """HTTP that knows its peer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # as uvicorn's own
        """Note the peer's process."""
        super().connection_made(transport)
        self.client = _client(transport) or self.client


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """WebSocket that knows its peer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the peer's process."""
        super().connection_made(transport)
        self.client = _client(transport) or self.client
