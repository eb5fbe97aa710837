"""One coordinator's connection, seen from the keeper: bytes in, requests out; replies in, bytes out, never waiting."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from trinity_tui.core.errors import WireError
from trinity_tui.core.wire import framing
from trinity_tui.core.wire.keeper import MARKER, FromCoordinator, FromKeeper
from trinity_tui.process import procfs
from trinity_tui.process.peer import credentials

if TYPE_CHECKING:
    import socket

OUTBOX_BYTES = 1024 * 1024
"""A coordinator that leaves this much unread is let go; it finds everything again in the list of children."""


def admit(connection: socket.socket, owner: str) -> str:
    """Why this peer may not speak to the keeper; empty when it may.

    Whatever descends from the keeper is an agent's or a tool's, and must not drive it; nor may what an instance of an
    earlier keeper started, which no longer descends from anybody but still carries the marker.

    Args:
        connection: With the peer at its other end.
        owner: The hash of the workspace, as it stands in the markers; empty when it is not known.
    """
    try:
        peer = credentials(connection)
    except OSError:
        return "who you are could not be learned"
    if peer.uid != os.getuid():
        return "you are another user"
    chain = procfs.ancestors(peer.pid)
    if not chain:
        return "who you are could not be learned"
    if os.getpid() in chain or (owner and any(_is_marked(pid, owner) for pid in (peer.pid, *chain))):
        return "an instance may not drive the keeper"
    return ""


def _is_marked(pid: int, owner: str) -> bool:
    return procfs.variable(pid, MARKER.encode()).endswith(f":{owner}")


class Conversation:
    """The connection and what is under way on it."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.has_greeted = False
        self.is_over = False
        self._decoder: framing.FrameDecoder[FromCoordinator] = framing.FrameDecoder(
            cast("type[FromCoordinator]", FromCoordinator)
        )
        self._outbox = bytearray()

    @property
    def has_unsent(self) -> bool:
        """Whether to wait until it can be written."""
        return bool(self._outbox)

    def receive(self) -> list[FromCoordinator]:
        """The requests that arrived; sets ``is_over`` when there will be no more."""
        try:
            data = self.connection.recv(65_536)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self.is_over = True
            return []
        try:
            return self._decoder.feed(data)
        except WireError:
            self.is_over = True
            return []

    def send(self, frame: FromKeeper) -> None:
        """Queue a reply and write what the connection takes now."""
        self._outbox += framing.encode(frame)
        self.flush()

    def flush(self) -> None:
        """Write on; sets ``is_over`` when the other side is gone or reads nothing."""
        while self._outbox and not self.is_over:
            try:
                sent = self.connection.send(self._outbox)
            except BlockingIOError:
                break
            except OSError:
                self.is_over = True
                break
            del self._outbox[:sent]
        if len(self._outbox) > OUTBOX_BYTES:
            self.is_over = True
