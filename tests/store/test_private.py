"""Folders of this user alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import StoreError
from trinity_tui.store.private import make_private

if TYPE_CHECKING:
    from pathlib import Path


def test_made_with_its_parents_and_closed(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make_private(folder)
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_links_and_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="link is a symbolic link"):
        make_private(tmp_path / "link")
    with pytest.raises(StoreError, match="file is no folder"):
        make_private(tmp_path / "file")
    with pytest.raises(StoreError, match="file is no folder"):
        make_private(tmp_path / "file" / "below")
    with pytest.raises(StoreError, match="could not be made"):
        make_private(tmp_path / ("x" * 300))


def test_anothers_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    owner = folder.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(StoreError, match=f"belongs to another user \\(uid {owner}\\)"):
        make_private(folder)
