"""The secret: made once, the same for all, and nobody else's."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import StoreError
from trinity_tui.store import secret

if TYPE_CHECKING:
    from pathlib import Path


def test_made_once(tmp_path: Path) -> None:
    path = tmp_path / "token"
    first = secret.token(path)
    assert len(first) >= 40
    assert secret.token(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["token"]


def test_all_who_ask_at_once_get_the_same(tmp_path: Path) -> None:
    program = "import sys; from trinity_tui.store.secret import token; sys.stdin.readline(); print(token(sys.argv[1]))"
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "token")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for asker in askers:
        assert asker.stdin is not None
        asker.stdin.write("\n")
        asker.stdin.flush()
    assert len({asker.communicate()[0] for asker in askers}) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["token"]


def test_what_others_could_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    secret.token(path)
    path.chmod(0o644)
    with pytest.raises(StoreError, match="can be read by others"):
        secret.token(path)
    path.chmod(0o600)
    path.write_text("")
    with pytest.raises(StoreError, match="is empty"):
        secret.token(path)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="could not be read"):
        secret.token(path)


def test_comparing() -> None:
    assert secret.matches("abc", "abc")
    assert not secret.matches("abd", "abc")
    assert not secret.matches("ä", "abc")
    assert not secret.matches("", "")
