"""A file that others write too: what they saved is always found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import StoreError
from trinity_tui.store import displacing
from trinity_tui.store.stamp import stamp_of

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_saved_meanwhile_is_kept_until_it_was_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "log.md"
    path.write_bytes(b"seen")
    path.chmod(0o664)
    path.write_bytes(b"saved since")
    stamp = displacing.put(path, b"ours", b"seen")
    assert path.read_bytes() == b"ours"
    assert displacing.waiting(path).read_bytes() == b"saved since"
    assert stamp == stamp_of(path)
    assert path.stat().st_mode & 0o777 == 0o664
    with pytest.raises(StoreError, match="was not looked at yet"):
        displacing.put(path, b"next", b"ours")
    assert path.read_bytes() == b"ours"
    displacing.forget(path)
    displacing.forget(path)
    assert [file.name for file in tmp_path.iterdir()] == ["log.md"]


@pytest.mark.parametrize("appeared", [None, b"by somebody"])
def test_a_new_file_takes_no_others_place(tmp_path: Path, appeared: bytes | None) -> None:
    path = tmp_path / "log.md"
    if appeared is not None:
        path.write_bytes(appeared)
    displacing.put(path, b"ours", None)
    assert path.read_bytes() == b"ours"
    assert displacing.waiting(path).read_bytes() == (appeared or b"ours")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gone/log.md could not be written: No such file"):
        displacing.put(tmp_path / "gone" / "log.md", b"ours", None)
    assert stamp_of(tmp_path / "gone") is None
