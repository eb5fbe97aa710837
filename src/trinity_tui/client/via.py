"""Where a person gives the word, as the history of decisions says it: on which screen or command, at which terminal."""

from __future__ import annotations

import os
import socket
import sys


def via(face: str) -> str:
    """This face, such as ``screen pts/3 on shop-server``.

    Args:
        face: ``screen`` or ``command``.
    """
    try:
        terminal = f" {os.ttyname(sys.stdin.fileno()).removeprefix('/dev/')}"
    except (OSError, ValueError):
        terminal = ""
    return f"{face}{terminal} on {socket.gethostname()}"
