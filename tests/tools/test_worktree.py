"""A worktree of an instance's own: what it changed is seen, taken over only when it goes in cleanly, or thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools_repository import git
from trinity_tui.core.errors import ToolError
from trinity_tui.tools.worktree import Worktree, repository_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(repository: Path) -> Worktree:
    made = Worktree(repository, "builder-1")
    made.make()
    return made


def test_it_lies_outside_of_the_workspace_and_has_a_branch(tree: Worktree, repository: Path) -> None:
    assert not tree.path.is_relative_to(repository)
    assert (tree.path / "src" / "a.py").exists()
    assert "trinity/builder-1" in git(repository, "branch", "--list", "--all")
    assert git(repository, "status", "--short") == ""
    assert tree.make() == tree.path.resolve()
    assert tree.diff() == ""
    assert repository_of(tree.path) == repository / ".git"


def test_what_it_changed_committed_or_not_is_one_diff(tree: Worktree) -> None:
    (tree.path / "src" / "a.py").write_text("def one():\n    return 2\n")
    git(tree.path, "commit", "--quiet", "--all", "--message=two")
    (tree.path / "new.txt").write_text("new\n")
    diff = tree.diff()
    assert "+    return 2" in diff
    assert "+++ b/new.txt" in diff
    # Its own index is as it was.
    assert git(tree.path, "status", "--short") == "?? new.txt\n"


def test_taken_over_only_files_change(tree: Worktree, repository: Path) -> None:
    (repository / "mine.txt").write_text("staged\n")
    git(repository, "add", "mine.txt")
    head = git(repository, "rev-parse", "HEAD")
    (tree.path / "src" / "a.py").write_text("def one():\n    return 2\n")
    (tree.path / "bytes").write_bytes(b"\0\xff\x00")
    assert tree.accept() == ["bytes", "src/a.py"]
    assert (repository / "src" / "a.py").read_text().endswith("return 2\n")
    assert (repository / "bytes").read_bytes() == b"\0\xff\x00"
    assert git(repository, "status", "--short") == "A  mine.txt\n M src/a.py\n?? bytes\n"
    assert git(repository, "rev-parse", "HEAD") == head
    # Once taken over it is no change any more; what comes after it is.
    assert tree.diff() == ""
    (tree.path / "src" / "a.py").write_text("def one():\n    return 3\n")
    assert tree.accept() == ["src/a.py"]
    assert (repository / "src" / "a.py").read_text().endswith("return 3\n")


def test_what_does_not_go_in_cleanly_changes_nothing(tree: Worktree, repository: Path) -> None:
    (tree.path / "src" / "a.py").write_text("def one():\n    return 2\n")
    (tree.path / "other").write_text("x\n")
    (repository / "src" / "a.py").write_text("def one():\n    return 9\n")
    with pytest.raises(ToolError, match=r"src/a.py"):
        tree.accept()
    assert (repository / "src" / "a.py").read_text().endswith("return 9\n")
    assert not (repository / "other").exists()
    assert tree.diff()


@pytest.mark.parametrize("name", ["instances.toml", "coordination/memory.md", ".trinity/token", "sub/.trinity/token"])
def test_what_is_the_persons_alone_is_not_taken_over(tree: Worktree, name: str, repository: Path) -> None:
    (tree.path / name).parent.mkdir(parents=True, exist_ok=True)
    (tree.path / name).write_text("evil\n")
    if ".trinity" in name:
        git(tree.path, "add", "--force", name)
        git(tree.path, "commit", "--quiet", "--message=evil")
    before = (repository / ".trinity" / "token").read_text()
    with pytest.raises(ToolError, match="yours alone|nothing to take over"):
        tree.accept()
    assert (repository / ".trinity" / "token").read_text() == before
    assert (repository / "instances.toml").read_text() == ""


def test_thrown_away_it_begins_again_from_the_persons_last_commit(tree: Worktree, repository: Path) -> None:
    (tree.path / "src" / "a.py").write_text("x\n")
    (tree.path / "junk").mkdir()
    (tree.path / "junk" / "x").write_text("x\n")
    (repository / "src" / "a.py").write_text("def one():\n    return 5\n")
    git(repository, "commit", "--quiet", "--all", "--message=five")
    tree.discard()
    assert tree.diff() == ""
    assert (tree.path / "src" / "a.py").read_text().endswith("return 5\n")
    assert not (tree.path / "junk").exists()


def test_a_repository_that_was_put_into_it_is_not_asked(tree: Worktree) -> None:
    """Its own folder is known; what a tool left in its place runs nothing."""
    evil = tree.path / "evil"
    git(tree.path, "init", "--quiet", str(evil))
    git(evil, "commit", "--quiet", "--allow-empty", "--message=x")
    git(evil, "config", "core.fsmonitor", f"touch {tree.path}/ran; true")
    (tree.path / ".git").write_text(f"gitdir: {evil}/.git\n")
    tree.diff()
    assert not (tree.path / "ran").exists()


@pytest.mark.parametrize(("is_repository", "said"), [(False, "no git repository"), (True, "no commit yet")])
def test_where_there_is_nothing_to_make_it_of(tmp_path: Path, is_repository: bool, said: str) -> None:
    if is_repository:
        git(tmp_path, "init", "--quiet")
    with pytest.raises(ToolError, match=said):
        Worktree(tmp_path.resolve(), "builder-1").make()
    with pytest.raises(ToolError, match="no worktree"):
        Worktree(tmp_path.resolve(), "builder-1").diff()


def test_it_goes_on_from_the_persons_newest_commit(tree: Worktree, repository: Path) -> None:
    assert tree.catch_up() == ""
    (repository / "mine.txt").write_text("mine\n")
    git(repository, "add", "mine.txt")
    git(repository, "commit", "--quiet", "--message=mine")
    assert tree.catch_up() == ""
    assert (tree.path / "mine.txt").exists()
    assert tree.diff() == ""
    assert git(tree.path, "rev-parse", "HEAD") == git(repository, "rev-parse", "HEAD")


@pytest.mark.parametrize("is_committed", [True, False])
def test_what_was_taken_over_stays_in_it_beside_the_persons_commits(
    tree: Worktree, repository: Path, *, is_committed: bool
) -> None:
    (tree.path / "src" / "a.py").write_text("def one():\n    return 2\n")
    tree.accept()
    (repository / "mine.txt").write_text("mine\n")
    git(repository, "add", "--all" if is_committed else "mine.txt")
    git(repository, "commit", "--quiet", "--message=mine")
    assert tree.catch_up() == ""
    assert (tree.path / "mine.txt").exists()
    assert (tree.path / "src" / "a.py").read_text().endswith("return 2\n")
    assert tree.diff() == ""
    (tree.path / "src" / "a.py").write_text("def one():\n    return 3\n")
    assert tree.accept() == ["src/a.py"]
    assert (repository / "src" / "a.py").read_text().endswith("return 3\n")


def test_what_waits_to_be_taken_over_is_not_touched_and_that_is_said(tree: Worktree, repository: Path) -> None:
    (tree.path / "src" / "a.py").write_text("def one():\n    return 2\n")
    (repository / "mine.txt").write_text("mine\n")
    git(repository, "add", "mine.txt")
    git(repository, "commit", "--quiet", "--message=mine")
    assert "until its changes are accepted or discarded" in tree.catch_up()
    assert not (tree.path / "mine.txt").exists()
    assert "+    return 2" in tree.diff()
    tree.discard()
    assert tree.catch_up() == ""
    assert (tree.path / "mine.txt").exists()


def test_what_does_not_go_together_is_said_and_nothing_changes(tree: Worktree, repository: Path) -> None:
    (tree.path / "src" / "a.py").write_text("def one():\n    return 2\n")
    tree.accept()
    (repository / "src" / "a.py").write_text("def one():\n    return 9\n")
    git(repository, "commit", "--quiet", "--all", "--message=nine")
    assert "does not go together" in tree.catch_up()
    assert (tree.path / "src" / "a.py").read_text().endswith("return 2\n")
    tree.discard()
    assert (tree.path / "src" / "a.py").read_text().endswith("return 9\n")
