"""What an instance did in its worktree, as a face sees, takes over and throws away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools_repository import git
from trinity_tui.core.errors import ClientError
from trinity_tui.daemon import changes
from trinity_tui.tools.worktree import Worktree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Worktree:
    """A worktree of a small repository."""
    root = tmp_path.resolve() / "shop"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / "a.py").write_text("one\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=one")
    made = Worktree(root, "builder-1")
    made.make()
    return made


async def test_what_changed_is_shown_and_taken_over(tree: Worktree) -> None:
    (tree.path / "a.py").write_text("two\n")
    shown = await changes.shown(tree.workspace, "builder-1")
    assert shown["is_whole"]
    assert "-one\n+two\n" in shown["diff"]
    assert await changes.accept(tree.workspace, "builder-1") == {"instance": "builder-1", "accepted": ["a.py"]}
    assert (tree.workspace / "a.py").read_text() == "two\n"
    with pytest.raises(ClientError, match="nothing to take over"):
        await changes.accept(tree.workspace, "builder-1")


async def test_what_changed_is_thrown_away(tree: Worktree) -> None:
    (tree.path / "a.py").write_text("two\n")
    await changes.discard(tree.workspace, "builder-1")
    assert (await changes.shown(tree.workspace, "builder-1"))["diff"] == ""
    assert (tree.workspace / "a.py").read_text() == "one\n"


async def test_what_does_not_go_in_cleanly_changes_nothing_and_says_so(tree: Worktree) -> None:
    (tree.path / "a.py").write_text("two\n")
    (tree.workspace / "a.py").write_text("mine\n")
    with pytest.raises(ClientError, match="git: patch failed: a.py:1"):
        await changes.accept(tree.workspace, "builder-1")
    assert (tree.workspace / "a.py").read_text() == "mine\n"


async def test_a_diff_longer_than_a_face_shows_says_that_it_is(tree: Worktree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_CHARACTERS", 50)
    (tree.path / "b\udcff.txt").write_bytes(b"\xff\xfe plain\n" * 3)
    shown = await changes.shown(tree.workspace, "builder-1")
    assert not shown["is_whole"]
    assert len(shown["diff"]) == 50


async def test_who_has_none_is_told_how_to_have_one(tree: Worktree) -> None:
    for do in (changes.shown, changes.accept, changes.discard):
        with pytest.raises(ClientError) as refused:
            await do(tree.workspace, "lead-1")
        assert refused.value.exit_code == 4
        assert "isolation" in refused.value.sentence()
