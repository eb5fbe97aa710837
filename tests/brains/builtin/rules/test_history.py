"""Old notes, large files and files that change most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.brains.builtin.facts import FileFacts, Marker
from trinity_tui.brains.builtin.files import FileEntry
from trinity_tui.brains.builtin.git import History
from trinity_tui.brains.builtin.modules import ModuleMap
from trinity_tui.brains.builtin.rules.history import DAY_SECONDS, hot_files, large_files, stale_notes
from trinity_tui.brains.builtin.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = 1_000 * DAY_SECONDS


def workspace(
    entries: list[FileEntry], history: History | None = None, facts: Mapping[str, FileFacts] | None = None
) -> Workspace:
    return Workspace(entries, facts or {}, ModuleMap(()), history, NOW, 0)


def touched(counts: dict[str, int], commit_count: int) -> list[tuple[str, str]]:
    entries = [FileEntry(path, 0, 10, True) for path in counts]
    found = hot_files(workspace(entries, History(commit_count, NOW, counts)))
    return [(defect.path, defect.evidence) for defect in found]


def test_the_files_that_stand_out_are_hot() -> None:
    counts = {"a.py": 9, "b.py": 6, "c.py": 5, "d.py": 4, **{f"rest{n}.py": 1 for n in range(20)}}
    found = touched(counts, 40)
    assert found == [
        ("a.py", "9 of 40 commits (22%)"),
        ("b.py", "6 of 40 commits (15%)"),
        ("c.py", "5 of 40 commits (12%)"),
    ]


@pytest.mark.parametrize(
    ("counts", "commit_count"),
    [
        ({f"f{n}.py": 3 for n in range(20)}, 60),
        ({"a.py": 4, **{f"f{n}.py": 1 for n in range(9)}}, 4),
        ({"a.py": 2, **{f"f{n}.py": 1 for n in range(9)}}, 40),
        ({"CHANGELOG.md": 30, "uv.lock": 20, **{f"f{n}.py": 1 for n in range(9)}}, 40),
        ({}, 40),
    ],
)
def test_even_or_rare_changes_make_no_file_hot(counts: dict[str, int], commit_count: int) -> None:
    assert touched(counts, commit_count) == []


def test_in_a_small_history_two_changes_are_many() -> None:
    assert touched({"a.py": 2, "b.py": 1, "c.py": 1}, 6) == [("a.py", "2 of 6 commits (33%)")]


def test_a_file_that_is_gone_is_not_hot() -> None:
    assert list(hot_files(workspace([], History(40, NOW, {"gone.py": 30})))) == []


@pytest.mark.parametrize(("age_days", "is_stale"), [(89, False), (91, True), (None, False)])
def test_a_note_grows_stale_after_ninety_days(age_days: int | None, is_stale: bool) -> None:
    written = None if age_days is None else NOW - age_days * DAY_SECONDS
    facts = {"a.py": FileFacts("source", markers=(Marker(7, "later", written),))}
    assert [d.line for d in stale_notes(workspace([], facts=facts))] == ([7] if is_stale else [])


def test_only_tracked_files_are_too_large() -> None:
    entries = [FileEntry("a.bin", 0, 6_000_000, True), FileEntry("b.bin", 0, 6_000_000, False)]
    assert [defect.path for defect in large_files(workspace([*entries, FileEntry("c", 0, 9, True)]))] == ["a.bin"]
