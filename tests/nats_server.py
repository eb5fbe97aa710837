"""A real nats-server with JetStream, on a free loopback port and with a folder of its own; killed and started again."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from patience import wait_until

if TYPE_CHECKING:
    from pathlib import Path

BINARY = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/bin")
_serial = itertools.count()


class NatsServer:
    """One server and what it keeps.

    Args:
        folder: For its streams.
        arguments: More of its command line.
        is_plain: Without JetStream.
    """

    def __init__(self, folder: Path, *arguments: str, is_plain: bool = False) -> None:
        if BINARY is None:
            pytest.skip("nats-server is not installed (Debian: apt install nats-server)")
        self._folder = folder
        self._arguments = arguments if is_plain else ("-js", "-sd", str(folder / "store"), *arguments)
        # An address of its own: while it is dead, nobody else's server is given its place.
        pid, serial = os.getpid(), next(_serial)
        self._host = f"127.{1 + serial % 250}.{pid >> 8 & 255}.{1 + pid % 250}"
        self._port = -1
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://{self._host}:{self._port}"

    def start(self) -> None:
        """Start it, and return when it answers; on the port it had before."""
        assert BINARY
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [BINARY, "-a", self._host, "-p", str(self._port)]
        with open(self._folder / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                [*command, "--ports_file_dir", str(self._folder), *self._arguments], stdout=log, stderr=log
            )
        ports = self._folder / f"nats-server_{self._process.pid}.ports"
        process = self._process

        def port() -> int:
            assert process.poll() is None, (self._folder / "server.log").read_text()
            return _port_in(ports)

        self._port = wait_until(port, "the server listens")

    def kill(self) -> None:
        """``kill -9``."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def hold(self) -> None:
        """Stop it where it is: its connections stay and nothing answers."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)

    def release(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def forget(self) -> None:
        """Lose all it kept; it must not run."""
        shutil.rmtree(self._folder / "store")

    def close(self) -> None:
        """End it, if it runs."""
        if self._process and self._process.poll() is None:
            self.release()
            self.kill()


def _port_in(path: Path) -> int:
    try:
        return int(json.loads(path.read_text())["nats"][0].rpartition(":")[2])
    except (OSError, ValueError, LookupError):
        return 0
