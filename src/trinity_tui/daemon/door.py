"""One file in the workspace that outsiders write as well: read, kept in step with its ledger, put in place whole.

::

    look    what outsiders wrote: in the file, and in those it took the place of   → ledger
    save    the ledger, so that a death forgets nothing                            → .trinity/door/NAME.*
    renew   the file as it is to be, exchanged for the one that stands             ← ledger

Outsiders take no lock. One that had the file open goes on writing into the one we took away, so that one is read again
for a while. A file that is no array for a second is said to be damaged, and is left as it is until somebody mends it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from trinity_tui.core.door import DamagedArray, Kept, Known, Ledger
from trinity_tui.core.errors import StoreError
from trinity_tui.store import document
from trinity_tui.store.exchange import exchange, place
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.door import Fields
    from trinity_tui.daemon.sightings import Sightings

PERIOD_SECONDS = 1.0
"""The file is renewed at most so often."""
DISPLACED_SECONDS = 3 * PERIOD_SECONDS
"""For so long the file we took away is read again."""
DAMAGED_SECONDS = 1.0
HISTORY_SECONDS = 3600.0
"""What is older than this in a file that is met for the first time is not for the bus."""
TICK_SECONDS = 0.05
"""More than the clock of a file system needs to go on."""
LIMIT_BYTES = 64 * 1024 * 1024
KNOWN_BYTES = 4 * 1024 * 1024


class Mark(NamedTuple):
    """What differs when a file was written to."""

    device: int
    inode: int
    size: int
    changed_ns: int


class Saved(msgspec.Struct):
    """A ledger between two processes."""

    position: int = 0
    """Of the log: what stands before it is in the ledger."""
    generation: int = 0
    kept: dict[str, Kept] = msgspec.field(default_factory=dict[str, Kept])
    inode: int = 0
    """Of the file that was last made, whether it was put in place or not."""
    made: list[str] = msgspec.field(default_factory=list[str])
    """The keys of what is in that one."""


class _Displaced(msgspec.Struct):
    path: Path
    mark: Mark | None
    """As it was read last."""
    stood: set[str]
    until: float
    is_whole: bool = True
    is_over: bool = False


class _Unreadable(Exception):
    """No array can be read there now."""


class Door:
    """One such file.

    Args:
        path: Where it stands.
        folder: Where what belongs to it is kept; on the same file system.
        ledger: What it is to hold; empty.
        sightings: Tell what was read.
        clock: Monotonic seconds.
        now: Seconds since the epoch.
        history_seconds: What is older in a file that is met for the first time is not for the bus.

    Attributes:
        trouble: What is wrong with the file, as a sentence; empty where nothing is.
        position: Of the log: what stands before it is in the ledger.
        generation: The log's, that the position is of.
    """

    def __init__(
        self,
        path: Path,
        folder: Path,
        ledger: Ledger,
        sightings: Sightings,
        clock: Callable[[], float],
        now: Callable[[], float],
        history_seconds: float = HISTORY_SECONDS,
    ) -> None:
        self.path = path
        self.ledger = ledger
        self.trouble = ""
        self.position = self.generation = 0
        self._folder = folder
        self._sightings = sightings
        self._clock, self._now = clock, now
        self._history_seconds = history_seconds
        self._name = path.name.strip(".").removesuffix(".json")
        self._new = folder / f"{self._name}.new"
        self._state = folder / f"{self._name}.state.json"
        self._journal = Journal[list[Known]](folder / f"{self._name}.known.jsonl", list[Known], KNOWN_BYTES)
        self._inode = 0
        self._made: list[str] = []
        self._saved: object = None
        """What the state was when it was last saved."""
        self._settled: object = None
        """What it was when the file needed no other one."""
        self._items: list[Fields] | None = None
        """What stands in the file; None where none does."""
        self._keys: set[str] = set()
        self._mark: Mark | None = None
        self._is_fresh = False
        self._displaced: list[_Displaced] = []
        self._failing_since: float | None = None
        self._renewed_at = float("-inf")
        self._is_new = True
        self._load()

    def _load(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = Journal[list[Known]](self._journal.put_aside, list[Known])
        known = [one for journal in (aside, self._journal) for line in journal.lines() for one in line]
        saved = document.read(self._state, Saved)
        self._is_new = saved is None and not known
        saved = saved or Saved()
        self.ledger.restore(known, saved.kept)
        self.position, self.generation = saved.position, saved.generation
        if not self._new.exists() or self._new.stat().st_ino != saved.inode:
            # It was put in place, and nobody watched since: it may have been read.
            self.ledger.saw(saved.made)
            with suppress(FileNotFoundError):
                os.replace(self._new, self._aside())
        until = self._clock() + DISPLACED_SECONDS
        self._displaced = [_Displaced(path, None, set(), until) for path in self._folder.glob(f"{self._name}.*.old")]

    def _aside(self) -> Path:
        number = 0
        while (path := self._folder / f"{self._name}.{number}.old").exists():
            number += 1
        return path

    # What others wrote

    def look(self) -> bool:
        """Take in what outsiders did; whether the file could be read, if there is one."""
        for one in self._displaced:
            self._reread(one)
        try:
            self._read()
        except (_Unreadable, DamagedArray, OSError) as error:
            self._fails(error)
            return False
        self._failing_since, self.trouble = None, ""
        return True

    def _reread(self, one: _Displaced) -> None:
        one.is_over = self._clock() >= one.until
        with suppress(_Unreadable, DamagedArray, OSError):
            mark = _mark_of(one.path)
            if mark != one.mark:
                one.is_whole = False
                items = self.ledger.parse(_content(one.path, mark))
                one.mark, one.is_whole = mark, True
                self.ledger.displaced(items, self._now(), one.stood)

    def _read(self) -> None:
        try:
            mark = _mark_of(self.path)
        except FileNotFoundError:
            if self._mark is None:
                return
            raise
        if mark == self._mark and not self._is_fresh:
            return
        items = self.ledger.parse(_content(self.path, mark))
        # Whoever wrote this may have read ours before; that is told by now.
        self._sightings.drain()
        now, written = self._now(), mark.changed_ns / 1e9
        since = now - self._history_seconds if self._is_new else None
        self._keys = self.ledger.arrived(items, min(now, written) if self._is_new else now, since)
        self._items, self._mark, self._is_new = items, mark, False
        # Written to again within the same tick, it would look the same.
        self._is_fresh = abs(now - written) < TICK_SECONDS

    def _fails(self, error: Exception) -> None:
        """It cannot be read; for a second that may be because somebody is writing it."""
        now = self._clock()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since < DAMAGED_SECONDS:
            return
        if isinstance(error, FileNotFoundError):
            # Somebody took it away, and all that was in it.
            self._sightings.drain()
            self.ledger.arrived([], self._now())
            self._items, self._keys, self._mark, self._failing_since = None, set(), None, None
        else:
            self.trouble = f"{self.path.name} is damaged and left as it is ({_why(error)}): mend it or remove it"

    # What we write

    def save(self) -> None:
        """Have the ledger outlive this process.

        Raises:
            StoreError: It cannot be written.
        """
        now = (self.ledger.changes, self.position, self.generation, self._inode)
        if now != self._saved:
            saved = Saved(self.position, self.generation, self.ledger.kept, self._inode, self._made)
            document.write(self._state, saved, durable=False)
            self._saved = now
        # Last: what is known and not in the state counts as removed.
        if self.ledger.unsaved:
            self._journal.append(self.ledger.unsaved)
            self.ledger.unsaved.clear()
        self._forget()

    def _forget(self) -> None:
        """Let go of what nobody writes into any more; what its writer left torn stays beside."""
        for one in self._displaced:
            with suppress(FileNotFoundError):
                if one.is_over and one.is_whole:
                    one.path.unlink()
                elif one.is_over:
                    os.replace(one.path, self._folder / f"{self._name}.torn")
        self._displaced = [one for one in self._displaced if not one.is_over]

    def is_due(self, *, at_once: bool = False) -> bool:
        """Whether the file is to be another one, and may be by now.

        Args:
            at_once: Whether the period counts for nothing, as for the last time.
        """
        is_early = self._clock() - self._renewed_at < PERIOD_SECONDS and not at_once
        if self._failing_since is not None or is_early:
            return False
        now = (self.ledger.changes, self._mark)
        if now == self._settled:
            return False
        if self._items is None or not self.ledger.is_settled(self._items):
            return True
        self._settled = now
        return False

    def renew(self) -> None:
        """Put the file in place as it is to be; not when somebody wrote it since we looked.

        Raises:
            StoreError: It cannot be written.
        """
        entries, made = [one.fields for one in self.ledger.kept.values()], list(self.ledger.kept)
        self._made = made
        try:
            self._make(self.ledger.render(entries))
            is_told = self._sightings.watch(self._new, lambda: self.ledger.saw(made))
            self.save()
            mark = _mark_of(self._new)
            if not self._exchange():
                return
        except (OSError, _Unreadable) as error:
            raise StoreError(f"{self.path.name} could not be written: {_why(error)}") from error
        self._renewed_at, self._items, self._keys, self._mark = self._clock(), entries, set(made), mark
        self._is_new = self._is_fresh = False
        if not is_told:
            self.ledger.saw(made)

    def _make(self, content: bytes) -> None:
        mode = 0o600
        with suppress(OSError):
            mode = stat.S_IMODE(self.path.lstat().st_mode)
        self._new.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(self._new, flags, 0o600), "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            self._inode = os.fstat(file.fileno()).st_ino
        # So that what is written to it within the same tick differs.
        earlier_ns = int((self._now() - 2 * TICK_SECONDS) * 1e9)
        os.utime(self._new, ns=(earlier_ns, earlier_ns))

    def _exchange(self) -> bool:
        """Whether it stands now; not where somebody was quicker."""
        before = self._mark
        try:
            if before is None:
                place(self._new, self.path)
                return True
            if _mark_of(self.path) != before:
                return False
            exchange(self._new, self.path)
        except (FileExistsError, FileNotFoundError, _Unreadable):
            return False
        self._displace(None if self._is_fresh else before)
        return True

    def _displace(self, mark: Mark | None) -> None:
        """What we took away: who had it open may still write into it."""
        self._sightings.drain()
        kept = self.ledger.kept
        stood = {key for key in self._keys if key in kept and kept[key].seen}
        path = self._aside()
        os.replace(self._new, path)
        self._displaced.append(_Displaced(path, mark, stood, self._clock() + DISPLACED_SECONDS))


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _mark_of(path: Path) -> Mark:
    """What the file is now.

    Raises:
        _Unreadable: It is no plain file, or far too large.
        OSError: It is not there.
    """
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise _Unreadable("it is no plain file")
    if found.st_size > LIMIT_BYTES:
        raise _Unreadable(f"it has more than {LIMIT_BYTES // 2**20} MiB")
    return Mark(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _content(path: Path, mark: Mark) -> bytes:
    """All that is in a file.

    Raises:
        _Unreadable: It changed meanwhile.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read()
    if _mark_of(path) != mark:
        raise _Unreadable("it is being written")
    return content
