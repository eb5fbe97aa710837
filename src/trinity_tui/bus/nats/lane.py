"""One of a consumer's two ways into the stream: what is addressed to it, or what is addressed to many.

A server of version 2.9 gives a consumer one filter, so an instance has two there. Both run for as long as the
instance does; the order between them is that of arrival, within each it is the log's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus.nats import subjects
from trinity_tui.bus.nats.pull import Puller
from trinity_tui.core.record import DamagedLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.nats.link import Link
    from trinity_tui.bus.nats.pull import Raw
    from trinity_tui.core.record import Position

IDLE_SECONDS = 5.0
LANES = (subjects.TO, subjects.MANY)


class Lane:
    """A durable consumer at the server, with explicit acknowledgement.

    Args:
        link: The way to the servers.
        subject: The filter.
        durable: Its name at the server.
        floor: Below it everything is done with.
        end: The highest position known of the stream, plus one.

    Attributes:
        subject: The filter.
        position: Up to where everything on this lane was taken.
    """

    def __init__(
        self, link: Link, subject: str, durable: str, floor: Callable[[], Position], end: Callable[[], Position]
    ) -> None:
        self.subject = subject
        self._puller = Puller(link, floor(), subject, durable, floor)
        self._end = end
        self._computer = link.place.computer
        self.position = floor()

    async def take(self, seconds: float = IDLE_SECONDS) -> list[Raw]:
        """The next messages; none where none came for that long.

        Raises:
            BusError: The server refuses, or has not answered for long.
        """
        known = self._end()
        found = await self._puller.take(seconds)
        # A request that waited at the server and got nothing: there was nothing up to what was known before it.
        self.position = max(self.position, found[-1].position + 1 if found else known)
        return found

    def line(self, raw: Raw) -> bytes | None:
        """What a message says, in this computer's words; None where it is not for this computer."""
        subject = subjects.parse(raw.subject)
        if subject is None or not subjects.reaches(subject, self._computer):
            return None
        try:
            return subjects.seen_from(self._computer, subject, raw.line)
        except DamagedLine:
            return raw.line  # Whoever reads it says the same, and counts it.

    async def aclose(self) -> None:
        """Stop pulling; the server keeps what was acknowledged."""
        await self._puller.aclose()
