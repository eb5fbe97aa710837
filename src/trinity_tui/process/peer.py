"""Who is at the other end of a unix socket, by the word of the kernel."""

from __future__ import annotations

import socket
import struct

import msgspec

_CREDENTIALS = struct.Struct("3i")


class Credentials(msgspec.Struct, frozen=True):
    """The process that connected, at the moment it did."""

    pid: int
    uid: int
    gid: int


def credentials(connection: socket.socket) -> Credentials:
    """The peer of a connected unix socket.

    Raises:
        OSError: It is no such socket.
    """
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return Credentials(*_CREDENTIALS.unpack(raw))
