"""Output files: their end, following them, their bounds."""

from __future__ import annotations

import os
import tracemalloc
from typing import TYPE_CHECKING

from trinity_tui.supervision import output
from trinity_tui.supervision.following import Reader

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_tail(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    assert output.tail(path, 3) == []
    path.write_bytes(b"")
    assert output.tail(path, 3) == []
    path.write_bytes(b"one\ntwo\n\nfour\nunfini\xff")
    assert output.tail(path, 3) == ["", "four", "unfini\ufffd"]
    assert output.tail(path, 99)[0] == "one"
    assert output.tail(path, 0) == []
    long = b"x" * 100_000
    path.write_bytes(b"one\n" + long + b"\nthree\n")
    assert output.tail(path, 2) == [long.decode(), "three"]


def test_a_hundred_megabytes_without_a_newline_are_shown_in_pieces_and_never_held(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
        file.seek(0, os.SEEK_END)
        file.write("é".encode() * output.TAIL_BYTES + b"\xff\0end")
    tracemalloc.start()
    pieces = output.tail(path, 1000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 * output.TAIL_BYTES
    assert max(map(len, pieces)) <= output.LINE_BYTES
    text = "".join(pieces[1:])
    assert text.endswith("é\ufffd\0end")
    assert "\ufffd" not in text[:-5], "no character is cut in two"


def everything(path: Path) -> list[str]:
    """All that can be read from the beginning."""
    reader = Reader(path, 0)
    found: list[str] = []
    while lines := reader.read():
        found += lines
    reader.close()
    return found


def numbered(first: int, count: int) -> bytes:
    return b"".join(b"%07d %s\n" % (number, b"." * 90) for number in range(first, first + count))


def test_what_is_given_back_is_skipped_to_the_next_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(numbered(0, 20_000))
    size = path.stat().st_size
    first = output.bound(path, 256 * 1024)
    assert first is not None
    assert size - first <= 128 * 1024 + 4096
    assert path.stat().st_size == size, "offsets stay"
    assert path.stat().st_blocks * 512 <= 256 * 1024
    assert output.bound(path, 256 * 1024) is None
    with path.open("ab") as file:
        file.write(b"last\n")
    lines = everything(path)
    kept = [line for line in lines if line != "last"]
    assert all(len(line) == 98 for line in kept)
    assert int(kept[0].split()[0]) * 99 >= first
    assert output.tail(path, 1) == ["last"]
    assert "\0" not in "".join(output.tail(path, 100_000))


def test_where_no_hole_can_be_made_the_file_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(numbered(0, 20_000))
    reader = Reader(path, path.stat().st_size - 99)
    assert len(reader.read()) == 1
    monkeypatch.setattr(output, "_punch", _cannot_punch)
    assert output.bound(path, 256 * 1024) == 0
    assert path.stat().st_size == 0
    assert output.tail(path.with_suffix(".before"), 1)[0].startswith("0019999")
    with path.open("ab") as file:
        file.write(b"new\n")
    assert reader.read() == ["new"]
    assert reader.offset == 4
    reader.close()


def _cannot_punch(descriptor: int, length: int) -> bool:
    return False


def test_only_the_newest_runs_are_kept(tmp_path: Path) -> None:
    for epoch in (1, 2, 3, 9, 10, 11):
        (tmp_path / f"{epoch}.log").touch()
    (tmp_path / "9.before").touch()
    (tmp_path / "notes.log").touch()
    output.prune(tmp_path, 2)
    assert set(os.listdir(tmp_path)) == {"10.log", "11.log", "notes.log"}


def test_pages_before_a_place_join_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(numbered(0, 1_000))
    place, found = output.start_of_last(path, 10), list[str]()
    while True:
        begin, lines = output.before(path, place, 300)
        if begin >= place:
            break
        place, found = begin, lines + found
    assert found == output.tail(path, 1_000)[:-10]
    assert (place, output.before(tmp_path / "none.log", 7, 5)) == (0, (7, []))
