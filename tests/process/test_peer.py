"""Who is at the other end."""

from __future__ import annotations

import os
import socket

import pytest

from trinity_tui.process.peer import Credentials, credentials


def test_ourselves() -> None:
    here, there = socket.socketpair(socket.AF_UNIX)
    with here, there:
        assert credentials(here) == Credentials(os.getpid(), os.getuid(), os.getgid())


def test_no_unix_socket() -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            credentials(gone)
