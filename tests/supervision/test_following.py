"""Following an output file: woken by writes, across holes and cuts, in whole lines or bounded pieces."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.supervision import output, writes
from trinity_tui.supervision.following import Reader, follow, rest
from trinity_tui.supervision.writes import Writes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(params=["told", "polling"])
async def news(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Writes]:
    """What tells of writes, and the same where the kernel has no descriptor left."""
    if request.param == "polling":
        monkeypatch.setattr(writes, "Inotify", _spent)
    made = Writes()
    yield made
    made.close()


def _spent() -> None:
    raise OSError(24, "Too many open files")


async def collect(news: Writes, path: Path, offset: int, count: int) -> tuple[int, list[str]]:
    found: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(follow(news, path, offset)) as batches:
        async for after, lines in batches:
            offset = after
            found += lines
            if len(found) >= count:
                break
    return offset, found


async def test_follow_goes_on_where_it_was(tmp_path: Path, news: Writes) -> None:
    path = tmp_path / "1.log"
    waiting = asyncio.create_task(collect(news, path, 0, 2))
    await asyncio.sleep(0)
    path.write_bytes(b"one\ntwo\nthr")
    offset, lines = await waiting
    assert (offset, lines) == (8, ["one", "two"])
    with path.open("ab") as file:
        file.write(b"ee\n" + b"y" * 100_000 + b"\n")
    offset, lines = await collect(news, path, offset, 2)
    assert lines == ["three", "y" * 100_000]
    assert offset == path.stat().st_size


async def test_a_line_without_end_comes_in_pieces_of_whole_characters(tmp_path: Path, news: Writes) -> None:
    path = tmp_path / "1.log"
    line = "z" + "é" * output.LINE_BYTES
    path.write_bytes(line.encode() + b"\nafter\n")
    _, lines = await collect(news, path, 0, 4)
    assert "".join(lines[:-1]) == line
    assert lines[-1] == "after"
    assert all(len(piece.encode()) <= output.LINE_BYTES for piece in lines)


def test_no_more_than_a_piece_is_held_of_a_line_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(bytes(10 * output.LINE_BYTES))
    reader = Reader(path, 0)
    assert [len(line) for line in reader.read()] == [output.LINE_BYTES]
    while reader.read():
        continue
    assert reader.offset == 9 * output.LINE_BYTES
    assert reader.read_rest() == ["\0" * output.LINE_BYTES]
    reader.close()


def test_what_a_killed_program_left_unfinished_is_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "1.log"
    assert rest(path, 0) == []
    path.write_bytes(b"one\nhalf")
    assert rest(path, 4) == ["half"]
    assert rest(path, 8) == []


async def test_a_writer_wakes_its_follower_without_polling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLL_SECONDS", "DOUBT_SECONDS"):
        monkeypatch.setattr(writes, name, 3600.0 if name == "DOUBT_SECONDS" else 0.0)
    news, path = Writes(), tmp_path / "1.log"
    path.write_bytes(b"first\n")
    seen: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(follow(news, path)) as batches:
        async for _, lines in batches:
            seen += lines
            if len(seen) == 50:
                break
            with path.open("ab") as file:
                file.write(b"line %d\n" % len(seen))
    assert seen == ["first", *(f"line {n}" for n in range(1, 50))]
    news.close()


async def test_a_follower_crosses_a_rotation_without_gap(tmp_path: Path, news: Writes) -> None:
    path = tmp_path / "1.log"
    program = "import os,sys\nfor i in range(40000): os.write(1, b'%07d %s\\n' % (i, b'.' * 90))"
    with path.open("ab") as file:
        writer = await asyncio.create_subprocess_exec(sys.executable, "-S", "-E", "-c", program, stdout=file)
    rotated = 0
    found: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(follow(news, path)) as batches:
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
