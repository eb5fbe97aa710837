"""A consumer's entries out of the file log: one reader, woken by bells."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.bus import bells

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.bus.acks import Acks
    from trinity_tui.bus.backlog import Entry
    from trinity_tui.bus.file_bus import FileBus
    from trinity_tui.bus.intake import Intake
    from trinity_tui.bus.reading import LogReader
    from trinity_tui.core.record import Position

ADVANCE_BYTES = 1024 * 1024
_REMEMBER_BYTES = 1024 * 1024
"""So much of the log before the low mark is read at a start, to know a message repeated after it."""


class FileSource:
    """One consumer's place in the log.

    Args:
        bus: Whose log.
        bell_names: What rings for this consumer.
        acks: What it is done with.
        intake: What is for it.
        reader: Stands at its low mark.
    """

    advance = ADVANCE_BYTES

    def __init__(
        self, bus: FileBus, bell_names: tuple[str, ...], acks: Acks, intake: Intake, reader: LogReader
    ) -> None:
        self.acks = acks
        self._bus = bus
        self._bells = bell_names
        self._intake = intake
        self._reader = reader
        self._fetcher = bus.open_fetcher()
        self._on_news: Callable[[], None] | None = None

    @property
    def position(self) -> Position:
        """Up to where the log has been read."""
        return self._reader.position

    @property
    def many_position(self) -> Position:
        """The same: the log is read in one go."""
        return self._reader.position

    @property
    def is_behind(self) -> bool:
        """Whether there may be more of the log at once."""
        return self._reader.is_behind

    async def start(self, on_news: Callable[[], None], drain: Callable[[], bool]) -> None:
        """Read up to the log's end, and listen from before that on."""
        await self._bus.fence()
        await self._remember()
        self._on_news = on_news
        self._bus.watcher().listen(self._bells, on_news)
        end = self._bus.end_now()
        while self.position < end and drain():  # noqa: ASYNC110 - work in pieces, not a wait
            await asyncio.sleep(0)

    async def _remember(self) -> None:
        low = self.acks.low
        reader = self._bus.open_reader(max(0, low - _REMEMBER_BYTES))
        while (lines := reader.lines()) and lines[0][0] < low:
            self._intake.remember(lines, low)
            await asyncio.sleep(0)
        self._bus.close_reader(reader)

    def entries(self) -> list[Entry] | None:
        """What the next piece of the log holds for this consumer; None at the log's end.

        Raises:
            BusError: The log was deleted, or cannot be read.
        """
        lines = self._reader.lines()
        return self._intake.take(lines) if lines else None

    def take_answered(self) -> list[Position]:
        """Where messages stand that this consumer has answered, as met since the last call."""
        return self._intake.take_answered()

    def take_repeated(self) -> list[Position]:
        """Where messages stand that were already taken, as met since the last call."""
        return self._intake.take_repeated()

    def check_there(self) -> None:
        """Make sure that the log still has a name.

        Raises:
            BusError: It was deleted.
        """
        self._reader.check_there()

    def fetch(self, entry: Entry) -> bytes:
        """The line of an entry.

        Raises:
            BusError: It is not there any more, or cannot be read.
        """
        return self._fetcher.fetch(entry.position, entry.length)

    def is_gone(self, entry: Entry) -> bool:
        """Whether a message was given up with a part of the log while this consumer was too far behind."""
        return entry.position < self._bus.first_now()

    def settled(self, position: Position) -> None:
        """The log keeps what is done with; there is nobody to tell."""

    async def aclose(self) -> None:
        """Give the descriptors back."""
        if self._on_news:
            self._bus.unlisten(self._on_news)
        self.acks.close()
        self._bus.close_reader(self._reader)
        self._fetcher.close()


def bells_of(name: str, role: str) -> tuple[str, ...]:
    """What rings for a consumer."""
    return (name, bells.ALL, *([bells.role_bell(role)] if role else []))
