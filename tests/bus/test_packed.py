"""Packed segments: what every gzip program reads, from any place, at the cost of one member."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus import packed
from trinity_tui.bus.packed import MEMBER_BYTES, Members

if TYPE_CHECKING:
    from pathlib import Path


def text(size: int, seed: int = 1) -> bytes:
    """Lines that pack about as well as a log."""
    chance = random.Random(seed)
    parts = [b'{"v":1,"id":"%016x","content":"as usual"}\n' % chance.getrandbits(64) for _ in range(size // 48 + 1)]
    return b"".join(parts)[:size]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(b"".join(packed.pack(data)))
    return path


def members(path: Path) -> Members:
    return Members(os.open(path, os.O_RDONLY))


@pytest.mark.parametrize("size", [0, 1, MEMBER_BYTES - 1, MEMBER_BYTES, MEMBER_BYTES + 1, 3 * MEMBER_BYTES + 17])
def test_any_gzip_program_reads_it(tmp_path: Path, size: int) -> None:
    data = text(size)
    path = write(tmp_path / "a.jsonl.gz", data)
    assert gzip.decompress(path.read_bytes()) == data
    if size:
        assert subprocess.run(["zcat", path], capture_output=True, check=True).stdout == data
    found = members(path)
    assert found.size == size
    assert found.read(size + 5, 0) == data
    found.close()


@given(st.lists(st.tuples(st.integers(0, 3 * MEMBER_BYTES), st.integers(0, 300_000)), min_size=1, max_size=6))
def test_it_reads_from_any_place_as_the_plain_one(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[int, int]]
) -> None:
    data = text(2 * MEMBER_BYTES + 4321)
    path = tmp_path_factory.getbasetemp() / "places.jsonl.gz"
    if not path.exists():
        write(path, data)
    found = members(path)
    for offset, count in places:
        assert found.read(count, offset) == data[offset : offset + count]
    found.close()


def test_a_file_of_another_program_is_read_too(tmp_path: Path) -> None:
    data = text(MEMBER_BYTES * 2)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(data))
    found = members(path)
    assert (found.size, found.read(100, MEMBER_BYTES)) == (len(data), data[MEMBER_BYTES : MEMBER_BYTES + 100])
    found.close()


def test_a_damaged_member_costs_its_own_lines_only(tmp_path: Path) -> None:
    data = text(3 * MEMBER_BYTES)
    path = write(tmp_path / "a.jsonl.gz", data)
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 8] = b"damaged!"
    path.write_bytes(raw)
    found = members(path)
    read = found.read(len(data), 0)
    found.close()
    assert len(read) == len(data)
    assert read[:MEMBER_BYTES] == data[:MEMBER_BYTES]
    assert read[MEMBER_BYTES : 2 * MEMBER_BYTES] == b"\0" * MEMBER_BYTES
    assert read[2 * MEMBER_BYTES :] == data[2 * MEMBER_BYTES :]


def test_a_file_that_is_cut_is_read_up_to_there(tmp_path: Path) -> None:
    data = text(2 * MEMBER_BYTES)
    path = write(tmp_path / "a.jsonl.gz", data)
    whole = path.read_bytes()
    for cut in (0, 5, 30, len(whole) - 3):
        path.write_bytes(whole[:cut])
        found = members(path)
        assert found.read(len(data), 0) == data[: found.size]
        assert found.size == (MEMBER_BYTES if cut > 30 else 0)
        found.close()
