"""What instances print, for faces: the last lines of the newest run, and every line as it comes, over restarts."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.supervision import following, output
from trinity_tui.supervision.writes import Writes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

LOOK_SECONDS = 0.5
"""How often a follower looks whether a new run has begun."""


class Place(msgspec.Struct, frozen=True):
    """How far somebody has followed an instance: the number of the run, and the offset in its output."""

    epoch: int
    offset: int


class Piece(msgspec.Struct, frozen=True):
    """Lines, and where to go on after them."""

    place: Place
    lines: list[str]
    anew: bool = False
    """Whether something else is shown from here on: a run's output from its beginning, or its last lines."""
    at: float = 0.0
    """When the file was last written, in seconds since the epoch."""
    is_end: bool = False
    """Whether nothing stood after these lines."""


class Outputs:
    """The output files of one workspace.

    Args:
        workspace: Whose.
        epoch_of: The number of an instance's newest run.
    """

    def __init__(self, workspace: Workspace, epoch_of: Callable[[str], int]) -> None:
        self._workspace = workspace
        self._epoch_of = epoch_of
        self._writes = Writes()

    def last(self, instance: str, lines: int, epoch: int = 0) -> tuple[int, list[str]]:
        """The last lines of a run, and its number; 0: of the newest."""
        epoch = epoch or self._epoch_of(instance)
        return epoch, output.tail(self._path(instance, epoch), lines)

    def printed(self, instance: str) -> dict[int, float]:
        """The runs whose output is kept, rising, and when each printed last, in seconds since the epoch."""
        folder = self._workspace.instance(instance).output
        found: dict[int, float] = {}
        for epoch in sorted(int(file.stem) for file in folder.glob("*.log") if file.stem.isdigit()):
            with suppress(FileNotFoundError):  # It was the oldest, and made room.
                found[epoch] = self._path(instance, epoch).stat().st_mtime
        return found

    def before(self, instance: str, place: Place, lines: int) -> tuple[int, list[str]]:
        """The lines of a run that stand before a place, and the offset where they begin."""
        return output.before(self._path(instance, place.epoch), place.offset, lines)

    async def follow(self, instance: str, lines: int, after: Place | None = None) -> AsyncGenerator[Piece]:
        """Every line, over all runs, for ever.

        Args:
            instance: Whose output.
            lines: With how many of the newest run's last lines to begin.
            after: Where an earlier following came to; what is still there of it goes on from there instead.
        """
        place = self._resumed(instance, after)
        if place is None:
            epoch = self._epoch_of(instance)
            place = Place(epoch, output.start_of_last(self._path(instance, epoch), lines))
            yield Piece(place, [], anew=True)
        while True:
            async for piece in self._run(instance, place):
                place = piece.place
                yield piece
            place = Place(self._next(instance, place.epoch), 0)
            yield Piece(place, [], anew=True)

    def _resumed(self, instance: str, after: Place | None) -> Place | None:
        if after is None or after.epoch > self._epoch_of(instance):
            return None
        with suppress(OSError):
            if 0 <= after.offset <= self._path(instance, after.epoch).stat().st_size:
                return after
        return None

    def _next(self, instance: str, epoch: int) -> int:
        """The run after this one of which there is something to read."""
        newest = self._epoch_of(instance)
        later = range(epoch + 1, newest)
        return next((number for number in later if self._path(instance, number).exists()), newest)

    async def _run(self, instance: str, place: Place) -> AsyncGenerator[Piece]:
        """The lines of one run, until another has begun and this one says nothing more."""
        path, epoch, offset = self._path(instance, place.epoch), place.epoch, place.offset
        batches = following.follow(self._writes, path, offset)
        arriving = asyncio.ensure_future(anext(batches))
        try:
            while True:
                # Asked before we wait: what the last run printed was printed before the next began.
                is_over = self._epoch_of(instance) != epoch
                await asyncio.wait({arriving}, timeout=LOOK_SECONDS)
                if arriving.done():
                    offset, lines = arriving.result()
                    yield _piece(path, Place(epoch, offset), lines)
                    arriving = asyncio.ensure_future(anext(batches))
                elif is_over:
                    break
        finally:
            arriving.cancel()
            await asyncio.gather(arriving, return_exceptions=True)
            await batches.aclose()
        if lines := following.rest(path, offset):
            yield _piece(path, Place(epoch, path.stat().st_size), lines)

    def _path(self, instance: str, epoch: int) -> Path:
        return self._workspace.instance(instance).output_of(epoch)

    def close(self) -> None:
        """Give back what following took."""
        self._writes.close()


def _piece(path: Path, place: Place, lines: list[str]) -> Piece:
    """Lines that were just read, and when they were written as far as the file says."""
    try:
        status = path.stat()
    except OSError:
        return Piece(place, lines)
    return Piece(place, lines, at=status.st_mtime, is_end=place.offset >= status.st_size)
