"""One file in the workspace that outsiders write as well: read, kept in step with its ledger, put in place whole.

::

    look    what outsiders wrote: in the file, and in those it took the place of   → ledger
    save    the ledger, so that a death forgets nothing (``door_saving``)          → .trinity/door/NAME.*
    renew   the file as it is to be, exchanged for the one that stands             ← ledger

Outsiders take no lock. One that had the file open goes on writing into the one we took away, so that one is read again
for a while (``displaced``). A file that is no array for a second is said to be damaged, and is left as it is until
somebody mends it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from trinity_tui.core.door import DamagedArray
from trinity_tui.core.errors import StoreError
from trinity_tui.daemon.displaced import Displaced
from trinity_tui.daemon.door_saving import Saved, Saving
from trinity_tui.daemon.whole_file import UnreadableError, plain_stamp, read_whole
from trinity_tui.store.exchange import exchange, place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.core.door import Fields, Ledger
    from trinity_tui.daemon.sightings import Sightings
    from trinity_tui.store.stamp import Stamp

PERIOD_SECONDS = 1.0
"""The file is renewed at most so often."""
DISPLACED_SECONDS = 3 * PERIOD_SECONDS
"""For so long the file we took away is read again."""
DAMAGED_SECONDS = 1.0
HISTORY_SECONDS = 3600.0
"""What is older than this in a file that is met for the first time is not for the bus."""
TICK_SECONDS = 0.05
"""More than the clock of a file system needs to go on."""


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
        self._sightings = sightings
        self._clock, self._now = clock, now
        self._history_seconds = history_seconds
        name = path.name.strip(".").removesuffix(".json")
        self._new = folder / f"{name}.new"
        self._saving = Saving(folder, name)
        self._inode = 0
        """Of the file that was last made."""
        self._made: list[str] = []
        """The keys of what is in that one."""
        self._settled: object = None
        """What it was when the file needed no other one."""
        self._items: list[Fields] | None = None
        """What stands in the file; None where none does."""
        self._keys: set[str] = set()
        self._stamp: Stamp | None = None
        self._is_fresh = False
        self._failing_since: float | None = None
        self._renewed_at = float("-inf")
        saved = self._saving.load(ledger)
        self._is_new = saved is None
        self._displaced = Displaced(folder, name, DISPLACED_SECONDS, clock)
        self._go_on(saved or Saved())

    def _go_on(self, saved: Saved) -> None:
        self.position, self.generation = saved.position, saved.generation
        if not self._new.exists() or self._new.stat().st_ino != saved.inode:
            # It was put in place, and nobody watched since: it may have been read.
            self.ledger.saw(saved.made)
            with suppress(FileNotFoundError):
                self._displaced.add(self._new, None, set())

    # What others wrote

    def look(self) -> bool:
        """Take in what outsiders did; whether the file could be read, if there is one."""
        self._displaced.reread(self.ledger, self._now())
        try:
            self._read()
        except (UnreadableError, DamagedArray, OSError) as error:
            self._fails(error)
            return False
        self._failing_since, self.trouble = None, ""
        return True

    def _read(self) -> None:
        try:
            stamp = plain_stamp(self.path)
        except FileNotFoundError:
            if self._stamp is None:
                return
            raise
        if stamp == self._stamp and not self._is_fresh:
            return
        items = self.ledger.parse(read_whole(self.path, stamp))
        # Whoever wrote this may have read ours before; that is told by now.
        self._sightings.drain()
        now, written = self._now(), stamp.changed_ns / 1e9
        since = now - self._history_seconds if self._is_new else None
        self._keys = self.ledger.arrived(items, min(now, written) if self._is_new else now, since)
        self._items, self._stamp, self._is_new = items, stamp, False
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
            self._items, self._keys, self._stamp, self._failing_since = None, set(), None, None
        else:
            self.trouble = f"{self.path.name} is damaged and left as it is ({_why(error)}): mend it or remove it"

    # What we write

    def save(self) -> None:
        """Have the ledger outlive this process.

        Raises:
            StoreError: It cannot be written.
        """
        self._saving.save(self.ledger, self.position, self.generation, self._inode, self._made)
        self._displaced.forget()

    def is_due(self, *, at_once: bool = False) -> bool:
        """Whether the file is to be another one, and may be by now.

        Args:
            at_once: Whether the period counts for nothing, as for the last time.
        """
        is_early = self._clock() - self._renewed_at < PERIOD_SECONDS and not at_once
        if self._failing_since is not None or is_early:
            return False
        now = (self.ledger.changes, self._stamp)
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
            stamp = plain_stamp(self._new)
            if not self._exchange():
                return
        except (OSError, UnreadableError) as error:
            raise StoreError(f"{self.path.name} could not be written: {_why(error)}") from error
        self._renewed_at, self._items, self._keys, self._stamp = self._clock(), entries, set(made), stamp
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
        before = self._stamp
        try:
            if before is None:
                place(self._new, self.path)
                return True
            if plain_stamp(self.path) != before:
                return False
            exchange(self._new, self.path)
        except (FileExistsError, FileNotFoundError, UnreadableError):
            return False
        self._displace(None if self._is_fresh else before)
        return True

    def _displace(self, stamp: Stamp | None) -> None:
        """What we took away: who had it open may still write into it."""
        self._sightings.drain()
        kept = self.ledger.kept
        stood = {key for key in self._keys if key in kept and kept[key].seen}
        self._displaced.add(self._new, stamp, stood)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
