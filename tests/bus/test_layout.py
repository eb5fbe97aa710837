"""The folder, its format and its generations."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus import layout
from trinity_tui.bus.layout import Format, Layout
from trinity_tui.core.errors import BusError, FormatError, LogDeletedError, StoreError
from trinity_tui.core.migrate import Formats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Talk


async def test_everything_is_this_users_alone(root: Path, opened: Opener, talk: Talk) -> None:
    bus = opened()
    bus.consumer("builder-1", "builder")
    await bus.publish(talk("long " * 50_000))
    modes = {path.relative_to(root).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}
    assert {mode for name, mode in modes.items() if (root / name).is_dir()} == {0o700}
    assert {mode for name, mode in modes.items() if (root / name).is_file()} == {0o600}
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert {"format.json", "LOCK", "log", "bells", "consumers", "blobs", "dead"} <= modes.keys()


async def test_the_first_to_open_settles_the_size_of_segments(root: Path, opened: Opener) -> None:
    opened(segment_bytes=1000)
    opened(segment_bytes=2000)
    found = layout.read_format(Layout(root))
    assert found is not None
    assert found.segment_bytes == 1000


@pytest.mark.parametrize(
    ("content", "said"), [(b'{"format":99}', "has format 99"), (b'{"form', "cannot be read"), (b"[]", "cannot be read")]
)
def test_a_format_that_is_not_ours_is_refused_with_its_file(
    root: Path, opened: Opener, content: bytes, said: str
) -> None:
    root.mkdir()
    (root / "format.json").write_bytes(content)
    with pytest.raises(StoreError, match=rf"format\.json.*{said}"):
        opened()


async def test_a_log_of_format_1_is_brought_forward_when_it_is_opened(root: Path, opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=1000)
    await bus.publish(*(talk(f"number {number}") for number in range(20)))
    before = [record async for record in bus.read(0)]
    await bus.aclose()
    path = root / "format.json"
    older = {"format": 1, "generation": 2, "starts": [0, 700], "segment_bytes": 1000, "durability": "batch"}
    path.write_bytes(msgspec.json.encode(older))
    found = opened()
    assert msgspec.json.decode(path.read_bytes()) == older | {"format": 2}
    assert found.generation == 2
    assert [record async for record in found.read(0)] == before
    # A program that knows no further than format 1 refuses what this one wrote.
    with pytest.raises(FormatError, match=r"format\.json has format 2, written by a newer .* up to 1"):
        Formats(1).forward(msgspec.json.decode(path.read_bytes()), str(path))


async def test_a_log_whose_bringing_forward_was_cut_off_is_whole_and_goes_on(
    root: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened().aclose()
    path = root / "format.json"
    path.write_bytes(b'{"format":1,"generation":1,"starts":[0],"segment_bytes":1000,"durability":"interval"}')
    before = path.read_bytes()

    def cut_off(source: object, target: object) -> None:
        raise OSError(5, "cut off")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", cut_off)
        with pytest.raises(BusError, match="cut off"):
            opened()
    assert path.read_bytes() == before
    opened()
    assert msgspec.json.decode(path.read_bytes())["format"] == 2


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, opened: Opener) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BusError, match=r"the message log cannot be made: .*file"):
        opened(tmp_path / "file" / "bus")


@given(st.lists(st.integers(0, 10_000), max_size=5), st.integers(0, 20_000))
def test_a_mark_counts_up_to_where_a_later_generation_began(ends: list[int], mark: int) -> None:
    current = Format()
    worth = mark
    for end in ends:
        current = current.raised(end)
        worth = min(worth, end)
    assert current.clamp(mark, 1) == worth
    assert current.clamp(mark, current.generation) == mark
    assert current.generation == len(ends) + 1


def test_what_is_no_segment_is_no_base(root: Path) -> None:
    paths = Layout(root)
    paths.create()
    for base in (20, 0, 300):
        paths.segment(base).touch()
        paths.sidecar(base).touch()
    for name in ("notes.jsonl", "7.jsonl", f"{7:020d}.jsonl.bak"):
        (paths.log / name).touch()
    assert paths.bases() == [0, 20, 300]
    paths.segment(300).write_bytes(b"12345")
    assert paths.end() == 305


def test_a_deleted_folder_of_segments_is_told_from_a_disk_that_fails(tmp_path: Path) -> None:
    paths = Layout(tmp_path / "bus")
    paths.create()
    assert paths.bases() == []
    paths.log.rmdir()
    with pytest.raises(LogDeletedError, match="was deleted"):
        paths.bases()
