"""Snapshots on the disk: whole or not used, of this fold and of this log."""

from __future__ import annotations

import gzip
import json
import stat
from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus import snapshots
from trinity_tui.bus.snapshots import Snapshots
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROOM = b'{"position":7,"seen":"%s"}' % b"".join(b"%x" % (number * number) for number in range(400))


def store(root: Path, fold: int = 3, generation: int = 1, means: Callable[[int, int], bool] | None = None) -> Snapshots:
    """A store that knows positions of its own generation only."""
    return Snapshots(root / "snapshots", fold, generation, means or (lambda position, other: other == generation))


def test_what_was_saved_is_loaded(root: Path) -> None:
    one = store(root)
    one.save(500, ROOM)
    one.save(90, b'{"position":2}')
    assert one.positions() == [90, 500]
    assert (one.load(500), one.load(90), one.load(91)) == (ROOM, b'{"position":2}', None)
    path = one.folder / f"{500:020d}.json.gz"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    plain = json.loads(gzip.decompress(path.read_bytes()))
    assert list(plain) == ["fold_version", "generation", "position", "room"]
    assert plain["room"]["position"] == 7
    one.remove(500)
    one.remove(500)
    assert one.positions() == [90]


def test_the_newest_between_two_positions(root: Path) -> None:
    one = store(root)
    for position in (100, 200, 300):
        one.save(position, b'{"position":%d}' % position)
    assert one.newest(0, 1000) == (300, b'{"position":300}')
    assert one.newest(0, 299) == (200, b'{"position":200}')
    assert one.newest(0, 200) == (200, b'{"position":200}')
    assert one.newest(201, 299) is None


def test_another_fold_and_another_log_are_passed_over(root: Path) -> None:
    store(root, fold=2).save(300, ROOM)
    store(root, generation=9).save(200, ROOM)
    one = store(root)
    one.save(100, ROOM)
    assert one.positions() == [100]
    assert [one.load(position) for position in (300, 200)] == [None, None]
    assert one.newest(0, 1000) == (100, ROOM)
    assert one.sweep(0) == [200, 300]
    assert one.sweep(101) == [100]


@pytest.mark.parametrize("cut", [0, 1, 9, 40, 100, -9, -1])
def test_one_that_is_torn_is_passed_over(root: Path, cut: int, caplog: pytest.LogCaptureFixture) -> None:
    one = store(root)
    one.save(100, b'{"older":1}')
    one.save(200, ROOM)
    path = one.folder / f"{200:020d}.json.gz"
    path.write_bytes(path.read_bytes()[:cut])
    assert one.newest(0, 1000) == (100, b'{"older":1}')
    assert "not used" in caplog.text


def test_one_that_stands_under_another_ones_name_is_passed_over(root: Path) -> None:
    one = store(root)
    one.save(100, ROOM)
    (one.folder / f"{100:020d}.json.gz").rename(one.folder / f"{400:020d}.json.gz")
    assert (one.positions(), one.load(400)) == ([], None)


def test_where_the_log_must_end_for_them_to_be_true(root: Path) -> None:
    one = store(root)
    one.save(100, ROOM)
    one.save(900, ROOM)
    assert snapshots.highest(one.folder, 1000, lambda position, generation: position) == 0
    assert snapshots.highest(one.folder, 500, lambda position, generation: position) == 900
    stills = Snapshots(one.folder / snapshots.STILLS, 3, 1, lambda position, other: True)
    stills.save(950, ROOM)
    assert snapshots.highest(one.folder, 500, lambda position, generation: position) == 950
    assert snapshots.highest(one.folder, 500, lambda position, generation: min(position, 500)) == 500
    assert snapshots.highest(root / "nowhere", 0, lambda position, generation: position) == 0


def test_a_disk_that_refuses_is_said(root: Path) -> None:
    one = store(root)
    (one.folder / f"{100:020d}.json.gz").mkdir()
    with pytest.raises(BusError, match="cannot be written"):
        one.save(100, ROOM)
