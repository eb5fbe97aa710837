"""A keeper as a program, and conversations with it as a coordinator has them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, TypeVar, cast

from patience import PATIENCE_SECONDS, wait_until
from trinity_tui.core.wire import framing
from trinity_tui.core.wire import keeper as wire

if TYPE_CHECKING:
    from pathlib import Path

    from supervision.ground import Ground

Frame = TypeVar("Frame")


class Program:
    """A keeper that was started by the test, and conversations with it."""

    def __init__(self, ground: Ground, *options: str) -> None:
        ground.workspace.runtime.mkdir(mode=0o700, exist_ok=True)
        argv = [sys.executable, "-P", "-m", "trinity_tui.harness.keeper", "--sockets", str(ground.sockets)]
        argv += ["--record", str(ground.workspace.keeper), *options]
        self.ground = ground
        self.process = subprocess.Popen(argv, stderr=subprocess.PIPE)
        self._open: list[Talk] = []

    def talk(self, greeted: bool = True) -> Talk:
        """A connection, waited for."""
        talk = wait_until(lambda: connect(self.ground.sockets / "keeper.sock"))
        self._open.append(talk)
        if greeted:
            talk.send(wire.Hello(wire.PROTOCOL))
            assert talk.receive(wire.Welcome).pid == self.process.pid
        return talk

    def close(self) -> None:
        """Make an end of it."""
        for talk in self._open:
            talk.close()
        self.process.kill()
        self.process.communicate()


class Talk:
    """One conversation, blocking."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.settimeout(PATIENCE_SECONDS)
        self._decoder = framing.FrameDecoder(cast("type[wire.FromKeeper]", wire.FromKeeper))
        self._frames: list[wire.FromKeeper] = []

    def send(self, frame: wire.FromCoordinator) -> None:
        self._connection.sendall(framing.encode(frame))

    def send_raw(self, body: bytes) -> None:
        """A frame as another version would write it."""
        self._connection.sendall(len(body).to_bytes(4, "big") + body)

    def receive(self, kind: type[Frame]) -> Frame:
        """The next frame, which has to be of this kind."""
        while not self._frames:
            data = self._connection.recv(65536)
            assert data, "the keeper closed the connection"
            self._frames = self._decoder.feed(data)
        frame = self._frames.pop(0)
        assert isinstance(frame, kind), frame
        return frame

    def is_over(self) -> bool:
        """Whether the keeper closed it."""
        return not self._frames and self._connection.recv(65536) == b""

    def spawn(self, ground: Ground, instance: str, epoch: int, *argv: str, **env: str) -> None:
        """Ask for a process."""
        self.send(spawn_of(ground, instance, epoch, *argv, **env))

    def close(self) -> None:
        self._connection.close()


def spawn_of(ground: Ground, instance: str, epoch: int, *argv: str, **env: str) -> wire.Spawn:
    """What asks for a process."""
    return wire.Spawn(
        instance=instance,
        epoch=epoch,
        argv=list(argv),
        env={"PATH": os.environ["PATH"], wire.MARKER: f"{instance}:{ground.hash}", **env},
        cwd=str(ground.root),
        output=str(ground.root / f"{instance}.log"),
        exit=str(ground.root / f"{instance}.exit.json"),
    )


def connect(path: Path) -> Talk | None:
    """A connection, if somebody listens."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return Talk(connection)
