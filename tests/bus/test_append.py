"""Appending: positions, segments, fences, and what a full disk or a deleted folder does."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus import open_bus
from trinity_tui.bus.append import Appender
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.layout import Layout
from trinity_tui.bus.lock import AppendLock
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bus.conftest import Starter, Talk


class Writer:
    """An appender with its lock."""

    def __init__(self, root: Path, segment_bytes: int) -> None:
        self.layout = Layout(root)
        self.layout.create()
        self.stats = Stats()
        self.lock = AppendLock(self.layout.lock)
        self.appender = Appender(self.layout, self.lock, segment_bytes, self.stats)

    def append(self, *lines: bytes) -> list[int]:
        assert self.lock.try_acquire()
        try:
            outcome = self.appender.append(lines)
        finally:
            self.lock.release()
        if outcome.error:
            raise outcome.error
        return outcome.positions

    def close(self) -> None:
        self.appender.close()
        self.lock.close()


@pytest.fixture
def writers(root: Path) -> Iterator[list[Writer]]:
    """Two writers on one log of small segments."""
    found = [Writer(root, 100) for _ in range(2)]
    yield found
    for writer in found:
        writer.close()


def segments(root: Path) -> dict[int, bytes]:
    """The log's segments by where they begin."""
    return {int(path.stem): path.read_bytes() for path in sorted((root / "log").glob("*.jsonl"))}


def test_a_line_stands_where_the_log_ended(writers: list[Writer], root: Path) -> None:
    assert writers[0].append(b"one\n", b"three\n") == [0, 4]
    assert writers[1].append(b"four\n") == [10]
    assert segments(root) == {0: b"one\nthree\nfour\n"}


def test_a_segment_that_is_long_enough_is_followed_by_one_named_by_where_it_ends(
    writers: list[Writer], root: Path
) -> None:
    first, second = writers
    line = b"x" * 59 + b"\n"
    assert [first.append(line)[0] for _ in range(3)] == [0, 60, 120]
    assert second.append(b"other\n") == [180]
    assert first.append(line) == [186]
    assert {base: len(data) for base, data in segments(root).items()} == {0: 120, 120: 126}
    assert first.append(b"next\n") == [246]
    assert list(segments(root)) == [0, 120, 246]


def test_a_writer_that_slept_over_several_segments_finds_the_last(writers: list[Writer], root: Path) -> None:
    first, second = writers
    second.append(b"early\n")
    for _ in range(5):
        first.append(b"y" * 119 + b"\n")
    assert second.append(b"late\n") == [6 + 5 * 120]
    assert segments(root)[6 + 5 * 120] == b"late\n"


def test_a_torn_line_is_closed_before_the_next(writers: list[Writer], root: Path) -> None:
    first, second = writers
    first.append(b"whole\n")
    path = root / "log" / f"{0:020d}.jsonl"
    with path.open("ab") as torn:
        torn.write(b"to")
    assert second.append(b"next\n") == [9]
    assert first.append(b"last\n") == [14]
    assert path.read_bytes() == b"whole\nto\nnext\nlast\n"
    assert (first.stats.fences, second.stats.fences) == (0, 1)


def test_a_torn_line_at_the_end_of_a_full_segment_is_closed_there(writers: list[Writer], root: Path) -> None:
    first, second = writers
    first.append(b"z" * 99 + b"\n")
    with (root / "log" / f"{0:020d}.jsonl").open("ab") as torn:
        torn.write(b"torn")
    assert second.append(b"next\n") == [105]
    assert segments(root) == {0: b"z" * 99 + b"\ntorn\n", 105: b"next\n"}


def test_a_line_that_lacks_only_its_newline_is_in(writers: list[Writer], root: Path) -> None:
    """The next one's fence is its newline: refused, it would be said again and stand there twice."""
    first, second = writers
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len("one\ntwo"), before[1]))
    try:
        assert first.append(b"one\n", b"two\n") == [0, 4]
        with pytest.raises(BusError, match="the disk is full: 1 of 1"):
            first.append(b"three\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert second.append(b"four\n") == [8]
    assert segments(root) == {0: b"one\ntwo\nfour\n"}


def test_no_lines_only_close_a_torn_one(writers: list[Writer], root: Path) -> None:
    writers[0].append(b"whole\n")
    with (root / "log" / f"{0:020d}.jsonl").open("ab") as torn:
        torn.write(b"to")
    assert writers[1].append() == []
    assert writers[1].append() == []
    assert segments(root) == {0: b"whole\nto\n"}


def test_the_lock_is_signed_by_who_appended_last_or_by_nobody(writers: list[Writer], root: Path) -> None:
    first, second = writers
    first.append(b"one\n")
    assert int((root / "LOCK").read_bytes()) == os.getpid()
    second.append(b"two\n")
    assert int((root / "LOCK").read_bytes()) == os.getpid()
    # Nothing appended: the one before would not sign again, so no name may stand there.
    first.append()
    assert int((root / "LOCK").read_bytes()) == 0
    first.append(b"three\n")
    assert int((root / "LOCK").read_bytes()) == os.getpid()


def test_a_deleted_folder_is_said_for_ever_after(writers: list[Writer], root: Path) -> None:
    writers[0].append(b"one\n")
    writers[1].append(b"two\n")
    shutil.rmtree(root)
    for writer in writers:
        for _ in range(2):
            with pytest.raises(BusError, match="was deleted"):
                writer.append(b"three\n")


def test_a_lock_that_was_replaced_is_found_out_at_the_first_line_of_another(writers: list[Writer], root: Path) -> None:
    first, _ = writers
    first.append(b"one\n")
    (root / "LOCK").unlink()
    stranger = Writer(root, 100)
    stranger.append(b"two\n")
    with pytest.raises(BusError, match="was deleted"):
        first.append(b"three\n")
    stranger.close()
    assert segments(root) == {0: b"one\ntwo\n"}


def test_a_finished_segment_that_went_meanwhile_is_no_deleted_log(writers: list[Writer], root: Path) -> None:
    first, second = writers
    second.append(b"a" * 119 + b"\n")
    first.append(b"next\n")
    (root / "log" / f"{0:020d}.jsonl").unlink()
    assert second.append(b"more\n") == [125]


async def test_a_full_disk_cuts_a_batch_and_nothing_else(program: Starter, root: Path) -> None:
    process = program("fill_disk", root, 3000)
    report = json.loads(process.line())
    outcomes = report["first"]
    accepted = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert 0 < len(accepted) < len(outcomes)
    assert all(isinstance(outcome, int) for outcome in outcomes[: len(accepted)])
    assert all("the disk is full" in outcome for outcome in outcomes[len(accepted) :])
    assert "the disk is full" in report["again"]
    assert all(isinstance(outcome, int) for outcome in report["after"])
    assert report["found"] == report["ids"]
    assert report["damaged"] == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount here; the limit on a file's size stands in for a full disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


async def test_a_small_disk_fills_and_is_read_and_takes_more_when_there_is_room(small_disk: Path, talk: Talk) -> None:
    bus = open_bus(small_disk / "bus", "test", durability="os")
    room = os.statvfs(small_disk)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (room.f_bavail * room.f_frsize - 8192))
    accepted = 0
    with pytest.raises(BusError, match="the disk is full"):
        while True:
            await bus.publish(talk("y" * 400))
            accepted += 1
    ballast.unlink()
    await bus.publish(talk("after"))
    contents = [record.message.content async for record in bus.read(0)]
    await bus.aclose()
    assert contents == ["y" * 400] * accepted + ["after"]
