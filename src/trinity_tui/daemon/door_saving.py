"""A door's ledger between two processes: as it stands in a document, and that an entry ever was there in a journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.door import Kept, Known
from trinity_tui.store import document
from trinity_tui.store.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.door import Ledger

KNOWN_BYTES = 4 * 1024 * 1024


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


class Saving:
    """Keeps one ledger.

    Args:
        folder: Where; made where it is not there.
        name: The door's, which its files begin with.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._state = folder / f"{name}.state.json"
        self._journal = Journal[list[Known]](folder / f"{name}.known.jsonl", list[Known], KNOWN_BYTES)
        self._last: object = None
        """What the state was when it was last saved."""

    def load(self, ledger: Ledger) -> Saved | None:
        """Have a ledger go on where it was; None where there was none."""
        aside = Journal[list[Known]](self._journal.put_aside, list[Known])
        known = [one for journal in (aside, self._journal) for line in journal.lines() for one in line]
        saved = document.read(self._state, Saved)
        if saved is None and known:
            saved = Saved()
        ledger.restore(known, saved.kept if saved else {})
        return saved

    def save(self, ledger: Ledger, position: int, generation: int, inode: int, made: list[str]) -> None:
        """Have it outlive this process, with what ``Saved`` says beside it.

        Raises:
            StoreError: It cannot be written.
        """
        now = (ledger.changes, position, generation, inode)
        if now != self._last:
            document.write(self._state, Saved(position, generation, ledger.kept, inode, made), durable=False)
            self._last = now
        # Last: what is known and not in the state counts as removed.
        if ledger.unsaved:
            self._journal.append(ledger.unsaved)
            ledger.unsaved.clear()
