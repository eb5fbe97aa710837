"""Whether the person is in front of a screen, and what the log counted when they last were.

A screen that is attached says now and then that somebody touched it. When the last one is left, that was the moment.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from trinity_tui.core.diary import Mark
from trinity_tui.core.digest import AWAY_SECONDS
from trinity_tui.core.errors import StoreError
from trinity_tui.core.message import format_time, parse_time
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.room import Room

_log = logging.getLogger(__name__)


class Looked(Mark, frozen=True):
    """What the log counted when they last looked, and when they went away the last time."""

    left: Mark | None = None
    is_told: bool = True
    """Whether they looked at what happened since they left."""


class Away:
    """Where the person was last.

    Args:
        path: Where that is kept.
        room: The room as it is now.
    """

    def __init__(self, path: Path, room: Callable[[], Room]) -> None:
        self._path = path
        self._room = room
        self._screens = 0
        self._looked_at = 0.0
        self._touched_at = 0.0
        """The same on a clock nobody sets: one that is set back would have them watch for as long."""

    def joined(self) -> None:
        """A screen of the person's was attached."""
        self._screens += 1
        self._touch()

    def _touch(self) -> None:
        self._looked_at, self._touched_at = time.time(), time.monotonic()

    def left(self) -> None:
        """One was left."""
        self._screens -= 1

    def looked(self, *, told: bool = False) -> None:
        """Somebody touched a screen: all that is there until now was before their eyes.

        Args:
            told: Whether what happened while they were away was as well; until then it is kept for them.
        """
        self._touch()
        room = self._room()
        mark = room.diary.mark(format_time(self._looked_at), room.position, room.count)
        left, is_told = self._left()
        now = Looked(mark.at, mark.position, mark.count, mark.totals, left, is_told or told)
        try:
            document.write(self._path, now, durable=False)
        except StoreError as error:
            # They are told of a little more the next time.
            _log.warning("%s", error)

    def _left(self) -> tuple[Mark | None, bool]:
        """When they went away the last time, as of now, and whether they know what happened since."""
        last = self._last()
        if last is None:
            return None, True
        if last.is_told and self._looked_at - parse_time(last.at) > AWAY_SECONDS:
            return Mark(last.at, last.position, last.count, last.totals), False
        return last.left, last.is_told

    def since(self, *, again: bool = False) -> Mark | None:
        """From when on they are to be told; None where they never looked.

        Args:
            again: From when they went away the last time on, though they were told.
        """
        last = self._last()
        return last.left if last is not None and last.left is not None and (again or not last.is_told) else last

    def _last(self) -> Looked | None:
        try:
            return document.read(self._path, Looked)
        except StoreError:
            return None

    def is_watched(self, minutes: float) -> bool:
        """Whether a screen is attached that was touched within so many minutes."""
        return self._screens > 0 and time.monotonic() - self._touched_at < minutes * 60
