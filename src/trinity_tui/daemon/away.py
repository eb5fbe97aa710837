"""Whether the person is in front of a screen, what the log counted when they last were, and what they were told last.

A screen that is attached says now and then that somebody touched it. When the last one is left, that was the moment.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from trinity_tui.core.diary import Mark
from trinity_tui.core.digest import AWAY_SECONDS, Digest, is_worth_telling
from trinity_tui.core.errors import StoreError
from trinity_tui.core.message import format_time, parse_time
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.paths import Workspace
    from trinity_tui.core.room import Room

Kind = TypeVar("Kind")
_log = logging.getLogger(__name__)


class Looked(Mark, frozen=True):
    """What the log counted when they last looked, and when they went away the last time."""

    left: Mark | None = None
    is_told: bool = True
    """Whether they looked at what happened since they left."""


class Away:
    """Where the person was last.

    Args:
        workspace: Whose; it keeps that, and the last digest that was worth telling.
        room: The room as it is now.
    """

    def __init__(self, workspace: Workspace, room: Callable[[], Room]) -> None:
        self._path, self._told = workspace.looked, workspace.told
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
        # Else they are told of a little more the next time.
        _keep(self._path, now)

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

    def tells(self, found: Digest, *, again: bool = False) -> Digest:
        """What is told to somebody who asks what happened while they were away.

        Args:
            found: What happened since.
            again: Whether they want to see it again: if nothing happened since, that is the last that was told,
                whatever screen or coordinator told it.
        """
        now = time.time()
        if is_worth_telling(found, now):
            _keep(self._told, replace(found, made_at=format_time(now)))
            return found
        return (_kept(self._told, Digest) if again else None) or found

    def _last(self) -> Looked | None:
        return _kept(self._path, Looked)

    def is_watched(self, minutes: float) -> bool:
        """Whether a screen is attached that was touched within so many minutes."""
        return self._screens > 0 and time.monotonic() - self._touched_at < minutes * 60


def _keep(path: Path, what: object) -> None:
    try:
        document.write(path, what, durable=False)
    except StoreError as error:
        _log.warning("%s", error)


def _kept(path: Path, kind: type[Kind]) -> Kind | None:
    try:
        return document.read(path, kind)
    except StoreError:
        return None
