"""Paths that would lead out of the folder, and files that are none: refused, also when they are swapped in between."""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.errors import ToolError
from trinity_tui.tools.confine import FILE_BYTES, Confined

_HERE, _EXCHANGE = -100, 2


@pytest.fixture(params=[True, False], ids=["openat2", "by folders"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Confined:
    """A folder with a secret beside it and links to it."""
    root = tmp_path.resolve() / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a.txt").write_text("inside")
    (root.parent / "secret").mkdir()
    (root.parent / "secret" / "a.txt").write_text("secret")
    (root / "out").symlink_to(root.parent / "secret")
    (root / "in").symlink_to("sub")
    return Confined(root, request.param)


@pytest.mark.parametrize(
    ("path", "said"),
    [("../secret/a.txt", "outside"), ("sub/../../secret/a.txt", "outside"),
     ("out/a.txt", "outside"), ("out", "outside"),
     ("/etc/passwd", "outside"), ("", "empty"), ("a\0b", "zero byte"), ("x" * 5000, "longer than"),
     ("\ud800", "no character"),
     ("a\nb", "cannot be shown"), ("a\x1b[2K", "cannot be shown"), ("sub/../..", "outside")],
)  # fmt: skip
def test_what_is_no_path_of_ours(files: Confined, path: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        files.place(path)


def test_a_path_is_named_by_where_it_leads(files: Confined) -> None:
    assert files.place("in/a.txt") == "sub/a.txt"
    assert files.place("./sub//a.txt") == "sub/a.txt"
    assert files.place(str(files.root / "sub")) == "sub"
    assert files.place("not/there/yet") == "not/there/yet"
    assert files.place(".") == "."


@given(st.text(max_size=40))
def test_whatever_a_path_says_it_leads_inside_or_nowhere(text: str) -> None:
    files = Confined(Path(__file__).resolve().parent)
    try:
        place = files.place(text)
    except ToolError:
        return
    assert not place.startswith(("/", ".."))


def test_a_link_is_not_followed_even_where_it_was_none_before(files: Confined) -> None:
    """The place was judged; then somebody swapped the folder for a link."""
    place = files.place("sub/a.txt")
    (files.root / "sub").rename(files.root / "was")
    (files.root / "sub").symlink_to(files.root.parent / "secret")
    with pytest.raises(ToolError, match="link in the way|Not a directory"):
        files.read(place)
    with pytest.raises(ToolError, match="link in the way|Not a directory"):
        files.write(place, b"x")
    assert (files.root.parent / "secret" / "a.txt").read_text() == "secret"


def test_swapped_again_and_again_nothing_outside_is_ever_read_or_written(files: Confined) -> None:
    stop = threading.Event()
    spare = files.root / "spare"
    spare.symlink_to(files.root.parent / "secret")
    (files.root / "swap").mkdir()
    (files.root / "swap" / "a.txt").write_text("inside")

    def swap() -> None:
        while not stop.is_set():
            _exchange(files.root / "swap", spare)

    thread = threading.Thread(target=swap)
    thread.start()
    seen: set[bytes] = set()
    try:
        for number in range(400):
            try:
                seen.add(files.read("swap/a.txt"))
                files.write("swap/a.txt", b"inside %d" % number)
            except ToolError:
                continue
    finally:
        stop.set()
        thread.join()
    assert b"secret" not in seen
    assert (files.root.parent / "secret" / "a.txt").read_text() == "secret"
    assert os.listdir(files.root.parent / "secret") == ["a.txt"]


def _exchange(one: Path, other: Path) -> None:
    """Each takes the other's place, at one instant."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    assert done == 0, os.strerror(ctypes.get_errno())


def test_the_last_part_may_be_no_link_either(files: Confined) -> None:
    (files.root / "link").symlink_to("sub/a.txt")
    with pytest.raises(ToolError, match="link"):
        files.read("link")
    with pytest.raises(ToolError, match="link"):
        files.write("link", b"x")


def test_what_is_no_ordinary_file_is_neither_read_nor_written(files: Confined) -> None:
    os.mkfifo(files.root / "fifo")
    for act in (lambda: files.read("fifo"), lambda: files.write("fifo", b"x"), lambda: files.read("sub")):
        with pytest.raises(ToolError, match="no ordinary file|is a folder"):
            act()


def test_names_of_a_folder_and_of_nothing_a_link_leads_to(files: Confined) -> None:
    assert files.names(".") == ["in", "out", "sub/"]
    assert files.names("sub") == ["a.txt"]
    for place in ("out", "in", "sub/a.txt"):
        with pytest.raises(ToolError, match="link in the way|Not a directory"):
            files.names(place)


def test_a_huge_file_is_not_read(files: Confined) -> None:
    with open(files.root / "huge", "wb") as file:
        file.truncate(FILE_BYTES + 1)
    with pytest.raises(ToolError, match="search it instead"):
        files.read("huge")


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(files: Confined) -> None:
    (files.root / "sub" / "a.txt").chmod(0o755)
    files.write("sub/a.txt", b"new")
    assert files.read("sub/a.txt") == b"new"
    assert (files.root / "sub" / "a.txt").stat().st_mode & 0o777 == 0o755
    files.write("deep/er/b.txt", b"made")
    assert (files.root / "deep" / "er" / "b.txt").read_bytes() == b"made"
    assert not [name for name in os.listdir(files.root / "sub") if name.endswith(".new")]


def test_a_name_that_is_no_utf_8_is_a_name(files: Confined) -> None:
    name = os.fsdecode(b"caf\xe9")
    files.write(name, b"x")
    assert files.read(files.place(name)) == b"x"


def test_why_not_names_the_file(files: Confined) -> None:
    with pytest.raises(ToolError, match=r"sub/none: No such file"):
        files.read("sub/none")
    with pytest.raises(ToolError, match=r"sub/a.txt/x: Not a directory"):
        files.write("sub/a.txt/x", b"")
