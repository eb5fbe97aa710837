"""A stream as something that is kept in order: generation, ends, seams, and the steps of its upkeep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus.nats import computers, kept, stream
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.bus.nats.link import Link
    from trinity_tui.bus.nats.pull import Raw
    from trinity_tui.core.record import Position
    from trinity_tui.core.retention import Chunk


class KeptStream:
    """What ``NatsBus`` is beside publishing and reading.

    Args:
        link: The way to the server.
        layout: The bus's folder.
        local: What is kept of the stream in there.
        format_: The stream's, as this workspace knows it.
        info: What the server said of it.
        wall_clock: Seconds since the epoch.
    """

    def __init__(
        self,
        link: Link,
        layout: Layout,
        local: Layout,
        format_: Format,
        info: stream.Info,
        wall_clock: Callable[[], float],
    ) -> None:
        self.link = link
        self.layout = layout
        self.local = local
        self.wall_clock = wall_clock
        self.first_known = info.state.first_seq
        self.known_end = info.state.last_seq + 1
        """After the highest position this process has heard of."""
        self._format = format_
        self._id = stream.id_of(link, info)
        self._chunks = kept.Chunks(link)

    @property
    def generation(self) -> int:
        """Rises when the stream is another one, or shorter than what was known of it."""
        return self._format.generation

    def marks(self) -> tuple[Layout, Format]:
        """Where the consumers' marks are, and what they are worth."""
        return self.local, self._format

    def means(self, position: Position, generation: int) -> bool:
        """Whether a position noted in a generation of the log means the same in this one."""
        return self._format.clamp(position, generation) == position

    async def first(self) -> Position:
        """Where the kept stream begins.

        Raises:
            BusError: The server does not answer, or the stream is gone.
        """
        self.first_known = max(self.first_known, (await self._state()).first_seq)
        return self.first_known

    async def end(self) -> Position:
        """Where the next record will stand.

        Raises:
            BusError: The server does not answer, or the stream is gone.
        """
        self.known_end = max(self.known_end, (await self._state()).last_seq + 1)
        return self.known_end

    async def _state(self) -> stream.State:
        info = await stream.info_of(self.link)
        if info is None:
            raise self._other()
        return info.state

    def _other(self) -> BusError:
        place = self.link.place
        other = BusError(f"the stream {place.stream} at {place.shown} is not the one it was")
        other.hint = "Nothing more is said into it; `trinity down` and `trinity` begin with what is there."
        return other

    def next_seam(self, position: Position) -> Position | None:
        """The first border between two parts at a position or after it; None where the stream has not reached one."""
        seam = kept.seam_at(position)
        return seam if seam <= self.known_end else None

    async def lows(self) -> dict[str, Position]:
        """Below it each consumer, of every computer on the stream, is done with everything; and each other computer.

        Raises:
            BusError: The server does not answer.
        """
        end = await self.end()
        others = await computers.floors(self.link, self._id)
        return await kept.lows(self.link, end) | {name: min(floor, end) for name, floor in others.items()}

    async def has_snapshot(self, position: Position) -> None:
        """Tell the other computers that this one has what stands before a position in a snapshot of its own.

        Raises:
            BusError: The server does not answer.
        """
        await computers.note_snapshot(self.link, self._id, position)

    async def chunks(self) -> list[Chunk]:
        """The parts between seams, oldest first.

        Raises:
            BusError: The server does not answer.
        """
        return await self._chunks.of(await self._state())

    async def on_subject(self, start: Position, limit: Position, subject: str) -> list[Raw]:
        """What stands between two positions on a subject; every subject where it is empty.

        Raises:
            BusError: The server does not answer.
        """
        return [raw async for piece in kept.pieces(self.link, start, limit, subject) for raw in piece]

    async def move_on(self, consumer: str, position: Position, reason: str) -> int:
        """Keep as dead letters what a consumer has not done with of what will go before a position; how many.

        Raises:
            BusError: It is another computer's, or they cannot be kept.
        """
        return await kept.move_on(self, consumer, position, reason)

    async def pack(self, start: Position) -> int:
        """The server keeps it as it likes."""
        return 0

    async def collect(self) -> int:
        """Contents stay: another computer's messages may need them."""
        return 0

    async def drop_before(self, position: Position) -> list[Position]:
        """Give up what stands before a position; the starts of the parts that went.

        Raises:
            BusError: The server refuses, or does not answer.
        """
        return await kept.drop_before(self.link, await self.first(), position)
