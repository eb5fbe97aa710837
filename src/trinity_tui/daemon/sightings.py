"""Whether somebody read a file of ours before it was written to: the kernel tells, in the order it happened."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from trinity_tui.bus import inotify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Sightings:
    """Watches files that nobody has had in hand yet.

    Where the kernel cannot tell, a file counts as read at once: what is missing in it later was removed.
    """

    def __init__(self) -> None:
        self._inotify: inotify.Inotify | None = None
        self._told: dict[int, Callable[[], None]] = {}
        with suppress(OSError):
            self._inotify = inotify.Inotify()

    def watch(self, path: Path, was_read: Callable[[], None]) -> bool:
        """Tell when somebody reads a file before it is written to; whether that can be told."""
        if self._inotify is None or inotify.is_distant(path.parent):
            return False
        try:
            number = self._inotify.watch(path, inotify.ACCESS | inotify.MODIFY)
        except OSError:
            return False
        self._told[number] = was_read
        return True

    def drain(self) -> None:
        """Tell what happened until now."""
        if self._inotify is None:
            return
        for number, mask in self._inotify.events():
            if number == inotify.OVERFLOW:
                for was_read in list(self._told.values()):
                    was_read()
                continue
            was_read = self._told.pop(number, None)
            if was_read is None:
                continue
            if mask & inotify.ACCESS:
                was_read()
            if mask & (inotify.ACCESS | inotify.MODIFY):
                self._inotify.unwatch(number)

    def close(self) -> None:
        """Watch nothing more."""
        if self._inotify is not None:
            self._inotify.close()
