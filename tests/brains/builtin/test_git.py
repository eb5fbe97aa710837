"""Git answers questions and nothing in a repository's own configuration gets to run."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from trinity_tui.brains.builtin.git import line_times, listed_files, read_history, run_git
from trinity_tui.brains.builtin.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    Commit = Callable[[Path, float], None]

DAY_SECONDS = 86_400


def configure(root: Path, name: str, value: str) -> None:
    subprocess.run(["git", "config", name, value], cwd=root, check=True)


def test_a_hostile_configuration_runs_nothing(tmp_path: Path, commit: Commit, now: float) -> None:
    root, trace = tmp_path / "repository", tmp_path / "ran"
    root.mkdir()
    (root / "note.sh").write_text("# " + "TO" + "DO: later\n")
    (root / ".gitattributes").write_text("* filter=evil diff=evil\n")
    commit(root, 100)
    program = tmp_path / "evil.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {trace}\ncat\n')
    program.chmod(0o755)
    hook_folder = root / ".git" / "hooks"
    hook_folder.mkdir(exist_ok=True)
    for hook in ("post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (hook_folder / hook).write_text(f"#!/bin/sh\ntouch {trace}\n")
        (hook_folder / hook).chmod(0o755)
    for name in (
        "core.fsmonitor core.pager core.editor core.sshCommand diff.external diff.evil.textconv diff.evil.command"
        " filter.evil.clean filter.evil.smudge filter.evil.process gpg.program credential.helper pager.log"
    ).split():
        configure(root, name, str(program))
    configure(root, "log.showSignature", "true")
    configure(root, "filter.evil.required", "true")
    (root / "note.sh").write_text("# " + "TO" + "DO: later\n\n")
    rules = [defect.rule for defect in Survey(root).run(now).defects]
    assert not trace.exists(), trace.read_text()
    assert rules == ["stale-note"]


def test_the_environment_carries_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = tmp_path / "git"
    git.write_text(f"#!{sys.executable}\nimport os\nprint(*sorted(os.environ))\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SOME_API_KEY", "secret")
    monkeypatch.setenv("GIT_DIR", "/somewhere/else")
    names = (run_git(tmp_path, "status") or b"").decode().split()
    assert "GIT_OPTIONAL_LOCKS" in names
    assert not {"SOME_API_KEY", "GIT_DIR"} & set(names)


def test_a_git_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = tmp_path / "git"
    git.write_text("#!/bin/sh\nsleep 60\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert run_git(tmp_path, "log", limit_seconds=0.2) is None


def test_a_git_that_never_stops_talking_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = tmp_path / "git"
    git.write_text("#!/bin/sh\nexec yes\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert run_git(tmp_path, "log") is None


def test_without_git_or_repository_there_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed_files(tmp_path) is None
    assert read_history(tmp_path, 90 * DAY_SECONDS) is None
    monkeypatch.setenv("PATH", "")
    assert run_git(tmp_path, "--version") is None


def test_tracked_and_new_files_are_told_apart(tmp_path: Path, commit: Commit) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "with\nnewline.txt").write_text("x")
    commit(tmp_path, 1)
    (tmp_path / "new.txt").write_text("x")
    (tmp_path / "noise.log").write_text("x")
    assert listed_files(tmp_path) == {b".gitignore": True, b"with\nnewline.txt": True, b"new.txt": False}


def test_history_counts_commits_in_the_window(tmp_path: Path, commit: Commit, now: float) -> None:
    for age_days, name in ((200, "old.txt"), (50, "a b.txt"), (40, "a b.txt"), (30, "line\nbreak")):
        (tmp_path / name).write_text(str(age_days))
        commit(tmp_path, age_days)
    history = read_history(tmp_path, 90 * DAY_SECONDS)
    assert history is not None
    assert (history.commit_count, history.newest) == (3, now - 30 * DAY_SECONDS)
    assert history.changes == {"a b.txt": 2, "line\nbreak": 1}


def test_a_folder_inside_a_repository_sees_its_own_part(tmp_path: Path, commit: Commit) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "inside.txt").write_text("x\n")
    (tmp_path / "outside.txt").write_text("x")
    commit(tmp_path, 1)
    history = read_history(tmp_path / "part", DAY_SECONDS)
    assert listed_files(tmp_path / "part") == {b"inside.txt": True}
    assert history is not None
    assert history.changes == {"inside.txt": 1}
    assert line_times(tmp_path / "part", "inside.txt", 10) is not None


def test_each_line_has_the_time_of_its_commit(tmp_path: Path, commit: Commit, now: float) -> None:
    file = tmp_path / "-odd name.txt"
    file.write_text("first\n")
    commit(tmp_path, 20)
    file.write_text("first\nsecond\n")
    commit(tmp_path, 10)
    expected = [("first", now - 20 * DAY_SECONDS), ("second", now - 10 * DAY_SECONDS)]
    assert line_times(tmp_path, file.name, 10) == expected
