"""The far end of an attachment from another computer: between a stream of bytes and the coordinator of a folder here.

It shows the coordinator the token, which never leaves this computer, and holds a face that only looks to looking,
whatever the coordinator would allow. It ends with its stream, and when nobody has been heard on it for long.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from websockets.exceptions import ConnectionClosed, WebSocketException

from trinity_tui import __version__
from trinity_tui.client import api, found, launcher
from trinity_tui.client.stdio import READ_BYTES
from trinity_tui.client.way import Here, Link
from trinity_tui.core.errors import ClientError, TrinityError, WireError
from trinity_tui.core.wire import PROTOCOL, face, tunnel

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.paths import Workspace

BEAT_SECONDS = 2.0
PATIENCE_SECONDS = 120.0
"""A computer that was shut leaves an open connection behind; one that only sleeps comes back with a new one."""
REVIVE_SECONDS = 2.0
"""How long a coordinator may be gone before the next is started: it may be about to be replaced."""
POLL_SECONDS = 0.1


class Bridge:
    """Carries one face's frames.

    Args:
        reader: What the face sends.
        writer: Where it is answered.
        only: The one workspace that may be opened; None: any of this user's.
        read_only: Whether no face may do more than look.
        looks: Whether a request only looks.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        only: Workspace | None = None,
        read_only: bool = False,
        looks: Callable[[str], bool],
    ) -> None:
        self._reader, self._writer = reader, writer
        self._only = only
        self._is_held = read_only
        self._looks = looks
        self._is_read_only = read_only
        self._token = ""
        self._link: Link | None = None
        self._carrying: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Carry until the face is gone.

        Raises:
            WireError: It is no face.
        """
        self._writer.write(tunnel.MARK)
        self._say(tunnel.Hello(tunnel.VERSION, __version__, PROTOCOL))
        beating = asyncio.create_task(self._beat(), name="beat")
        try:
            await self._listen()
        except (TimeoutError, ConnectionError):
            pass
        finally:
            tasks = [task for task in (beating, self._carrying) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        pieces = tunnel.Pieces(is_marked=False)
        while True:
            async with asyncio.timeout(PATIENCE_SECONDS):
                data = await self._reader.read(READ_BYTES)
            if not data:
                return
            for whose, body in pieces.feed(data):
                if whose == tunnel.FACE:
                    await self._pass_on(body)
                else:
                    await self._take(tunnel.decode_from_face(body))

    async def _take(self, frame: tunnel.FromFace) -> None:
        if not isinstance(frame, tunnel.Open):
            return
        if self._carrying is not None:
            self._carrying.cancel()
            await asyncio.gather(self._carrying, return_exceptions=True)
        self._is_read_only = self._is_held or frame.read_only
        self._carrying = asyncio.create_task(self._carry(frame), name="carry")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            # What still waits to be written is as good a sign.
            if not self._writer.transport.get_write_buffer_size():
                self._say(tunnel.Beat())

    def _say(self, frame: tunnel.FromBridge) -> None:
        self._writer.write(tunnel.own(frame))

    # To the face

    async def _carry(self, wanted: tunnel.Open) -> None:
        try:
            await self._stream(wanted)
        except TrinityError as error:
            exit_code = error.exit_code if isinstance(error, ClientError) else 1
            self._say(tunnel.Ended(wanted.link, str(error), exit_code, error.hint))
        except ConnectionClosed as error:
            refusal = error.rcvd.reason if error.rcvd is not None and error.rcvd.code == face.REFUSED else ""
            self._say(tunnel.Ended(wanted.link, refusal or "the coordinator closed the connection"))
        except (OSError, WebSocketException):
            self._say(tunnel.Ended(wanted.link, "the coordinator does not answer", 3))
        else:
            self._say(tunnel.Ended(wanted.link, "the coordinator closed the connection"))

    async def _stream(self, wanted: tunnel.Open) -> None:
        workspace = self._workspace(wanted.path)
        await _have_one(workspace, wanted.start)
        async with Here(workspace).link() as link:
            self._link, self._token = link, found.token(workspace)
            self._say(tunnel.Opened(wanted.link))
            try:
                async for frame in link:
                    self._writer.write(tunnel.carried(frame if isinstance(frame, bytes) else frame.encode()))
                    # While the face does not read, nor do we: the coordinator has its own bound for that.
                    await self._writer.drain()
            finally:
                self._link = None

    def _workspace(self, path: str) -> Workspace:
        folder = Path.home() / path[1:].lstrip("/") if path == "~" or path.startswith("~/") else Path(path)
        wanted = found.workspace_of(folder, {})
        if self._only is not None and wanted.root != self._only.root:
            raise ClientError(f"only {self._only.root} can be attached to with this login", 2)
        return wanted

    # From the face

    async def _pass_on(self, body: bytes) -> None:
        link = self._link
        if link is None:
            return
        try:
            frame = face.decode_from_face(body)
        except WireError:
            # A coordinator may be newer than its bridge; one that only looks gets by with what is known.
            if not self._is_read_only:
                await _send(link, body)
            return
        if isinstance(frame, face.Attach):
            read_only = frame.read_only or self._is_read_only
            own = msgspec.structs.replace(frame, token=self._token, read_only=read_only)
            await _send(link, face.encode(own))
        elif not self._is_read_only or self._is_looking(frame):
            await _send(link, body)

    def _is_looking(self, frame: face.FromFace) -> bool:
        """Whether it only looks; a request that does not is answered here."""
        if isinstance(frame, face.Request) and not self._looks(frame.do):
            error = f"this connection only looks: {frame.do} was not passed on"
            self._writer.write(tunnel.carried(face.encode(face.Reply(frame.id, error=error, exit_code=1))))
            return False
        return not isinstance(frame, face.Shown)


async def _send(link: Link, body: bytes) -> None:
    try:
        await link.send(body)
    except (OSError, WebSocketException):
        return  # That the coordinator is gone is said by whoever reads from it.


async def _have_one(workspace: Workspace, start: tunnel.Start) -> None:
    """Have a coordinator that answers, where one is to be started."""
    if launcher.answers(workspace):
        return
    if start == "if it died" and found.find(workspace) is not None and await _stays_away(workspace):
        await launcher.ensure(workspace)
    elif start == "if none runs":
        await launcher.ensure(workspace)
    elif not launcher.answers(workspace):
        raise api.no_coordinator(workspace)


async def _stays_away(workspace: Workspace) -> bool:
    """Whether none answers for a while, and the last one was not told to end."""
    loop = asyncio.get_running_loop()
    until = loop.time() + REVIVE_SECONDS
    while loop.time() < until:
        if launcher.answers(workspace):
            return False
        await asyncio.sleep(POLL_SECONDS)
    return found.find(workspace) is not None
