"""The servers some peers need: our own, on free loopback ports and in folders of their own, gone with the benchmark."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench import bound
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from trinity_tui.bench.peers.catalogue import Peer

UP_SECONDS = 60.0


class Server(msgspec.Struct, frozen=True):
    """One that answers."""

    pid: int
    port: int


@contextmanager
def running(peers: list[Peer], folder: Path) -> Generator[dict[str, Server]]:
    """The servers of these peers, by the peer's name.

    Raises:
        ClientError: One did not come up.
    """
    processes: list[subprocess.Popen[bytes]] = []
    servers: dict[str, Server] = {}
    try:
        for peer in peers:
            if peer.server:
                place = folder / peer.server
                place.mkdir()
                port = _free_port()
                log = open(place / "log", "ab")
                process = bound.start(
                    _command(peer.server, port, place), stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
                log.close()
                processes.append(process)
                _wait_for(peer.server, port, process)
                servers[peer.name] = Server(process.pid, port)
        yield servers
    finally:
        for process in processes:
            bound.stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(program: str, port: int, place: Path) -> list[str]:
    if program == "nats-server":
        return [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(place)]
    return [
        program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(place),
        "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
    ]  # fmt: skip


def _wait_for(program: str, port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + UP_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise ClientError(f"{program} did not come up on port {port}")
