"""The way to a coordinator on another computer: through ssh, over one connection, begun again when it was lost."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from trinity_tui.client.ssh import Ssh
from trinity_tui.core.elsewhere import AskError
from trinity_tui.core.errors import ClientError
from trinity_tui.core.wire import tunnel

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from trinity_tui.core.elsewhere import Elsewhere

OPEN_SECONDS = 25.0
"""How long the bridge may take for a coordinator, which it may have to start."""
ENTER_HINT = "Press L to enter it."


class Remote:
    """Through ssh.

    Args:
        place: Where to.
        ssh: The program, with words of its own.
        read_only: Whether the bridge is told to let nothing through that does more than look.
        is_started: Whether a coordinator is started there where none runs.
    """

    longest_retry_seconds = 10.0

    def __init__(
        self, place: Elsewhere, ssh: Sequence[str], *, read_only: bool = False, is_started: bool = False
    ) -> None:
        self.name = place.name
        self._place = place
        self._program = list(ssh)
        self._read_only = read_only
        self._start: tunnel.Start = "if none runs" if is_started else "never"
        self._ssh: Ssh | None = None
        self._links = 0
        self._first: Tunnel | None = None
        """What was opened before anybody used it."""
        self._asks = ""
        """What ssh would have to ask the person; while it has to, nothing is tried without them."""
        self._beginning = asyncio.Lock()

    def token(self) -> str:
        """The bridge has it, and shows it."""
        return ""

    def has_died(self) -> bool:
        """The bridge sees to that."""
        return False

    async def knock(self) -> None:
        """Connect for the first time, with the terminal at hand.

        Raises:
            ClientError: ssh leads nowhere, or there is no coordinator.
        """
        await self.enter()
        self._first = await self._open()
        if self._start == "if none runs":
            self._start = "if it died"

    async def enter(self) -> None:
        """Connect anew, with the terminal at hand.

        Raises:
            ClientError: ssh leads nowhere.
        """
        async with self._beginning:
            await self._hang_up()
            self._ssh = await Ssh.begin(self._place, self._program, has_terminal=True)
            self._asks = ""

    @asynccontextmanager
    async def link(self) -> AsyncGenerator[Tunnel]:
        """A connection to the coordinator, over the ssh that is there or the next one."""
        link, self._first = self._first or await self._open(), None
        try:
            yield link
        finally:
            link.close()

    async def _open(self) -> Tunnel:
        ssh = await self._there()
        self._links += 1
        opening = tunnel.Open(self._links, self._place.path, self._read_only, self._start)
        await ssh.send(tunnel.own(opening))
        link = Tunnel(ssh, self._links)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await link.opened()
        except TimeoutError as error:
            raise ClientError(f"the bridge on {self.name} did not answer in {OPEN_SECONDS:g} s", 5) from error
        return link

    async def _there(self) -> Ssh:
        async with self._beginning:
            if self._ssh is not None and self._ssh.end is None:
                return self._ssh
            if self._asks:
                raise ClientError(self._asks, 1, ENTER_HINT)
            await self._hang_up()
            try:
                self._ssh = await Ssh.begin(self._place, self._program, has_terminal=False)
            except AskError as error:
                self._asks = str(error)
                raise ClientError(self._asks, 1, ENTER_HINT) from error
            return self._ssh

    async def _hang_up(self) -> None:
        ssh, self._ssh = self._ssh, None
        if ssh is not None:
            await ssh.aclose()

    async def aclose(self) -> None:
        """Leave no process behind."""
        await self._hang_up()


class Tunnel:
    """One connection to a coordinator through a bridge.

    Args:
        ssh: The stream.
        number: Which of its connections this is.
    """

    def __init__(self, ssh: Ssh, number: int) -> None:
        self._ssh = ssh
        self._number = number

    async def opened(self) -> None:
        """Wait until the coordinator is reached.

        Raises:
            ClientError: It is not.
        """
        while True:
            whose, body = await self._ssh.piece()
            if whose == tunnel.OWN:
                frame = tunnel.decode_from_bridge(body)
                self._end_with(frame)
                if frame == tunnel.Opened(self._number):
                    self._ssh.is_carrying = True
                    return

    def _end_with(self, frame: tunnel.FromBridge) -> None:
        if isinstance(frame, tunnel.Ended) and frame.link == self._number:
            raise ClientError(frame.reason, frame.exit_code, frame.hint)

    async def send(self, message: bytes, /) -> None:
        """Send a frame."""
        await self._ssh.send(tunnel.carried(message))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The frames that come; an end is always an error that says why."""
        while True:
            whose, body = await self._ssh.piece()
            if whose == tunnel.FACE:
                yield body
            else:
                self._end_with(tunnel.decode_from_bridge(body))

    def close(self) -> None:
        """Nobody reads it any more."""
        self._ssh.is_carrying = False
