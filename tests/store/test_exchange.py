"""Two files change their names: neither is lost, nobody ever finds none there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from trinity_tui.store.exchange import exchange, place

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.parametrize("by_kernel", [True, False], ids=["renameat2", "a second name"])


def test_what_stood_has_the_other_name_afterwards(tmp_path: Path, by_kernel: bool) -> None:
    new, standing = tmp_path / "new", tmp_path / "standing"
    new.write_text("new")
    standing.write_text("old")
    inode = standing.stat().st_ino
    with standing.open("a") as writer:
        exchange(new, standing, by_kernel=by_kernel)
        writer.write(", written late")
    assert standing.read_text() == "new"
    assert new.read_text() == "old, written late"
    assert new.stat().st_ino == inode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "standing"]


def test_nothing_is_exchanged_with_what_is_not_there(tmp_path: Path, by_kernel: bool) -> None:
    new = tmp_path / "new"
    new.write_text("new")
    with pytest.raises(FileNotFoundError):
        exchange(new, tmp_path / "standing", by_kernel=by_kernel)
    assert new.read_text() == "new"


def test_a_file_is_placed_where_none_is_and_nowhere_else(tmp_path: Path, by_kernel: bool) -> None:
    new, standing = tmp_path / "new", tmp_path / "standing"
    new.write_text("new")
    place(new, standing, by_kernel=by_kernel)
    assert standing.read_text() == "new"
    assert not new.exists()
    new.write_text("newer")
    with pytest.raises(FileExistsError):
        place(new, standing, by_kernel=by_kernel)
    assert (standing.read_text(), new.read_text()) == ("new", "newer")


def test_a_reader_always_finds_one_of_them_whole(tmp_path: Path, by_kernel: bool) -> None:
    new, standing = tmp_path / "new", tmp_path / "standing"
    new.write_text("a" * 1000)
    standing.write_text("b" * 1000)
    look = (
        "import sys; path = sys.argv[1]; print(flush=True)\n"
        "while not sys.stdin.closed:\n"
        "    text = open(path).read()\n"
        "    if text == 'c': break\n"
        "    assert text in ('a' * 1000, 'b' * 1000), text\n"
    )
    reader = subprocess.Popen([sys.executable, "-c", look, standing], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert reader.stdout is not None
    reader.stdout.readline()
    for _ in range(500):
        exchange(new, standing, by_kernel=by_kernel)
    last = tmp_path / "last"  # a file of its own: the reader may still have either of the others open
    last.write_text("c")
    exchange(last, standing, by_kernel=by_kernel)
    reader.communicate()
    assert reader.returncode == 0
