"""Files are found and read within the workspace and within bounds, and what cannot be sent says why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from trinity_tui.client.files import Files
from trinity_tui.core.attached import LIMIT_BYTES, without_files
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace, and something beside it."""
    root = tmp_path / "shop"
    for folder in ("src", ".trinity", ".hidden"):
        (root / folder).mkdir(parents=True)
    (root / "src" / "auth.py").write_text("def refresh(): ...\n")
    (root / "src" / "auto.py").write_text("")
    (root / ".trinity" / "token").write_text("secret")
    (tmp_path / "beside.txt").write_text("not yours")
    return root


def test_a_file_goes_with_the_message(root: Path) -> None:
    sent = Files(root).attach("look at @src/auth.py, please")
    assert "def refresh(): ..." in sent
    assert without_files(sent) == ("look at @src/auth.py, please", [("src/auth.py", 19)])


def test_a_word_that_looks_like_no_path_is_only_a_word(root: Path) -> None:
    assert Files(root).attach("ask @builder-1 about @dataclass") == "ask @builder-1 about @dataclass"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("src/none.py", "src/none.py cannot be attached: No such file or directory. Write @@src/none.py where"),
        ("src/", "it is no file"),
        ("../beside.txt", "lies outside of the workspace"),
        ("/etc/passwd", "lies outside of the workspace"),
        ("src/away.txt", "lies outside of the workspace"),
        (".trinity/token", "is Trinity's own"),
        ("src/../.trinity/token", "is Trinity's own"),
        ("src/token.txt", "is Trinity's own"),
        ("src/bytes.bin", "it is no text"),
        ("src/latin.txt", "it is no text"),
        ("src/pipe.fifo", "it is no file"),
        ("src/long.txt", "and at most 12,288 go with a message. An instance can read longer ones itself"),
    ],
)
def test_what_cannot_be_sent_says_why(root: Path, name: str, why: str) -> None:
    (root / "src" / "away.txt").symlink_to("../../beside.txt")
    (root / "src" / "token.txt").symlink_to("../.trinity/token")
    (root / "src" / "bytes.bin").write_bytes(b"\0\1")
    (root / "src" / "latin.txt").write_bytes("für".encode("latin-1"))
    (root / "src" / "long.txt").write_text("x" * (LIMIT_BYTES + 1))
    os.mkfifo(root / "src" / "pipe.fifo")
    with pytest.raises(ClientError) as refused:
        Files(root).attach(f"look at @{name}")
    assert why in refused.value.sentence()


def test_a_path_is_completed_within_the_workspace(root: Path) -> None:
    files = Files(root)
    assert files.complete("") == ["src/"]
    assert files.complete("src/au") == ["src/auth.py", "src/auto.py"]
    assert files.complete(".") == [".hidden/"]
    assert files.complete("../") == files.complete("none/") == files.complete("/") == files.complete(".trinity/") == []
