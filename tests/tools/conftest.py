"""A small repository for tools to work in, as its workspace would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools_repository import git

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit, and a runtime folder that git does not see."""
    root = tmp_path.resolve() / "work"
    (root / ".trinity" / "instances" / "builder-2").mkdir(parents=True)
    (root / ".trinity" / "token").write_text("the-token")
    (root / "src").mkdir()
    (root / "src" / "a.py").write_text("def one():\n    return 1\n")
    (root / "instances.toml").write_text("")
    (root / ".gitignore").write_text(".trinity\n")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=first")
    return root
