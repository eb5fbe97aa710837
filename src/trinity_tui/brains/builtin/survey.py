"""Looks a workspace over: every file once, then only what changed, and all rules on what is known.

    files -> stamps (kept where mtime and size agree) -> facts -> file rules' and workspace rules' defects

Blocking and busy by nature: run it in a child process, which also keeps the trees' memory out of the caller.
"""

from __future__ import annotations

import gc
import re
import time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from trinity_tui.brains.builtin.defect import SEVERITY_RANK, Defect, number_repeats
from trinity_tui.brains.builtin.facts import FACTS_VERSION, FileFacts, Stamp, gather
from trinity_tui.brains.builtin.files import LIMIT_READ_BYTES, FileEntry, kind_of, list_files, read_file
from trinity_tui.brains.builtin.git import line_times, read_history
from trinity_tui.brains.builtin.modules import ModuleMap
from trinity_tui.brains.builtin.rules import FILE_RULES, WORKSPACE_RULES
from trinity_tui.brains.builtin.rules.history import DAY_SECONDS, WINDOW_DAYS
from trinity_tui.brains.builtin.source import read_source
from trinity_tui.brains.builtin.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_BLAME_LIMIT_SECONDS = 5.0
_REQUIRED_PYTHON = re.compile(r"""^\s*(?:requires-python|python_requires)\s*=\s*["']?[^"'\n]*>=?\s*3\.(\d+)""", re.M)
_WHOLE_VIEW_RULES = frozenset({"untested-module", "no-tests"})
"""Rules that conclude from what is absent, so they are silent until every file is known."""


class SurveyResult(Struct, frozen=True):
    """All that is known of the workspace after one run."""

    defects: list[Defect]
    """Gravest first; within one severity those of the most recently changed files first."""
    stamps: dict[str, Stamp]
    """To be handed to the next run; can be stored as JSON."""
    file_count: int
    parsed_count: int
    """Files read in this run; the others were unchanged or not reached."""
    pending: frozenset[str]
    """Files time did not suffice for; their earlier defects still stand."""

    @property
    def is_complete(self) -> bool:
        """Whether every file was looked at."""
        return not self.pending

    def gone(self, previous_keys: Iterable[str]) -> list[str]:
        """Those of the keys whose cause no longer exists; never a key this run could not judge."""
        present = {defect.key for defect in self.defects}
        return [key for key in previous_keys if key not in present and self._is_judged(key)]

    def _is_judged(self, key: str) -> bool:
        rule, _, rest = key.partition(":")
        if self.is_complete:
            return True
        if rule in WORKSPACE_RULES:
            return False
        # A path may itself contain colons, so every cut is tried.
        cuts = (rest[:index] for index, letter in enumerate(rest) if letter == ":")
        return not any(path in self.pending for path in cuts)


class Survey:
    """The survey of one workspace."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def run(
        self,
        now: float,
        previous: Mapping[str, Stamp] | None = None,
        limit_seconds: float = 60.0,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> SurveyResult:
        """Look at what changed since the previous stamps and judge everything.

        Args:
            now: Wall time, seconds since the epoch; ages are measured from it.
            previous: Stamps of the last run, or None to look at every file.
            limit_seconds: When to stop reading; what was not reached is `pending`.
            on_progress: Called with files done and files in all.
        """
        deadline = time.monotonic() + limit_seconds
        entries = list_files(self._root)
        known = {path: stamp for path, stamp in (previous or {}).items() if stamp.version == FACTS_VERSION}
        stamps, pending, parsed_count = self._look(entries, known, deadline, on_progress)
        stamps = self._date_notes(entries, stamps, deadline)
        workspace = Workspace(
            entries=entries,
            facts={path: stamp.facts for path, stamp in stamps.items()},
            modules=ModuleMap(entry.path for entry in entries),
            history=read_history(self._root, WINDOW_DAYS * DAY_SECONDS),
            now=now,
            required_python_minor=self._required_python_minor(),
        )
        return SurveyResult(_judge(workspace, bool(pending)), stamps, len(entries), parsed_count, pending)

    def _look(
        self,
        entries: list[FileEntry],
        known: Mapping[str, Stamp],
        deadline: float,
        on_progress: Callable[[int, int], None] | None,
    ) -> tuple[dict[str, Stamp], frozenset[str], int]:
        stamps: dict[str, Stamp] = {}
        pending: set[str] = set()
        parsed_count = 0
        for done, entry in enumerate(entries, 1):
            stamp = known.get(entry.path)
            if stamp is None or (stamp.mtime_ns, stamp.size) != (entry.mtime_ns, entry.size):
                if time.monotonic() >= deadline:
                    pending.add(entry.path)
                else:
                    stamp = Stamp(entry.mtime_ns, entry.size, examine(self._root, entry))
                    parsed_count += 1
            if stamp is not None:
                stamps[entry.path] = stamp
            if on_progress is not None:
                on_progress(done, len(entries))
        return stamps, frozenset(pending), parsed_count

    def _date_notes(self, entries: list[FileEntry], stamps: dict[str, Stamp], deadline: float) -> dict[str, Stamp]:
        """Find out when each note was written: by its author's commit, else by the file's last change."""
        dated = dict(stamps)
        for entry in entries:
            stamp = stamps.get(entry.path)
            if stamp is None or all(marker.written is not None for marker in stamp.facts.markers):
                continue
            remaining_seconds = min(deadline - time.monotonic(), _BLAME_LIMIT_SECONDS)
            if remaining_seconds <= 0:
                break
            committed = line_times(self._root, entry.path, remaining_seconds) if entry.is_tracked else None
            dated[entry.path] = replace(stamp, facts=_with_times(stamp.facts, committed or [], entry.mtime_ns / 1e9))
        return dated

    def _required_python_minor(self) -> int:
        for name in ("pyproject.toml", "setup.cfg", "setup.py"):
            match = _REQUIRED_PYTHON.search(read_file(self._root, name) or "")
            if match:
                return int(match[1])
        return 0


def examine(root: Path, entry: FileEntry) -> FileFacts:
    """Read and parse one file and let the file rules look at it."""
    kind = kind_of(entry.path)
    text = read_file(root, entry.path) if entry.size <= LIMIT_READ_BYTES else None
    if text is None:
        return FileFacts(kind)
    was_enabled = gc.isenabled()
    gc.disable()  # a syntax tree has no garbage yet; collecting while it grows doubles the time
    try:
        source = read_source(entry.path, kind, text)
        # Who writes "noqa" on a line has seen what is there and means it.
        found = [d for rule in FILE_RULES for d in rule(source) if "# noqa" not in source.lines[d.line - 1]]
        return gather(source, tuple(found))
    finally:
        if was_enabled:
            gc.enable()


def _with_times(facts: FileFacts, committed: list[tuple[str, float]], fallback: float) -> FileFacts:
    """Put times to notes by their line's text; of equal lines the youngest counts, an uncommitted one is new."""
    times: dict[str, float] = {}
    for line, written in committed:
        text = " ".join(line.split())
        for marker in facts.markers:
            if marker.text.rstrip("…") in text:
                times[marker.text] = max(times.get(marker.text, 0.0), written)
    markers = tuple(replace(marker, written=times.get(marker.text, fallback)) for marker in facts.markers)
    return replace(facts, markers=markers)


def _judge(workspace: Workspace, is_partial: bool) -> list[Defect]:
    found = [defect for facts in workspace.facts.values() for defect in facts.defects]
    for name, rule in WORKSPACE_RULES.items():
        if not (is_partial and name in _WHOLE_VIEW_RULES):
            found.extend(rule(workspace))
    recency = {entry.path: -entry.mtime_ns for entry in workspace.entries}
    return sorted(
        number_repeats(found),
        key=lambda d: (SEVERITY_RANK[d.severity], recency.get(d.path, 0), d.path, d.line, d.rule, d.symbol),
    )
