"""Rules about time and size: notes that grew old, files that change most, files too large to track."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from trinity_tui.brains.builtin.files import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.workspace import Workspace

DAY_SECONDS = 86_400.0
STALE_DAYS = 90
WINDOW_DAYS = 90
LARGE_BYTES = 5_000_000
TOP_FILES = 3
_MIN_COMMITS = 5
"""Fewer commits than this say nothing about habits."""
_SMALL_COMMITS = 30
"""Up to here two changes count as many; beyond it takes three."""
_MEDIAN_FACTOR = 2
_KEPT_BY_PROGRAMS = (".lock", "-lock.json", "-lock.yaml", ".svg", ".min.js", ".snap", ".ambr")


def stale_notes(workspace: Workspace) -> Iterator[Defect]:
    """A note that something is still to be done, and was for a quarter of a year."""
    for path, facts in workspace.facts.items():
        for marker in facts.markers:
            age_days = (workspace.now - marker.written) / DAY_SECONDS if marker.written is not None else 0
            if age_days > STALE_DAYS:
                text = f"This note has been waiting for {int(age_days)} days: {marker.text}"
                yield workspace.defect("stale-note", (path, marker.line), marker.text, "low", (text, marker.text))


def large_files(workspace: Workspace) -> Iterator[Defect]:
    """A tracked file every clone pays for, for ever."""
    for entry in workspace.entries:
        if entry.is_tracked and entry.size > LARGE_BYTES:
            size = f"{entry.size / 1e6:.1f} MB"
            text = f"This tracked file is {size}; every clone carries it, also after it is deleted."
            yield workspace.defect("large-file", (entry.path, 1), "size", "normal", (text, size))


def hot_files(workspace: Workspace) -> Iterator[Defect]:
    """The files that change most, when they stand out from the others."""
    history = workspace.history
    if history is None or history.commit_count < _MIN_COMMITS:
        return
    # Files nobody touched count too: where one file takes all changes, it stands out from those.
    present = (entry.path for entry in workspace.entries if entry.size and _is_judged(entry.path))
    counts = {path: history.changes.get(path, 0) for path in present}
    least = max(2 if history.commit_count <= _SMALL_COMMITS else 3, _MEDIAN_FACTOR * median(counts.values() or (0,)))
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP_FILES]
    for path, count in top:
        if count >= least:
            share = count / history.commit_count
            figures = f"{count} of {history.commit_count} commits ({share:.0%})"
            text = f"{path} changed in {figures} of the {WINDOW_DAYS} days before the newest commit."
            yield workspace.defect("hot-file", (path, 1), "churn", "low", (text, figures))


def _is_judged(path: str) -> bool:
    """Whether people write the file: a changelog or a lock file changes with everything else."""
    name = path.rpartition("/")[2].lower()
    is_log = name.startswith(("changelog", "changes", "history", "news")) and not name.endswith(".py")
    return not is_log and not name.endswith(_KEPT_BY_PROGRAMS) and kind_of(path) != "material"
