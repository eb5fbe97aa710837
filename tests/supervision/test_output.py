"""Output files: their end, following them, their bounds."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

from trinity_tui.supervision import output

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
    long = b"x" * 200_000
    path.write_bytes(b"one\n" + long + b"\nthree\n")
    assert output.tail(path, 2) == [long.decode(), "three"]


async def collect(path: Path, offset: int, count: int) -> tuple[int, list[str]]:
    found: list[str] = []
    async with asyncio.timeout(20), aclosing(output.follow(path, offset)) as batches:
        async for after, lines in batches:
            offset = after
            found += lines
            if len(found) >= count:
                break
    return offset, found


async def test_follow_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    waiting = asyncio.create_task(collect(path, 0, 2))
    await asyncio.sleep(0)
    path.write_bytes(b"one\ntwo\nthr")
    offset, lines = await waiting
    assert (offset, lines) == (8, ["one", "two"])
    with path.open("ab") as file:
        file.write(b"ee\n" + b"y" * 100_000 + b"\n")
    offset, lines = await collect(path, offset, 2)
    assert lines == ["three", "y" * 100_000]
    assert offset == path.stat().st_size


async def test_a_line_without_end_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(b"z" * (output.LINE_BYTES + 5) + b"\nafter\n")
    _, lines = await collect(path, 0, 3)
    assert [len(line) for line in lines] == [output.LINE_BYTES, 5, 5]


def numbered(first: int, count: int) -> bytes:
    return b"".join(b"%07d %s\n" % (number, b"." * 90) for number in range(first, first + count))


async def test_a_follower_crosses_a_rotation_without_gap(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    program = "import os,sys\nfor i in range(40000): os.write(1, b'%07d %s\\n' % (i, b'.' * 90))"
    with path.open("ab") as file:
        writer = await asyncio.create_subprocess_exec(sys.executable, "-S", "-E", "-c", program, stdout=file)
    rotated = 0
    found: list[str] = []
    async with asyncio.timeout(30), aclosing(output.follow(path)) as batches:
        async for offset, lines in batches:
            found += lines
            # Only what was read may be given back, for this test asks for every line.
            if offset > 600_000 and output.bound(path, 512 * 1024) is not None:
                rotated += 1
            if len(found) >= 40_000 or lines[-1].startswith("0039999"):
                break
    await writer.wait()
    assert rotated >= 1
    numbers = [int(line.split()[0]) for line in found if line]
    assert numbers == sorted(set(numbers)), "no line twice, none out of order"
    assert numbers[-1] == 39_999


async def test_what_is_given_back_is_skipped_to_the_next_whole_line(tmp_path: Path) -> None:
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
    _, lines = await collect(path, 0, 1)
    kept = [line for line in lines if line != "last"]
    assert all(len(line) == 98 for line in kept)
    assert int(kept[0].split()[0]) * 99 >= first
    assert output.tail(path, 1) == ["last"]
    assert "\0" not in "".join(output.tail(path, 100_000))


async def test_where_no_hole_can_be_made_the_file_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(numbered(0, 20_000))
    offset, _ = await collect(path, path.stat().st_size - 99, 1)
    monkeypatch.setattr(output, "_punch", _cannot_punch)
    assert output.bound(path, 256 * 1024) == 0
    assert path.stat().st_size == 0
    assert output.tail(path.with_suffix(".before"), 1)[0].startswith("0019999")
    with path.open("ab") as file:
        file.write(b"new\n")
    assert await collect(path, offset, 1) == (4, ["new"])


def _cannot_punch(descriptor: int, length: int) -> bool:
    return False


def test_only_the_newest_runs_are_kept(tmp_path: Path) -> None:
    for epoch in (1, 2, 3, 9, 10, 11):
        (tmp_path / f"{epoch}.log").touch()
    (tmp_path / "9.before").touch()
    (tmp_path / "notes.log").touch()
    output.prune(tmp_path, 2)
    assert set(os.listdir(tmp_path)) == {"10.log", "11.log", "notes.log"}
