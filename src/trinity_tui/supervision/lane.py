"""The connection to the keeper, and how one is launched where none runs."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, cast

from trinity_tui.core.errors import SupervisionError, WireError
from trinity_tui.core.wire import framing
from trinity_tui.core.wire.keeper import (
    MARKER,
    PROTOCOL,
    REVISION,
    FromCoordinator,
    FromKeeper,
    Hello,
    Pong,
    Refused,
    Welcome,
)
from trinity_tui.process.identity import Identity, identify, send
from trinity_tui.process.peer import credentials

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

KEEPER_MODULE = "trinity_tui.harness.keeper"
LAUNCH_SECONDS = 30.0
"""How long a keeper may take until it answers, on a machine that is busy."""

STOPPED_SECONDS = 2.0
"""After so long without a welcome a keeper is told to go on."""
HUNG_SECONDS = 8.0
"""After so much longer it is killed."""


def workspace_hash(workspace: Workspace) -> str:
    """What tells the processes of this workspace from those of others."""
    return hashlib.sha256(bytes(workspace.root)).hexdigest()[:16]


class Lane(asyncio.Protocol):
    """One connection: frames go out at once, and come in as calls.

    Args:
        on_frame: Called with every frame after the welcome.
        on_lost: Called once when the connection is over, unless we closed it.
    """

    def __init__(self, on_frame: Callable[[FromKeeper], None], on_lost: Callable[[Lane], None]) -> None:
        self.keeper_pid = 0
        self.revision = 1
        """What the keeper knows (``core.wire.keeper.REVISION``)."""
        self.heard = asyncio.Event()
        """Set whenever something comes from it."""
        self.greeted: asyncio.Future[Welcome] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._decoder: framing.FrameDecoder[FromKeeper] = framing.FrameDecoder(cast("type[FromKeeper]", FromKeeper))
        self.is_leaving = False
        """Whether the end of the connection is what we want."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        self._transport = cast("asyncio.Transport", transport)
        self.send(Hello(PROTOCOL, REVISION))

    def data_received(self, data: bytes) -> None:
        """Pass the frames on; bytes that are none end the connection."""
        self.heard.set()
        try:
            frames = self._decoder.feed(data)
        except WireError:
            self.abort()
            return
        for frame in frames:
            self._receive(frame)

    def _receive(self, frame: FromKeeper) -> None:
        if isinstance(frame, Pong):
            return
        if self.greeted.done():
            self._on_frame(frame)
        elif isinstance(frame, Welcome):
            self.keeper_pid, self.revision = frame.pid, frame.revision
            self.greeted.set_result(frame)
        elif isinstance(frame, Refused):
            self.greeted.set_exception(SupervisionError(f"the keeper refused: {frame.reason}"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell, unless it was we who closed it."""
        self.ended.set()
        if not self.greeted.done():
            self.greeted.set_exception(SupervisionError("the keeper closed the connection"))
        elif not self.is_leaving and self.keeper_pid:
            self._on_lost(self)

    def send(self, frame: FromCoordinator) -> None:
        """Send a frame; on a connection that is over it goes nowhere, which ``on_lost`` tells."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(framing.encode(frame))

    def abort(self) -> None:
        """End the connection as if the other side had."""
        if self._transport is not None:
            self._transport.abort()

    async def aclose(self) -> None:
        """Leave; the keeper stays."""
        self.is_leaving = True
        if self._transport is not None:
            self._transport.close()
            await self.ended.wait()


async def connect(
    sockets: Path, on_frame: Callable[[FromKeeper], None], on_lost: Callable[[Lane], None]
) -> Lane | None:
    """A greeted connection to the keeper that runs; None when none does.

    Raises:
        SupervisionError: One runs but does not take us.
    """
    loop = asyncio.get_running_loop()
    try:
        transport, lane = await loop.create_unix_connection(
            lambda: Lane(on_frame, on_lost), str(sockets / "keeper.sock")
        )
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError as error:
        raise SupervisionError(f"the keeper could not be reached: {error.strerror}") from error
    try:
        await _greet(lane, identify(credentials(transport.get_extra_info("socket")).pid))
    except (OSError, SupervisionError):
        await lane.aclose()
        raise
    return lane


async def _greet(lane: Lane, keeper: Identity | None) -> None:
    """Wait for the welcome; one that was stopped is told to go on, one that hangs for good is killed.

    Raises:
        SupervisionError: There is none.
    """
    for patience, remedy in ((STOPPED_SECONDS, signal.SIGCONT), (HUNG_SECONDS, signal.SIGKILL)):
        try:
            async with asyncio.timeout(patience):
                await asyncio.shield(lane.greeted)
                return
        except TimeoutError:
            if keeper is not None:
                send(keeper.pid, keeper.start_time, remedy)
    lane.greeted.cancel()
    raise SupervisionError("the keeper that was there did not answer, and was killed")


async def launch(workspace: Workspace, sockets: Path, orphan_ttl_seconds: float) -> None:
    """Start a keeper that is no child of ours and outlives us; returns when it listens, or when another one does.

    Raises:
        SupervisionError: It did not come up in time.
    """
    told, tell = os.pipe()
    os.set_blocking(told, False)
    try:
        starter = _start(workspace, sockets, orphan_ttl_seconds, tell)
    finally:
        os.close(tell)
    try:
        async with asyncio.timeout(LAUNCH_SECONDS):
            await _readable(told)
    except TimeoutError as error:
        starter.kill()
        raise SupervisionError("the keeper did not start in time") from error
    finally:
        os.close(told)
        # What we started has forked the keeper and ended by the time the pipe tells.
        starter.wait()


def _start(workspace: Workspace, sockets: Path, orphan_ttl_seconds: float, tell: int) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-P", "-m", KEEPER_MODULE, "--sockets", str(sockets), "--record", str(workspace.keeper)]
    argv += ["--orphan-ttl", str(orphan_ttl_seconds), "--ready-fd", str(tell)]
    argv += ["--owner", workspace_hash(workspace)]
    log = os.open(workspace.coordinator_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            argv,
            # With our marker, were we started by an instance, the keeper would count as one of its descendants.
            env={name: value for name, value in os.environ.items() if name != MARKER},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(tell,),
        )
    except OSError as error:
        raise SupervisionError(f"the keeper could not be started: {error.strerror}") from error
    finally:
        os.close(log)


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
