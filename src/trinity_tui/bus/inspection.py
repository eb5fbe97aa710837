"""Looking a log's folder through: every kept line, and whether what stands beside the lines says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import acks, blobs, segments, sidecar
from trinity_tui.core import record
from trinity_tui.core.errors import BusError
from trinity_tui.core.record import DamagedLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trinity_tui.bus.layout import Format, Layout
    from trinity_tui.core.record import Position

_OURS = b'{"v":'
_SUM = b'"sum":"'


class Damage(msgspec.Struct, frozen=True):
    """Something that is not as it was written."""

    file: str
    line: int
    """1-based; 0 where it is about the whole file."""
    problem: str


class Findings(msgspec.Struct, kw_only=True):
    """What was found."""

    segments: int = 0
    messages: int = 0
    torn: int = 0
    """Lines a killed writer left behind: never accepted, nothing lost."""
    contents: int = 0
    consumers: int = 0
    snapshots: int = 0
    damage: list[Damage] = msgspec.field(default_factory=list[Damage])


class Inspection:
    """Looks one folder through.

    Args:
        paths: The bus's folder.
        format_: The log's.
        progress: Told what is being looked at, for long work.
    """

    def __init__(self, paths: Layout, format_: Format, progress: Callable[[str], None]) -> None:
        self._paths = paths
        self._format = format_
        self._progress = progress
        self._named: dict[str, tuple[int, Path, int]] = {}
        self.found = Findings()

    def run(self) -> Findings:
        """Look at lines, sidecars, contents and marks."""
        bases = self._paths.bases()
        for number, (base, end) in enumerate(zip(bases, [*bases[1:], None], strict=True), 1):
            self._progress(f"segment {number} of {len(bases)}")
            self._segment(base, end)
        self._contents()
        self._marks()
        return self.found

    def _file(self, base: Position) -> Path:
        plain = self._paths.segment(base)
        return plain if plain.exists() else self._paths.packed(base)

    def _segment(self, base: Position, end: Position | None) -> None:
        path = self._file(base)
        self.found.segments += 1
        try:
            segment = segments.open_segment(self._paths, base)
            try:
                data = segment.read(segment.size(), 0)
            finally:
                segment.close()
        except OSError as error:
            self._note(path, 0, f"cannot be read: {error.strerror}")
            return
        if end is not None and base + len(data) != end:
            self._note(path, 0, f"has {len(data)} bytes, and the next segment begins after {end - base}")
        for number, line in enumerate(data.split(b"\n"), 1):
            if line:
                self._line(path, number, line)
        if end is not None:
            self._sidecar(base)

    def _line(self, path: Path, number: int, line: bytes) -> None:
        try:
            message = record.decode(line)
        except DamagedLine as error:
            if line.startswith(_OURS) and _SUM not in line:
                self.found.torn += 1
            else:
                self._note(path, number, str(error))
            return
        self.found.messages += 1
        if reference := blobs.reference_of(message):
            self._named.setdefault(reference[0], (reference[1], path, number))

    def _sidecar(self, base: Position) -> None:
        there = sidecar.load(self._paths, base)
        # An absent one is made by whoever needs it; a wrong one would hide messages from a consumer's start.
        if there is not None and there != sidecar.build(self._paths, base):
            self._note(self._paths.sidecar(base), 0, "does not say what its segment holds; remove it")

    def _contents(self) -> None:
        self.found.contents = len(self._named)
        for name, (size, path, number) in self._named.items():
            try:
                blobs.get(self._paths.blobs, name, size)
            except BusError as error:
                self._note(path, number, str(error))

    def _marks(self) -> None:
        for path in sorted(self._paths.consumers.glob("*/acks.jsonl")):
            self.found.consumers += 1
            try:
                marks = acks.read_marks(path)
            except BusError as error:
                self._note(path, 1, str(error))
                continue
            if marks and self._format.clamp(marks.highest(), marks.header.generation) > self._paths.end():
                self._note(path, 1, "is ahead of the log")

    def _note(self, path: Path, line: int, problem: str) -> None:
        self.found.damage.append(Damage(str(path), line, problem))
