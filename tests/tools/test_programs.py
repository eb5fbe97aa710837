"""The programs we run outside of any walls are never ones that a command may have put into its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tools.programs import path_without, program

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_folder_of_the_workspaces_is_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, outside = tmp_path / "work" / "bin", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir(parents=True)
        (folder / "tool").write_text("#!/bin/sh\n")
        (folder / "tool").chmod(0o755)
    (tmp_path / "link").symlink_to(inside)
    monkeypatch.setenv("PATH", f"{inside}:{tmp_path}/link:bin:.::{outside}")
    root = str(tmp_path / "work")
    assert path_without(root) == str(outside)
    assert program("tool", root) == f"{outside}/tool"
    assert program("tool") == f"{inside}/tool"
    (outside / "tool").unlink()
    (outside / "tool").symlink_to(inside / "tool")
    assert program("tool", root) is None
