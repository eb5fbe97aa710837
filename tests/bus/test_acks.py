"""A consumer's own file: kept through restarts, torn lines, compaction, and generations of the log."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus import acks, files
from trinity_tui.bus.acks import Acks
from trinity_tui.bus.layout import Format
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def reopened(path: Path, format_: Format | None = None) -> Acks:
    """The file as the next process finds it."""
    return Acks(path, format_ or Format(), lambda: (0, 0))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file may be."""
    return tmp_path / "builder-1" / "acks.jsonl"


def test_the_first_start_is_noted_durably(path: Path) -> None:
    Acks(path, Format(), lambda: (100, 400)).close()
    found = reopened(path)
    assert (found.low, found.many_from) == (100, 400)
    found.close()


def test_what_is_noted_is_there_after_a_restart(path: Path) -> None:
    first = reopened(path)
    first.ack(10)
    first.retry(20, 2, 5.5)
    first.retry(30, 2, 6.0)
    first.ack(30)
    first.retry(20, 3, 9.0)
    first.close()
    second = reopened(path)
    assert (second.acked, second.retries) == ({10, 30}, {20: (3, 9.0)})
    second.advance(15)
    second.advance(12)
    second.close()
    third = reopened(path)
    assert third.low == 15
    third.close()


def test_a_torn_line_costs_only_itself(path: Path) -> None:
    first = reopened(path)
    first.ack(10)
    first.close()
    with path.open("ab") as file:
        file.write(b'{"a":2')
    second = reopened(path)
    assert second.acked == {10}
    second.ack(30)
    second.close()
    third = reopened(path)
    assert third.acked == {10, 30}
    third.close()


def test_a_file_without_its_first_line_is_said(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"a":1}\n')
    with pytest.raises(BusError, match=r"acks\.jsonl cannot be read"):
        reopened(path)
    assert acks.highest_mark(path, Format()) == 0


def test_compaction_keeps_what_counts_and_only_that(path: Path) -> None:
    first = reopened(path)
    position = 0
    while not first.is_long():
        position += 10
        first.ack(position)
    first.retry(position + 5, 2, 7.0)
    first.compact(position - 15)
    assert first.acked == {position - 10, position}
    assert path.stat().st_size < 200
    first.ack(position + 20)
    first.close()
    second = reopened(path)
    assert second.low == position - 15
    assert second.acked == {position - 10, position, position + 20}
    assert second.retries == {position + 5: (2, 7.0)}
    second.close()


def test_a_file_that_stays_long_is_not_compacted_at_every_line(path: Path) -> None:
    first = reopened(path)
    for position in range(0, 100_000, 10):
        first.ack(position)
    assert first.is_long()
    first.compact(0)
    first.ack(200_000)
    assert not first.is_long()
    first.close()


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("step", ["open", "write", "fsync", "close", "replace", "sync_folder"])
def test_a_kill_at_any_step_of_a_compaction_loses_nothing(
    path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reopened(path)
    for position in range(1, 50):
        first.ack(position)

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(files if step == "sync_folder" else os, step, killed)
        with pytest.raises(Killed):
            first.compact(20)
    first.close()
    second = reopened(path)
    assert second.low in (0, 20)
    assert {position for position in range(1, 50) if position < second.low} | second.acked == set(range(1, 50))
    second.ack(60)
    second.close()
    assert [entry.name for entry in path.parent.iterdir()] == ["acks.jsonl"]


def test_a_line_that_was_cut_by_a_full_disk_does_not_spoil_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reopened(path)
    first.ack(1)
    write: Callable[[int, bytes], int] = os.write
    writes: list[bytes] = []

    def short(descriptor: int, data: bytes) -> int:
        writes.append(data)
        if len(writes) > 1:
            raise OSError(28, os.strerror(28))
        return write(descriptor, data[:4])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", short)
        with pytest.raises(BusError, match="No space left"):
            first.ack(2)
    assert first.acked == {1}
    first.ack(3)
    first.close()
    second = reopened(path)
    assert second.acked == {1, 3}
    second.close()


@given(
    st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=40),
    st.integers(0, 120),
    st.integers(0, 2000),
)
def test_cut_anywhere_it_says_a_part_of_what_was_noted(
    tmp_path_factory: pytest.TempPathFactory, notes: list[tuple[int, bool]], low: int, cut: int
) -> None:
    path = tmp_path_factory.mktemp("consumer") / "c" / "acks.jsonl"
    own = reopened(path)
    for position, is_retry in notes:
        if is_retry:
            own.retry(position, 2, 1.0)
        else:
            own.ack(position)
    own.advance(low)
    own.close()
    data = path.read_bytes()
    header = data.index(b"\n") + 1
    path.write_bytes(data[: max(header, len(data) - cut)])
    found = reopened(path)
    assert found.acked <= {position for position, is_retry in notes if not is_retry}
    assert found.low in (0, low)
    found.close()


def test_marks_of_an_older_generation_count_up_to_where_the_next_began(path: Path) -> None:
    first = Acks(path, Format(), lambda: (0, 500))
    for position in (100, 299, 300, 800):
        first.ack(position)
    first.retry(250, 2, 1.0)
    first.retry(900, 2, 1.0)
    first.close()
    assert acks.highest_mark(path, Format()) == 901
    restored = Format().raised(300)
    assert acks.highest_mark(path, restored) == 300
    second = reopened(path, restored)
    assert (second.low, second.many_from) == (0, 300)
    assert (second.acked, second.retries) == ({100, 299}, {250: (2, 1.0)})
    second.ack(700)
    second.close()
    third = reopened(path, restored)
    assert third.acked == {100, 299, 700}
    third.close()
