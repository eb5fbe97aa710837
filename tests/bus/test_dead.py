"""Dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus import DeadLetter, DeadReader, dead, dead_letters
from trinity_tui.bus.layout import Layout
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from pathlib import Path


def letter(consumer: str, position: int, reason: str = "it broke") -> DeadLetter:
    return DeadLetter(
        consumer=consumer, position=position, attempts=5, reason=reason, at="2026-01-01T00:00:00.000000Z", line="{}"
    )


def test_letters_are_kept_by_consumer_and_listed_by_position(root: Path) -> None:
    paths = Layout(root)
    paths.create()
    assert dead_letters(root) == []
    kept = [letter("builder-1", 20), letter("araya", 10), letter("builder-1", 5)]
    for one in kept:
        dead.bury(paths.dead, one)
    assert dead_letters(root) == [kept[2], kept[1], kept[0]]


def test_a_torn_letter_costs_only_itself_and_a_repeated_one_counts_once(root: Path) -> None:
    paths = Layout(root)
    paths.create()
    with (paths.dead / "builder-1.jsonl").open("wb") as file:
        file.write(b'{"consumer":"buil')
    dead.bury(paths.dead, letter("builder-1", 1))
    dead.bury(paths.dead, letter("builder-1", 1, "again"))
    assert dead_letters(root) == [letter("builder-1", 1, "again")]


def test_a_reader_has_each_letter_once_and_a_torn_one_when_it_is_whole(root: Path) -> None:
    paths = Layout(root)
    paths.create()
    reader = DeadReader(root)
    assert reader.new() == []
    dead.bury(paths.dead, letter("builder-1", 1))
    assert reader.new() == [letter("builder-1", 1)]
    with (paths.dead / "builder-1.jsonl").open("ab") as file:
        file.write(b'{"consumer":"buil')
    assert reader.new() == []
    dead.bury(paths.dead, letter("builder-1", 2))
    dead.bury(paths.dead, letter("araya", 3))
    assert reader.new() == [letter("araya", 3), letter("builder-1", 2)]
    assert reader.new() == []


def test_a_letter_that_cannot_be_kept_is_said(root: Path) -> None:
    with pytest.raises(BusError, match="cannot be written"):
        dead.bury(root / "absent", letter("builder-1", 1))
