"""What is read of a file is all of one moment, and of a plain file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from trinity_tui.daemon import whole_file
from trinity_tui.daemon.whole_file import UnreadableError, plain_stamp, read_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_what_changed_since_it_was_seen_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "messages.json"
    path.write_bytes(b"[]")
    seen = plain_stamp(path)
    assert read_whole(path, seen) == b"[]"
    path.write_bytes(b"[1]")
    with pytest.raises(UnreadableError, match="being written"):
        read_whole(path, seen)


def test_only_a_plain_file_of_a_bounded_size_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "messages.json"
    path.write_bytes(b"[1, 2]")
    (tmp_path / "link.json").symlink_to(path)
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("link.json", "pipe.json"):
        with pytest.raises(UnreadableError, match="no plain file"):
            plain_stamp(tmp_path / name)
    monkeypatch.setattr(whole_file, "LIMIT_BYTES", 5)
    with pytest.raises(UnreadableError, match="more than"):
        plain_stamp(path)
