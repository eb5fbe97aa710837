"""One ssh process with a bridge at its other end: begun with or without the terminal, watched, never left behind."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from trinity_tui import __version__
from trinity_tui.core.elsewhere import End, end_of
from trinity_tui.core.errors import ClientError, WireError
from trinity_tui.core.wire import PROTOCOL, tunnel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.core.elsewhere import Elsewhere

READ_BYTES = 256 * 1024
BEGIN_SECONDS = 20.0
"""How long a connection may take that nobody is asked anything for."""
BEAT_SECONDS = 2.0
SILENT_BEATS = 3
"""After so many without a sign the link is taken for lost."""
GRACE_SECONDS = 1.0
PRINTED_BYTES = 4096
QUEUE_PIECES = 64


class Ssh:
    """A stream to a bridge. Made by ``begin``.

    Attributes:
        end: Why it ended, once it has.
        is_carrying: Whether pieces of a face's are kept; else nobody reads them.
    """

    def __init__(self, place: Elsewhere, process: asyncio.subprocess.Process, *, has_terminal: bool) -> None:
        self._place = place
        self._process = process
        self._is_loud = has_terminal
        self._printed = b""
        self._pieces: asyncio.Queue[tuple[bytes, bytes] | None] = asyncio.Queue(QUEUE_PIECES)
        self._has_begun = False
        self._is_silent = False
        self._was_heard = False
        self.end: End | None = None
        self.is_carrying = False
        self._tasks = [
            asyncio.create_task(self._relay(), name="what ssh prints"),
            asyncio.create_task(self._read(), name="ssh"),
        ]

    @classmethod
    async def begin(cls, place: Elsewhere, ssh: Sequence[str], *, has_terminal: bool) -> Ssh:
        """Connect, and wait until the bridge has presented itself.

        Args:
            place: Where to.
            ssh: The program, with words of its own.
            has_terminal: Whether ssh may ask the person: nothing else may use the terminal meanwhile.

        Raises:
            ClientError: There is no way there; an ``AskError`` where the terminal would help.
        """
        words = place.words(ssh, has_terminal=has_terminal)
        try:
            process = await asyncio.create_subprocess_exec(
                *words, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=READ_BYTES, start_new_session=not has_terminal
            )
        except OSError as error:
            raise ClientError(f"{words[0]} cannot be run: {error.strerror}", 1, "apt install openssh-client") from error
        self = cls(place, process, has_terminal=has_terminal)
        try:
            async with asyncio.timeout(None if has_terminal else BEGIN_SECONDS):
                self._greet(await self.piece())
        except TimeoutError as error:
            raise ClientError(f"{place.name} did not answer in {BEGIN_SECONDS:g} s", 5) from error
        finally:
            if not self._has_begun:
                await self.aclose()
        return self

    def _greet(self, first: tuple[bytes, bytes]) -> None:
        hello = tunnel.decode_from_bridge(first[1])
        if not isinstance(hello, tunnel.Hello):
            raise ClientError(f"the bridge on {self._place.name} does not present itself")
        if (hello.version, hello.protocol) != (tunnel.VERSION, PROTOCOL):
            raise ClientError(
                f"{self._place.name} has Trinity {hello.program}, this is {__version__}: they do not understand each "
                "other", 1, "Bring both to the same version.",
            )  # fmt: skip
        # From here on the screen may stand where ssh would print.
        self._is_loud = False
        self._has_begun = True
        self._tasks.append(asyncio.create_task(self._watch(), name="beat"))

    async def send(self, piece: bytes) -> None:
        """Send a piece.

        Raises:
            ClientError: The link is lost.
        """
        try:
            self._process.stdin.write(piece)  # pyright: ignore[reportOptionalMemberAccess]  # it is a pipe
            await self._process.stdin.drain()  # pyright: ignore[reportOptionalMemberAccess]  # the same
        except (OSError, RuntimeError) as error:
            raise ClientError(f"the link to {self._place.name} was lost") from error

    async def piece(self) -> tuple[bytes, bytes]:
        """The next piece.

        Raises:
            ClientError: There is none any more.
        """
        piece = await self._pieces.get()
        if piece is None:
            assert self.end is not None
            self._pieces.put_nowait(None)
            raise self.end.error()
        return piece

    async def _read(self) -> None:
        assert self._process.stdout is not None
        pieces = tunnel.Pieces(is_marked=True)
        broken = ""
        try:
            while data := await self._process.stdout.read(READ_BYTES):
                self._was_heard = True
                for piece in pieces.feed(data):
                    if self._is_wanted(piece):
                        await self._pieces.put(piece)
        except WireError as error:
            broken = f"{self._place.name}: {error}"
        self._end_with(await self._ended(broken))

    def _end_with(self, end: End) -> None:
        self.end = end
        # Nothing waits any longer for what came before the end of a stream, but for the end itself.
        while self._pieces.full():
            self._pieces.get_nowait()
        self._pieces.put_nowait(None)

    def _is_wanted(self, piece: tuple[bytes, bytes]) -> bool:
        whose, body = piece
        if whose == tunnel.FACE:
            return self.is_carrying
        return not isinstance(tunnel.decode_from_bridge(body), tunnel.Beat)

    async def _ended(self, broken: str) -> End:
        """Why it ended; the process is gone then."""
        code = await self._collect()
        await asyncio.wait(self._tasks[:1], timeout=GRACE_SECONDS)
        if broken:
            return End(broken)
        if self._is_silent:
            return End(f"no sign of {self._place.name} for {SILENT_BEATS * BEAT_SECONDS:g} s")
        printed = self._printed.decode(errors="replace")
        return end_of(self._place, code, printed, __version__, had_begun=self._has_begun)

    async def _collect(self) -> int:
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                return await self._process.wait()
        except TimeoutError:
            # Kills, and closes what is not read to its end, for which a process is waited for otherwise. Python has no
            # other way to do so.
            cast("Any", self._process)._transport.close()
            return await self._process.wait()

    async def _relay(self) -> None:
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(PRINTED_BYTES):
            self._printed = (self._printed + data)[-PRINTED_BYTES:]
            if self._is_loud:
                os.write(2, data)

    async def _watch(self) -> None:
        """Say that we are there, and see that the other side is; counted in our own steps, as we may be stopped too."""
        silent = 0
        stdin = self._process.stdin
        while self.end is None and stdin is not None:
            # What still waits to be written is as good a sign, and to wait for that would be to watch no more.
            if not stdin.transport.get_write_buffer_size():
                stdin.write(tunnel.own(tunnel.Beat()))
            self._was_heard = False
            await asyncio.sleep(BEAT_SECONDS)
            silent = 0 if self._was_heard else silent + 1
            if silent >= SILENT_BEATS:
                self._is_silent = True
                self._kill()
                return

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def aclose(self) -> None:
        """Hang up, and leave no process behind."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._collect()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.end is None:
            self._end_with(End(f"the link to {self._place.name} was given up"))
