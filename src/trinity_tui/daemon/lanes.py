"""The coordinator's end of the live lanes: one connection for each instance, its peer checked against its process.

What arrives is kept only as long as it is true; who listens is told at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

from trinity_tui.core.errors import WireError
from trinity_tui.core.wire import PROTOCOL, framing, live
from trinity_tui.process.peer import credentials

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_CHUNK_BYTES = 64 * 1024
_HELLO_SECONDS = 5.0
_OUTBOX_BYTES = 1024 * 1024
_OF_REVISION_2 = (live.Verdict, live.Cut, live.UseBrain)
"""What an instance of an older program would take for no frame at all, and hang up."""
log = logging.getLogger("lanes")


class Lanes:
    """Every live lane.

    Args:
        expects: Whether this process is that instance in that epoch: ``(instance, epoch, pid)``.
        on_ready: An instance presented itself.
        on_frame: A frame of an instance's.
    """

    def __init__(
        self,
        expects: Callable[[str, int, int], bool],
        on_ready: Callable[[live.Hello], None],
        on_frame: Callable[[live.Hello, live.FromInstance], None],
    ) -> None:
        self._expects = expects
        self._on_ready = on_ready
        self._on_frame = on_frame
        self._writers: dict[str, asyncio.StreamWriter] = {}
        self._revisions: dict[str, int] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, listener: socket.socket) -> None:
        """Serve on this socket."""
        if self._server is not None:
            self._server.close()
        self._server = await asyncio.start_unix_server(self._begin, sock=listener)

    async def aclose(self) -> None:
        """Hang up; instances wait for the next coordinator."""
        if self._server is not None:
            self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def send(self, instance: str, frame: live.FromCoordinator) -> bool:
        """Say something to one instance; whether it is there and knows it. One that does not read is hung up on."""
        writer = self._open_to(instance, frame)
        if writer is None:
            return False
        writer.write(framing.encode(frame))
        return True

    def _open_to(self, instance: str, frame: live.FromCoordinator) -> asyncio.StreamWriter | None:
        writer = self._writers.get(instance)
        if writer is None or writer.is_closing():
            return None
        if isinstance(frame, _OF_REVISION_2) and self._revisions[instance] < 2:
            return None
        if writer.transport.get_write_buffer_size() > _OUTBOX_BYTES:
            log.warning("%s does not read its live lane: hanging up", instance)
            writer.transport.abort()
            return None
        return writer

    def is_there(self, instance: str) -> bool:
        """Whether an instance is connected."""
        return instance in self._writers

    def send_all(self, frame: live.FromCoordinator) -> None:
        """Say something to every instance."""
        encoded = framing.encode(frame)
        for instance in list(self._writers):
            writer = self._open_to(instance, frame)
            if writer is not None:
                writer.write(encoded)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not left to the server: what it begins itself is not waited for, and its end by the loop's is an error there.
        task = asyncio.create_task(self._serve(reader, writer), name="live lane")
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = framing.FrameDecoder[live.FromInstance](live.FromInstance)  # pyright: ignore[reportArgumentType]  # a union is a type to msgspec
        hello: live.Hello | None = None
        try:
            async with asyncio.timeout(_HELLO_SECONDS):
                first = decoder.feed(await reader.read(_CHUNK_BYTES))
            hello = self._greet(first, writer)
            if hello is None:
                return
            self._pass(hello, first[1:])
            while data := await reader.read(_CHUNK_BYTES):
                self._pass(hello, decoder.feed(data))
        except (OSError, WireError, TimeoutError) as error:
            log.info("live lane of %s ended: %s", hello.instance if hello else "a stranger", error)
        finally:
            if hello is not None and self._writers.get(hello.instance) is writer:
                del self._writers[hello.instance]
            writer.close()

    def _greet(self, frames: list[live.FromInstance], writer: asyncio.StreamWriter) -> live.Hello | None:
        if not frames or not isinstance(frames[0], live.Hello):
            raise WireError("the first frame is no hello")
        hello = frames[0]
        reason = self._refusal(hello, writer)
        if reason:
            log.info("%s (epoch %d, pid %d) refused: %s", hello.instance, hello.epoch, hello.pid, reason)
            writer.write(framing.encode(live.Refused(reason)))
            return None
        self._writers[hello.instance] = writer
        self._revisions[hello.instance] = hello.revision
        writer.write(framing.encode(live.Welcome(PROTOCOL, os.getpid(), live.REVISION)))
        self._on_ready(hello)
        return hello

    def _refusal(self, hello: live.Hello, writer: asyncio.StreamWriter) -> str:
        connection: socket.socket = writer.get_extra_info("socket")
        peer = credentials(connection)
        if hello.protocol != PROTOCOL:
            return f"protocol {hello.protocol}, the coordinator speaks {PROTOCOL}"
        if peer.uid != os.getuid() or peer.pid != hello.pid:
            return "the process on this connection is another one"
        if not self._expects(hello.instance, hello.epoch, hello.pid):
            return "this coordinator does not know this process yet"
        return ""

    def _pass(self, hello: live.Hello, frames: list[live.FromInstance]) -> None:
        for frame in frames:
            self._on_frame(hello, frame)
