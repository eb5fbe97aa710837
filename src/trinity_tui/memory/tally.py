"""How often each record was used, kept up to date: of the instances' files only what was added since is read.

What ``memory.uses.count`` reads anew each time; a search asks for it with every key.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from trinity_tui.memory.uses import Counts, Use, journal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trinity_tui.store.journal import Journal


class Tally:
    """The uses of one workspace's memory.

    Args:
        instances: Where the instances' folders are.
    """

    def __init__(self, instances: Path) -> None:
        self._instances = instances
        self._files: dict[tuple[int, int], _File] = {}
        """By device and inode: a file that is put aside stays the same."""
        self._counts: dict[str, Counts] = {}
        self._turn = threading.Lock()

    def counts(self) -> dict[str, Counts]:
        """By record, as ``memory.uses.count`` says; what cannot be read counts for nothing."""
        with self._turn:
            return self._read_on()

    def _read_on(self) -> dict[str, Counts]:
        files: dict[tuple[int, int], _File] = {}
        for path in sorted(self._instances.glob("*/memory_use.jsonl")):
            kept = journal(path)
            for name in (kept.put_aside, path):
                try:
                    state = name.stat()
                except OSError:
                    continue
                identity = state.st_dev, state.st_ino
                known = self._files.get(identity)
                is_same = known is not None and known.offset <= state.st_size
                files[identity] = known if known is not None and is_same else _File(path.parent.name)
                files[identity].read_on(name, kept, state.st_size)
        if files.keys() != self._files.keys() or any(file.has_grown for file in files.values()):
            self._counts = _sum(files.values())
        self._files = files
        return self._counts


class _File:
    """One file of uses, as far as it was read."""

    def __init__(self, instance: str) -> None:
        self._instance = instance
        self.offset = 0
        self.has_grown = False
        self.counts: dict[str, Counts] = {}

    def read_on(self, path: Path, kept: Journal[Use], size: int) -> None:
        """Take what was added, up to the last whole line."""
        self.has_grown = False
        if size == self.offset:
            return
        try:
            with path.open("rb") as file:
                file.seek(self.offset)
                whole = file.read(size - self.offset).rpartition(b"\n")[0]
        except OSError:
            return
        if whole:
            self.offset += len(whole) + 1
            self.has_grown = True
            for use in kept.decode(whole.split(b"\n")):
                self._take(use)

    def _take(self, use: Use) -> None:
        for record in use.records:
            counts = self.counts.setdefault(record, Counts(by=[self._instance]))
            setattr(counts, use.how, getattr(counts, use.how) + 1)
            counts.last = max(counts.last, use.at)


def _sum(files: Iterable[_File]) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for file in files:
        for record, counts in file.counts.items():
            all_ = found.setdefault(record, Counts())
            all_.shown += counts.shown
            all_.recalled += counts.recalled
            all_.cited += counts.cited
            all_.last = max(all_.last, counts.last)
            all_.by = sorted({*all_.by, *counts.by})
    return found


def total(uses: dict[str, Counts], names: Iterable[str]) -> dict[str, object]:
    """The uses of one record under all the ids it was said by, as faces show them."""
    used = [uses[name] for name in dict.fromkeys(names) if name in uses]
    return {
        "shown": sum(one.shown for one in used), "recalled": sum(one.recalled for one in used),
        "cited": sum(one.cited for one in used), "last": max((one.last for one in used), default=""),
        "by": sorted({name for one in used for name in one.by}),
    }  # fmt: skip
