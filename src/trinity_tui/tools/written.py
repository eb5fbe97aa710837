"""How much of the disk a command takes, looked at while it runs.

A tree is too large to be counted twice a second, so first it is asked what costs nothing: how much less is free than at
best, and how much the command's processes have written. Only where that could be more than it may take it is counted
what lies there: what changed since the command began, and what is deleted but still held open. Whatever the count says,
nobody is left to write until the disk is full.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RESERVE_BYTES = 512 * 2**20
"""When less is left, a command that may have taken it is ended."""
_LEEWAY_BYTES = 64 * 2**20
"""What may go meanwhile without it being the command's doing."""
BLOCK_BYTES = 512
"""What sizes on disk are counted in, whatever the file system."""
_CLOCK_SECONDS = 1.0
"""How much the times of files may be behind ours."""


class DiskBounds(msgspec.Struct, frozen=True):
    """What a command may write altogether."""

    places: tuple[str, ...]
    """Folders it can write to."""
    without: frozenset[str]
    """Folders and files in them that it cannot."""
    limit_bytes: int
    limit_files: int
    """Files and folders it may make or change."""


class Written:
    """What one command writes, from now on.

    Args:
        bounds: How much it may.
    """

    def __init__(self, bounds: DiskBounds) -> None:
        self._bounds = bounds
        self._since = time.time() - _CLOCK_SECONDS
        self._counted_at = _Signs(0, 0, 0)
        self._room = bounds.limit_bytes, bounds.limit_files
        self._free = {device: _Free(place) for device, place in _file_systems(bounds.places).items()}

    @property
    def devices(self) -> frozenset[int]:
        """The file systems it can write to."""
        return frozenset(self._free)

    def overuse(self, pids: Sequence[int]) -> str:
        """What there is too much of; empty where all is well. It may take seconds where much was written.

        Args:
            pids: The command's processes.
        """
        fell = [free.look() for free in self._free.values()]
        if any(free.is_nearly_full for free in self._free.values()):
            return f"ended: the disk has less than {RESERVE_BYTES // 2**20} MB left"
        # The disk may get no fuller because somebody else makes room.
        now = _Signs(_written_bytes(pids), *map(sum, zip(*fell, strict=True)))
        if not self._may_be_over(now):
            return ""
        try:
            return self._count(pids, now)
        except _Uncountable as error:
            return f"ended: the disk is filling, and what it wrote to {error.place} cannot be counted"

    def _may_be_over(self, now: _Signs) -> bool:
        before, room = self._counted_at, self._room
        most_bytes = max(now.written_bytes - before.written_bytes, now.fell_bytes - before.fell_bytes)
        return most_bytes > room[0] or now.fell_files - before.fell_files > room[1]

    def _count(self, pids: Sequence[int], now: _Signs) -> str:
        limits, seen = self._bounds, set[tuple[int, int]]()
        size, count = 0, 0
        for entry in self._changed(pids):
            if (entry.st_dev, entry.st_ino) in seen:
                continue
            seen.add((entry.st_dev, entry.st_ino))
            size, count = size + entry.st_blocks * BLOCK_BYTES, count + 1
            if size > limits.limit_bytes:
                return f"ended: more than {limits.limit_bytes // 2**20} MB written"
            if count > limits.limit_files:
                return f"ended: more than {limits.limit_files} files written"
        # Before it has taken what is left it is not worth counting again.
        self._counted_at = now
        self._room = max(_LEEWAY_BYTES // 4, limits.limit_bytes - size), max(100, limits.limit_files - count)
        return ""

    def _changed(self, pids: Sequence[int]) -> Iterator[os.stat_result]:
        yield from (one for one in unlinked(pids) if one.st_dev in self._free)
        for place in self._bounds.places:
            yield from self._changed_in(place)

    def _changed_in(self, top: str) -> Iterator[os.stat_result]:
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if entry.path in self._bounds.without:
                            continue
                        found = entry.stat(follow_symlinks=False)
                        if found.st_ctime >= self._since:
                            yield found
                        if stat.S_ISDIR(found.st_mode):
                            pending.append(entry.path)
            except OSError as error:
                self._excuse(folder, error)

    def _excuse(self, folder: str, error: OSError) -> None:
        """What went meanwhile is nothing; what is the person's to close is theirs; what the command closed is not."""
        if error.errno == errno.ENOENT:
            return
        try:
            changed_at = os.stat(folder, follow_symlinks=False).st_ctime
        except FileNotFoundError:
            return
        except OSError:
            changed_at = self._since
        if changed_at >= self._since:
            raise _Uncountable(folder)


class _Signs(msgspec.Struct, frozen=True):
    """What shows, without counting, how much may have been written."""

    written_bytes: int
    """By those who live, and those they waited for."""
    fell_bytes: int
    fell_files: int


class _Uncountable(Exception):
    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place if len(place) <= 80 else f"{place[:79]}…"


class _Free:
    """What is free of a file system."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._most_bytes = self._most_files = 0
        self.is_nearly_full = False
        self.look()

    def look(self) -> tuple[int, int]:
        """How many bytes and files fewer are free than at best since the beginning."""
        try:
            found = os.statvfs(self._place)
        except OSError:
            return 0, 0
        free_bytes = found.f_bfree * found.f_frsize
        self._most_bytes, self._most_files = max(self._most_bytes, free_bytes), max(self._most_files, found.f_ffree)
        fell_bytes = self._most_bytes - free_bytes
        self.is_nearly_full = found.f_bavail * found.f_frsize < RESERVE_BYTES and fell_bytes > _LEEWAY_BYTES
        return fell_bytes, self._most_files - found.f_ffree


def _written_bytes(pids: Iterable[int]) -> int:
    lines = (line.split() for pid in pids for line in (procfs.read(f"/proc/{pid}/io") or b"").splitlines())
    return sum(int(words[1]) for words in lines if words[0] == b"write_bytes:")


def unlinked(pids: Iterable[int]) -> Iterator[os.stat_result]:
    """The files without a name that processes hold open, on disk and in memory."""
    for pid in pids:
        try:
            names = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for name in names:
            try:
                found = os.stat(f"/proc/{pid}/fd/{name}")
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                yield found


def _file_systems(places: Iterable[str]) -> dict[int, str]:
    """The file systems of some folders and of all within, each by its device."""
    tops = tuple(places)
    lines = (procfs.read("/proc/self/mounts") or b"").splitlines()
    mounted = (os.fsdecode(line.split()[1].decode("unicode_escape").encode("latin-1")) for line in lines)
    within = [place for place in mounted if place.startswith(tuple(f"{top}/" for top in tops))]
    found = dict[int, str]()
    for place in (*tops, *within):
        try:
            found.setdefault(os.stat(place).st_dev, place)
        except OSError:
            continue
    return found
