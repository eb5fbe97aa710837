"""Files that were taken away from where outsiders write: who had one open may go on writing into it for a while."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.door import DamagedArray
from trinity_tui.daemon.whole_file import UnreadableError, plain_stamp, read_whole
from trinity_tui.store.stamp import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.door import Ledger


class _File(msgspec.Struct):
    path: Path
    stamp: Stamp | None
    """As it was read last."""
    stood: set[str]
    until: float
    is_whole: bool = True
    is_over: bool = False


class Displaced:
    """Those of one door, those an earlier process left included.

    Args:
        folder: Where they are kept.
        name: The door's, which their names begin with.
        seconds: For how long each is read again.
        clock: Monotonic seconds.
    """

    def __init__(self, folder: Path, name: str, seconds: float, clock: Callable[[], float]) -> None:
        self._folder, self._name, self._seconds, self._clock = folder, name, seconds, clock
        until = clock() + seconds
        self._files = [_File(path, None, set(), until) for path in folder.glob(f"{name}.*.old")]

    def add(self, path: Path, stamp: Stamp | None, stood: set[str]) -> None:
        """Keep a file that was taken away.

        Args:
            path: Where it is now.
            stamp: As it was read last; None where it was not.
            stood: The keys of what was seen in it.

        Raises:
            OSError: It is not there.
        """
        number = 0
        while (aside := self._folder / f"{self._name}.{number}.old").exists():
            number += 1
        os.replace(path, aside)
        self._files.append(_File(aside, stamp, stood, self._clock() + self._seconds))

    def reread(self, ledger: Ledger, now: float) -> None:
        """Take in what was written into them since; what is torn or being written is read the next time."""
        for one in self._files:
            one.is_over = self._clock() >= one.until
            with suppress(UnreadableError, DamagedArray, OSError):
                stamp = plain_stamp(one.path)
                if stamp != one.stamp:
                    one.is_whole = False
                    items = ledger.parse(read_whole(one.path, stamp))
                    one.stamp, one.is_whole = stamp, True
                    ledger.displaced(items, now, one.stood)

    def forget(self) -> None:
        """Let go of what nobody writes into any more; what its writer left torn stays beside."""
        for one in self._files:
            with suppress(FileNotFoundError):
                if one.is_over and one.is_whole:
                    one.path.unlink()
                elif one.is_over:
                    os.replace(one.path, self._folder / f"{self._name}.torn")
        self._files = [one for one in self._files if not one.is_over]
