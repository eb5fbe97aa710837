"""What a consumer needs of its carrier: entries as they come, a durable place for its marks, and bodies.

The rules (order, attempts, back-off, dead letters, receipts) are ``queue``'s and the same over every carrier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus.acks import Acks
    from trinity_tui.bus.backlog import Entry
    from trinity_tui.bus.carrier import Stats
    from trinity_tui.bus.consumer import Consumer
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

Line = tuple[int, bytes]
"""A position and the line that stands there, without its newline."""


class Source(Protocol):
    """One consumer's way to the log."""

    advance: int
    """After how many positions the low mark is worth noting."""

    @property
    def acks(self) -> Acks:
        """What the consumer is done with; there once ``start`` has begun to drain."""
        ...

    @property
    def position(self) -> Position:
        """Up to where the log has been looked through for this consumer."""
        ...

    @property
    def many_position(self) -> Position:
        """Up to where the log has been looked through for what is addressed to many."""
        ...

    @property
    def is_behind(self) -> bool:
        """Whether there may be more at once."""
        ...

    async def start(self, on_news: Callable[[], None], drain: Callable[[], bool]) -> None:
        """Reach the end that the log has now.

        Args:
            on_news: To be called from then on when there may be more.
            drain: Takes the next entries; False where there were none.
        """
        ...

    def entries(self) -> list[Entry] | None:
        """The next piece; None at the log's end."""
        ...

    def take_answered(self) -> list[Position]:
        """Where messages stand that this consumer has answered, as met since the last call."""
        ...

    def take_repeated(self) -> list[Position]:
        """Where messages stand that were already taken, as met since the last call."""
        ...

    def check_there(self) -> None:
        """Make sure that waiting for more makes sense."""
        ...

    def fetch(self, entry: Entry) -> bytes:
        """The line of an entry that is not done with."""
        ...

    def is_gone(self, entry: Entry) -> bool:
        """Whether a message was given up with a part of the log while this consumer was too far behind.

        It is among the dead letters then: whoever gave it up wrote it there first.
        """
        ...

    def settled(self, position: Position) -> None:
        """A message is done with, and noted so in ``acks``."""
        ...

    async def aclose(self) -> None:
        """Give everything back."""
        ...


class Home(Protocol):
    """What a consumer needs of the bus it belongs to."""

    clock: Callable[[], float]
    wall_clock: Callable[[], float]
    stats_now: Stats

    @property
    def dead(self) -> Path:
        """The folder of dead letters."""
        ...

    async def publish(self, *messages: Message) -> list[Position]:
        """As ``Bus.publish``."""
        ...

    def forget(self, consumer: Consumer) -> None:
        """A consumer was closed."""
        ...
