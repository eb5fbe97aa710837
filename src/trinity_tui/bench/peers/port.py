"""What the benchmark asks of a message log or queue; each peer answers in its own best way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

FIRST_PAUSE_SECONDS = 0.0005
LONGEST_PAUSE_SECONDS = 0.02


class Port(Protocol):
    """One process's way to one place: a folder, or a stream of a server."""

    async def open(self) -> None:
        """Connect; make what is not there yet."""
        ...

    async def publish(self, messages: list[Message]) -> None:
        """Return when all of them are accepted, by the peer's own default durability."""
        ...

    async def subscribe(self) -> None:
        """Have ``receive`` return everything published from here on."""
        ...

    async def receive(self) -> list[Message]:
        """Wait for the next messages."""
        ...

    async def claim(self) -> None:
        """Become the one that ``handle`` hands messages to, from the first one on."""
        ...

    async def handle(self) -> Message:
        """Take one message and acknowledge it durably."""
        ...

    async def aclose(self) -> None:
        """Give everything back."""
        ...


class Poll:
    """The waiting of what cannot wake another process: half a millisecond after news, up to 20 ms without."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE_SECONDS

    async def wait(self) -> None:
        """Wait, longer each time."""
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def reset(self) -> None:
        """There was news."""
        self._pause = FIRST_PAUSE_SECONDS
