"""Sockets the coordinator listens on, made before anything slow is imported so that nobody is turned away."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from trinity_tui.core.errors import SupervisionError

if TYPE_CHECKING:
    from pathlib import Path

BACKLOG = 256


def bind_unix(path: Path) -> socket.socket:
    """Listen at a path, for this user only; a socket left there by a dead coordinator is replaced.

    The caller holds the coordinator's lock, which is what says that the other one is dead.

    Raises:
        SupervisionError: The path cannot be bound.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    before = os.umask(0o177)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise SupervisionError(f"cannot listen at {path}: {error.strerror}") from error
    finally:
        os.umask(before)
    listener.setblocking(False)
    return listener


def bind_tcp(host: str, port: int) -> socket.socket | None:
    """Listen on a port; None where somebody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        return None
    listener.setblocking(False)
    return listener
