"""The bus as everything above knows it: five verbs, whatever carries them.

The file carrier is ``file_bus``; positions are opaque and ordered, so another carrier may number differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from trinity_tui.bus.consumer import Consumer
    from trinity_tui.bus.looking_back import Back
    from trinity_tui.bus.looking_on import Ahead
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position, Record
    from trinity_tui.core.retention import Chunk
    from trinity_tui.core.sieve import Sieve

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
    skipped: int = 0
    """Times a reader that was far behind found that what it was to read next is not kept any more."""
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

    async def look_back(self, before: Position, sieve: Sieve, most: int, seconds: float, after: Position = 0) -> Back:
        """Find records from ``after`` up to before a position, the newest first: until enough, or the time is over."""
        ...

    async def look_on(self, start: Position, sieve: Sieve, most: int, seconds: float) -> Ahead:
        """Find records from a position on, the oldest first: until enough, the time is over, or the log ends."""
        ...

    async def stamps(self, positions: Sequence[Position]) -> list[str]:
        """What time it was at each of these positions, which are in order; empty where nothing says so."""
        ...

    def consumer(self, name: str, role: str, *, since: Position | None = None, max_deliver: int = ...) -> Consumer:
        """What is for one instance, by priority, until it is acknowledged.

        Args:
            name: Its id; one consumer of a name at a time, in one process.
            role: Its role; empty for none.
            since: At its very first start, from where on direct messages are for it; the last ones where not given.
                What was addressed to many before that start never is.
            max_deliver: How often a message is delivered before it is a dead letter.

        Raises:
            MessageError: The name or the role is none.
            BusError: The consumer is open already, or its file cannot be read.
        """
        ...

    async def first(self) -> Position:
        """Where the kept log begins."""
        ...

    async def end(self) -> Position:
        """Where the next record will stand."""
        ...

    def next_seam(self, position: Position) -> Position | None:
        """The first border between two chunks at a position or after it; None where the log has not reached one.

        The log is given up from its beginning to a seam and nowhere else, so that is where snapshots stand.
        """
        ...

    def means(self, position: Position, generation: int) -> bool:
        """Whether a position noted in a generation of the log means the same in this one."""
        ...

    async def chunks(self) -> list[Chunk]:
        """The parts the log is kept, packed and dropped by, oldest first; the last one is not finished."""
        ...

    async def lows(self) -> dict[str, Position]:
        """Below it each consumer is done with everything; and each other computer on the log, by its name."""
        ...

    async def has_snapshot(self, position: Position) -> None:
        """Tell others who share the log that this one has what stands before a position in a snapshot of its own."""
        ...

    async def move_on(self, consumer: str, position: Position, reason: str) -> int:
        """Keep as dead letters what a consumer has not done with of what will go before a position; how many."""
        ...

    async def drop_before(self, position: Position) -> list[Position]:
        """Give up the finished chunks that end at a position or before; which those were, by their start."""
        ...

    async def pack(self, start: Position) -> int:
        """Keep a finished chunk in fewer bytes, where the carrier can; how many that saved."""
        ...

    async def collect(self) -> int:
        """Remove what no kept message needs: old contents, leftovers of the killed; how many contents."""
        ...

    async def body(self, message: Message) -> str:
        """The whole content of a message, fetched where it travels apart."""
        ...

    async def aclose(self) -> None:
        """Write what is queued, end the readers, give back every descriptor and thread."""
        ...
