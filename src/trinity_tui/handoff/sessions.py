"""The blocks of the session log as files, and ``SESSION_LOG.md`` made of them: only ever added to, never rewritten.

::

    coordination/sessions/ID.md                 a block
    coordination/sessions/ID.r2-DIGEST.md       its second revision
    coordination/sessions/hand-DIGEST.md        what somebody wrote into the log: the same name on every computer
    coordination/sessions/C1.jsonl              what happened, one line an event; each computer's own

The files are the truth, and one process of a computer writes: its coordinator. Anybody may edit ``SESSION_LOG.md``.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.handoff import block_order, blocks, log_parts
from trinity_tui.core.handoff.blocks import Version
from trinity_tui.core.handoff.measures import Event, first_found, without_secrets
from trinity_tui.handoff.find import path_of
from trinity_tui.store import displacing, document
from trinity_tui.store.journal import Journal
from trinity_tui.store.stamp import stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from trinity_tui.store.stamp import Stamp

TRIES = 5
"""How often a log that others change meanwhile is taken up again at once."""


class Kept(msgspec.Struct, frozen=True):
    """What keeping the log did."""

    added: tuple[Version, ...] = ()
    """What stood in the log and is a file now."""
    is_written: bool = False
    """Whether the log was written anew."""


class Sessions:
    """The blocks of one workspace.

    Args:
        root: The workspace.
        computer: Whose file of events is ours.
        now: The clock, in seconds since the epoch.
        sleep: Waits.
    """

    def __init__(
        self,
        root: Path,
        computer: str,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = root
        self.folder = folder_of(root)
        self._computer = computer
        self._now = now
        self._sleep = sleep
        self._seen: dict[str, tuple[Stamp, Version | None]] = {}
        self._own: dict[str, Stamp | None] = {}
        self._rest: object = None
        self._journal = Journal[Event](self.folder / f"{computer}.jsonl", Event)

    @property
    def log(self) -> Path:
        """The document a person reads, under the name it has."""
        return path_of(self._root, "log")

    def is_own(self, path: str | Path) -> bool:
        """Whether a file is as we wrote it: then its change is nobody's but ours."""
        name = os.fspath(path)
        return name in self._own and self._own[name] == stamp_of(Path(name))

    # Reading

    def versions(self) -> list[Version]:
        """Every block and every revision there is; files that did not change since are not read again."""
        found: dict[str, tuple[Stamp, Version | None]] = {}
        for path in _files(self.folder, ".md"):
            stamp = stamp_of(path)
            if stamp is not None:
                there = self._seen.get(path.name)
                found[path.name] = there if there is not None and there[0] == stamp else (stamp, _version(path))
        self._seen = found
        return [version for _, version in found.values() if version is not None]

    def shown(self) -> list[Version]:
        """Of each block its latest revision, oldest first."""
        return block_order.ordered(blocks.shown(self.versions()), first_found(self.events()))

    def events(self) -> list[Event]:
        """What happened on every computer, in no order."""
        found: dict[Event, None] = {}
        for path in _files(self.folder, ".jsonl"):
            found |= dict.fromkeys(Journal[Event](path, Event).lines())
        return list(found)

    # Writing

    def add(self, version: Version, events: Iterable[Event] = ()) -> bool:
        """Keep a block, and what happened in it; whether it is new.

        A block that is there already stays; the same run told otherwise becomes a revision.

        Raises:
            StoreError: It could not be written; what is there is whole.
        """
        there = [one for one in self.versions() if one.id == version.id]
        if version.digest in {one.digest for one in there}:
            return False  # Also where a person has put it right since.
        if there:
            version = msgspec.structs.replace(version, revision=max(one.revision for one in there) + 1)
        self._record(events)
        self._write(version)
        return True

    def keep(self) -> Kept:
        """Take up what stands in the log, and have the log show every block.

        Raises:
            StoreError: A file could not be read or written; nothing that anybody wrote is lost.
        """
        if self._rest is not None and self._rest == self._stamps():
            return Kept()
        added: list[Version] = []
        is_written = False
        for _ in range(TRIES):
            added += self._take_displaced()
            before = self._stamps()
            path = self.log
            if path.is_symlink():
                raise StoreError(f"{path.name} is a link to another place; it is left alone")
            there = self._settled(path)
            log = log_parts.parse_log(_decoded(there or b""))
            added += self._take(log.pieces)
            wanted = self._assembled(log.intro)
            if wanted is None or (there is not None and _plain(there) == _plain(wanted)):
                self._rest = before if before == self._stamps() else None
                break
            self._own[os.fspath(path)] = displacing.put(path, wanted, there)
            is_written = True
        return Kept(tuple(added), is_written)

    def _stamps(self) -> object:
        """What differs when there is something to do."""
        files = [*_files(self.folder, ".md"), *_files(self.folder, ".jsonl"), self.log, displacing.waiting(self.log)]
        return [(os.fspath(path), stamp_of(path)) for path in files]

    def _assembled(self, intro: str) -> bytes | None:
        shown = self.shown()
        return _encoded(blocks.assemble(intro, shown)) if shown else None

    def _take_displaced(self) -> list[Version]:
        """What somebody saved just as we wrote, or what stood there when we died."""
        path = self.log
        displaced = displacing.waiting(path)
        if stamp_of(displaced) is None:
            return []
        added = self._take(log_parts.parse_log(_decoded(self._settled(displaced) or b"")).pieces)
        displacing.forget(path)
        return added

    def _take(self, pieces: Sequence[blocks.Piece]) -> list[Version]:
        added = blocks.additions(pieces, self.versions())
        for version in added:
            self._write(version)
        new = block_order.places(pieces, self.versions(), first_found(self.events()), self._now())
        self._record(Event("found", name, moment) for name, moment in new.items())
        return added

    def _record(self, events: Iterable[Event]) -> None:
        for event in events:
            os.makedirs(self.folder, exist_ok=True)
            self._journal.append(without_secrets(event))
            path = self.folder / f"{self._computer}.jsonl"
            self._own[os.fspath(path)] = stamp_of(path)

    def _write(self, version: Version) -> None:
        path = self.folder / f"{version.name}.md"
        try:
            os.makedirs(self.folder, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.folder} could not be made: {error.strerror or error}") from error
        document.write_bytes(path, _encoded(blocks.written(version)))
        self._own[os.fspath(path)] = stamp_of(path)

    def _settled(self, path: Path) -> bytes | None:
        return displacing.settled(path, self._own.get(os.fspath(path)), self._sleep)


def folder_of(root: Path) -> Path:
    """Where the blocks of a workspace lie."""
    return root / "coordination" / "sessions"


def _files(folder: Path, ending: str) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    except OSError:
        return []
    return [folder / name for name in names if name.endswith(ending) and not name.startswith(".")]


def _version(path: Path) -> Version | None:
    try:
        return blocks.read_file(_decoded(path.read_bytes()), path.stem)
    except OSError:
        return None


def _decoded(content: bytes) -> str:
    """Text, with what is no UTF-8 kept so that it is written back as it was."""
    return content.decode(errors="surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _plain(content: bytes) -> bytes:
    """Alike for texts that differ only in their line ends, or in none at the end."""
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").rstrip(b"\n")
