"""A log of files as something that is kept in order: generation, ends, seams, and the steps of its upkeep."""

from __future__ import annotations

import asyncio
import bisect
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from trinity_tui.bus import looking_back, looking_on, segments, upkeep
from trinity_tui.bus.reading import EndProbe
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.bus.looking_back import Back
    from trinity_tui.bus.looking_on import Ahead
    from trinity_tui.core.record import Position
    from trinity_tui.core.retention import Chunk
    from trinity_tui.core.sieve import Sieve

_Result = TypeVar("_Result")


class KeptLog:
    """What ``FileBus`` is beside publishing and reading.

    Args:
        paths: The bus's folder.
        format_: The log's.
        wall_clock: Seconds since the epoch.
    """

    def __init__(self, paths: Layout, format_: Format, wall_clock: Callable[[], float]) -> None:
        self.layout = paths
        self.wall_clock = wall_clock
        self._format = format_
        self._probe = EndProbe(paths, format_.segment_bytes)
        self._bases: list[Position] = []
        """The segments' beginnings as last read; those of finished ones stay where they are."""

    @property
    def generation(self) -> int:
        """Rises when the log is shorter than what was known of it; positions of another generation mean nothing."""
        return self._format.generation

    async def has_snapshot(self, position: Position) -> None:
        """Nobody else folds these files."""

    async def first(self) -> Position:
        """Where the kept log begins."""
        return self.first_now()

    def first_now(self) -> Position:
        """Where the oldest segment begins."""
        return next(iter(self.layout.bases()), 0)

    def end_now(self) -> Position:
        """Where the log's last byte ends."""
        return self._probe.end()

    def next_seam(self, position: Position) -> Position | None:
        """The first end of a finished segment at a position or after it; None where the log has not reached one.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        self.end_now()
        if not self._bases or self._probe.base > self._bases[-1]:
            self._bases = self.layout.bases()
        after = bisect.bisect_left(self._bases, position, 1)
        return self._bases[after] if after < len(self._bases) else None

    async def look_back(self, before: Position, sieve: Sieve, most: int, seconds: float, after: Position = 0) -> Back:
        """Find records from ``after`` up to before a position, the newest first: until enough, or the time is over.

        Raises:
            BusError: The log cannot be read.
        """
        return await asyncio.to_thread(
            partial(looking_back.look_back, self.layout, before, sieve, most, seconds, after)
        )

    async def look_on(self, start: Position, sieve: Sieve, most: int, seconds: float) -> Ahead:
        """Find records from a position on, the oldest first: until enough, the time is over, or the log ends.

        Raises:
            BusError: The log cannot be read.
        """
        return await asyncio.to_thread(
            partial(looking_on.look_on, self.layout, self._format.segment_bytes, start, sieve, most, seconds)
        )

    async def stamps(self, positions: Sequence[Position]) -> list[str]:
        """What time it was at each of these positions, which are in order; empty where nothing says so.

        Raises:
            BusError: The log cannot be read.
        """
        return await asyncio.to_thread(partial(looking_back.stamps, self.layout, positions))

    def means(self, position: Position, generation: int) -> bool:
        """Whether a position noted in a generation of the log means the same in this one."""
        return self._format.clamp(position, generation) == position

    async def chunks(self) -> list[Chunk]:
        """The segments, oldest first.

        Raises:
            BusError: The log cannot be read.
        """
        return await self._keep(partial(upkeep.chunks, self.layout))

    async def lows(self) -> dict[str, Position]:
        """Below it each consumer is done with everything, as far as it has noted that."""
        return await self._keep(partial(upkeep.lows, self.layout, self._format))

    async def move_on(self, consumer: str, position: Position, reason: str) -> int:
        """Keep as dead letters what a consumer has not done with of what will go before a position; how many.

        Raises:
            BusError: They could not be kept.
        """
        return await self._keep(
            partial(upkeep.move_on, self.layout, self._format, consumer, position, reason, self.wall_clock)
        )

    async def drop_before(self, position: Position) -> list[Position]:
        """Remove the finished segments that end at a position or before; which those were, by their start.

        Raises:
            BusError: The disk refused.
        """
        return await self._keep(partial(upkeep.drop_before, self.layout, position))

    async def pack(self, start: Position) -> int:
        """Replace a finished segment by a packed one; how many bytes that saved.

        Raises:
            BusError: The disk refused.
        """
        return await self._keep(partial(segments.pack, self.layout, start))

    async def collect(self) -> int:
        """Remove contents that no line names, and what the killed left behind; how many contents.

        Raises:
            BusError: The disk refused.
        """
        return await self._keep(partial(upkeep.collect, self.layout, self.wall_clock()))

    async def _keep(self, step: Callable[[], _Result]) -> _Result:
        """Run a step of the upkeep in a thread that no publisher waits for."""
        try:
            return await asyncio.to_thread(step)
        except OSError as error:
            raise BusError(f"the message log in {self.layout.root} cannot be kept in order: {error}") from error
