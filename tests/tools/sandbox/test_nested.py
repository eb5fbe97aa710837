"""Workspaces within a workspace are found, the nearest first, and no further than is cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tools.sandbox.nested import nested

if TYPE_CHECKING:
    from pathlib import Path


def test_they_are_found_wherever_they_are(tmp_path: Path) -> None:
    for name in (".trinity", "a/.trinity", "a/b/c/.Trinity", "node_modules/x/.trinity", "plain/deeper"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "plain" / ".trinity").write_text("a file is no workspace's")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert nested(str(tmp_path)) == [f"{tmp_path}/a/.trinity", f"{tmp_path}/a/b/c/.Trinity"]


def test_it_is_not_looked_further_than_is_cheap(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}" / "deep").mkdir(parents=True)
    (tmp_path / "00" / ".trinity").mkdir()
    (tmp_path / "29" / "deep" / "deeper" / ".trinity").mkdir(parents=True)
    assert nested(str(tmp_path), limit_folders=40) == [f"{tmp_path}/00/.trinity"]
    assert len(nested(str(tmp_path))) == 2
