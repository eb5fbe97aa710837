"""Whether somebody read a file before it was written to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from trinity_tui.daemon.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sightings() -> Iterator[Sightings]:
    made = Sightings()
    yield made
    made.close()


def test_a_reader_is_told_once_wherever_the_file_is_by_then(tmp_path: Path, sightings: Sightings) -> None:
    seen: list[str] = []
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("x")
    other.write_text("x")
    assert sightings.watch(one, lambda: seen.append("one"))
    assert sightings.watch(other, lambda: seen.append("other"))
    sightings.drain()
    assert seen == []
    os.replace(one, tmp_path / "moved")
    (tmp_path / "moved").read_text()
    (tmp_path / "moved").read_text()
    sightings.drain()
    (tmp_path / "moved").read_text()
    sightings.drain()
    assert seen == ["one"]


def test_a_writer_that_did_not_read_is_no_reader(tmp_path: Path, sightings: Sightings) -> None:
    seen: list[str] = []
    path = tmp_path / "one"
    path.write_text("x")
    assert sightings.watch(path, lambda: seen.append("one"))
    path.write_text("y")
    path.read_text()
    sightings.drain()
    path.read_text()
    sightings.drain()
    assert seen == []


def test_a_file_that_is_not_there_cannot_be_watched(tmp_path: Path, sightings: Sightings) -> None:
    assert not sightings.watch(tmp_path / "one", lambda: None)
