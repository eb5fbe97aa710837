"""The bus as everything above knows it: five verbs, whatever carries them.

The file carrier is ``file_bus``; positions are opaque and ordered, so another carrier may number differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from trinity_tui.bus.consumer import Consumer
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position, Record

Durability = Literal["os", "interval", "batch", "always"]
"""What an accepted message survives: ``os`` any process's death; ``interval`` also a power loss 100 ms later;
``batch`` a power loss, by one sync for all that wait; ``always`` a power loss, by one sync for each publish."""
Wakeup = Literal["auto", "inotify", "poll"]
"""How a reader learns of news; ``auto`` takes inotify unless the file system or its limit forbids."""


class Stats(msgspec.Struct, kw_only=True):
    """What one opened bus has done and met since it was opened."""

    appended: int = 0
    appended_bytes: int = 0
    batches: int = 0
    blobs: int = 0
    rotations: int = 0
    fences: int = 0
    """Newlines written to close a line that a killed writer left torn."""
    contended: int = 0
    """Appends that had to wait for the lock."""
    waited_seconds: float = 0.0
    damaged: int = 0
    """Lines met by this bus's readers that were torn or changed."""
    wakeup: str = ""


class Bus(Protocol):
    """The append-only message log and its consumers."""

    @property
    def carrier(self) -> str:
        """What carries it, as a person may read it: ``files``, or a server's address without its password."""
        ...

    @property
    def generation(self) -> int:
        """Rises when the log is shorter than what was known of it; positions of another one mean nothing."""
        ...

    def watch(self, told: Callable[[str], None]) -> None:
        """Have a sentence when the carrier does not answer, and an empty one when it does again."""
        ...

    def stats(self) -> Stats:
        """What this bus has done and met since it was opened."""
        ...

    def lock_holder(self) -> tuple[int, float] | None:
        """Who holds everybody else up, and for how many seconds; None where nobody can."""
        ...

    async def publish(self, *messages: Message) -> list[Position]:
        """Append messages and return where they stand; they are accepted when this returns."""
        ...

    def read(self, start: Position, stop: Position | None = None) -> AsyncIterator[Record]:
        """The records from ``start`` up to ``stop`` (the log's end when called)."""
        ...

    def follow(self, start: Position) -> AsyncIterator[list[Record]]:
        """The records from ``start``, in bounded batches, for ever."""
        ...

    def consumer(self, name: str, role: str) -> Consumer:
        """What is for one instance, by priority, until it is acknowledged."""
        ...

    async def end(self) -> Position:
        """Where the next record will stand."""
        ...

    async def body(self, message: Message) -> str:
        """The whole content of a message, fetched where it travels apart."""
        ...

    async def aclose(self) -> None:
        """Write what is queued, end the readers, give back every descriptor and thread."""
        ...
