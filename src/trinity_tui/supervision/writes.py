"""Who waits for more of a file is told when it was written to: by the kernel where it can tell, else by and by."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from trinity_tui.bus.inotify import OVERFLOW, Inotify, is_distant

if TYPE_CHECKING:
    from pathlib import Path

POLL_SECONDS = 0.1
"""How often to look where the kernel does not tell: another host's files, a spent limit, a file not there yet."""
GATHER_SECONDS = 0.02
"""After a write, what else is written so soon is read together with it."""
DOUBT_SECONDS = 2.0
"""After so long without a word one looks anyway."""


class Writes:
    """One descriptor for all the files of a loop; opened with the first one that is waited for."""

    def __init__(self) -> None:
        self._inotify: Inotify | None = None
        self._is_spent = False
        self._wakes: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._gathering: asyncio.TimerHandle | None = None

    def add(self, path: Path, wake: asyncio.Event) -> int | None:
        """Have ``wake`` set when the file is written to; a number to ``remove`` it by, None where nobody can tell."""
        try:
            if is_distant(path.parent):
                return None
            number = self._open().watch(path)
        except OSError:
            return None
        self._wakes[number].add(wake)
        return number

    def remove(self, number: int, wake: asyncio.Event) -> None:
        """Set it no more."""
        self._wakes[number].discard(wake)
        if not self._wakes[number]:
            del self._wakes[number]
            if self._inotify is not None:
                self._inotify.unwatch(number)

    def _open(self) -> Inotify:
        if self._inotify is None:
            if self._is_spent:
                raise OSError("no descriptor was to be had")
            self._is_spent = True
            self._inotify = Inotify()
            self._is_spent = False
            asyncio.get_running_loop().add_reader(self._inotify.descriptor, self._on_written)
        return self._inotify

    def _on_written(self) -> None:
        """Deaf for a moment: a program that prints all the time wakes us some times a second, not at every line."""
        if self._inotify is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._inotify.descriptor)
            self._gathering = loop.call_later(GATHER_SECONDS, self._tell)

    def _tell(self) -> None:
        self._gathering = None
        if self._inotify is None:
            return
        numbers = self._inotify.drain()
        for number in self._wakes if OVERFLOW in numbers else numbers & self._wakes.keys():
            for wake in self._wakes[number]:
                wake.set()
        asyncio.get_running_loop().add_reader(self._inotify.descriptor, self._on_written)

    def close(self) -> None:
        """Give the descriptor back; whoever still waits looks by and by."""
        if self._gathering is not None:
            self._gathering.cancel()
        if self._inotify is not None:
            asyncio.get_running_loop().remove_reader(self._inotify.descriptor)
            self._inotify.close()
            self._inotify = None
            self._is_spent = True


class Watched:
    """One file that is waited for, again and again; to be closed."""

    def __init__(self, writes: Writes, path: Path) -> None:
        self._writes = writes
        self._path = path
        self._wake = asyncio.Event()
        self._number: int | None = None

    async def written(self) -> None:
        """Return when the file may have been written to since the last call."""
        if self._number is None:
            self._number = self._writes.add(self._path, self._wake)
            # Whatever was written before we listened is found by looking once more.
            await asyncio.sleep(POLL_SECONDS)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(DOUBT_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    def close(self) -> None:
        """Listen no more."""
        if self._number is not None:
            self._writes.remove(self._number, self._wake)
            self._number = None
