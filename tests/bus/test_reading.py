"""Reading: from any start, over segments, past what is torn, never half a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus import reading
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.layout import Layout
from trinity_tui.bus.reading import EndProbe, LineFetcher, LogReader
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SEGMENT_BYTES = 64


def write_log(root: Path, *segments: bytes, first: int = 0) -> Layout:
    """A log of these segments."""
    paths = Layout(root)
    paths.create()
    base = first
    for data in segments:
        paths.segment(base).write_bytes(data)
        base += len(data)
    return paths


def read_all(paths: Layout, start: int = 0, stats: Stats | None = None) -> list[tuple[int, bytes]]:
    """Every line from a position."""
    reader = LogReader(paths, SEGMENT_BYTES, start, stats or Stats())
    found: list[tuple[int, bytes]] = []
    while lines := reader.lines():
        found += lines
    reader.close()
    return found


FIRST = b"a" * 30 + b"\n" + b"b" * 40 + b"\n"
SECOND = b"c" * 70 + b"\n"
LINES = [(0, b"a" * 30), (31, b"b" * 40), (72, b"c" * 70), (143, b"d")]


@pytest.mark.parametrize(
    ("start", "first"), [(0, 0), (1, 1), (30, 1), (31, 1), (32, 2), (72, 2), (73, 3), (143, 3), (144, 4), (999, 4)]
)
def test_a_start_in_the_middle_of_a_line_goes_on_at_the_next(root: Path, start: int, first: int) -> None:
    paths = write_log(root, FIRST, SECOND, b"d\n")
    assert read_all(paths, start) == LINES[first:]


def test_a_start_before_the_oldest_segment_is_that_segment(root: Path) -> None:
    paths = write_log(root, SECOND, first=500)
    assert read_all(paths, 3) == [(500, b"c" * 70)]


def test_what_has_no_newline_yet_is_not_read(root: Path) -> None:
    paths = write_log(root, b"whole\nhal")
    reader = LogReader(paths, SEGMENT_BYTES, 0, Stats())
    assert reader.lines() == [(0, b"whole")]
    assert reader.lines() == []
    with paths.segment(0).open("ab") as log:
        log.write(b"f\n")
    assert reader.lines() == [(6, b"half")]
    assert reader.position == 11
    reader.close()


def test_a_reader_goes_on_when_the_next_segment_is_made(root: Path) -> None:
    paths = write_log(root, FIRST)
    reader = LogReader(paths, SEGMENT_BYTES, 0, Stats())
    assert len(reader.lines()) == 2
    assert reader.lines() == []
    paths.segment(72).touch()
    assert reader.lines() == []
    paths.segment(72).write_bytes(b"next\n")
    assert reader.lines() == [(72, b"next")]
    reader.close()


def test_a_segment_that_is_finished_between_two_looks_is_read_to_its_end(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write shows page by page: half of the last line was there, then all of it and the segment after it."""
    paths, stats = write_log(root, FIRST[:-1]), Stats()
    has = paths.has

    def has_meanwhile(base: int) -> bool:
        paths.segment(0).write_bytes(FIRST)
        paths.segment(len(FIRST)).write_bytes(SECOND)
        return has(base)

    monkeypatch.setattr(paths, "has", has_meanwhile)
    assert read_all(paths, 0, stats) == LINES[:3]
    assert stats.damaged == 0


def test_a_log_without_a_segment_is_read_when_it_has_one(root: Path) -> None:
    paths = write_log(root)
    reader = LogReader(paths, SEGMENT_BYTES, 0, Stats())
    assert reader.lines() == []
    paths.segment(0).write_bytes(b"first\n")
    assert reader.lines() == [(0, b"first")]
    reader.close()


def test_a_missing_segment_is_passed_over_and_counted(root: Path) -> None:
    paths = write_log(root, FIRST, SECOND, b"d\n")
    paths.segment(72).unlink()
    stats = Stats()
    assert read_all(paths, 0, stats) == [LINES[0], LINES[1], LINES[3]]
    assert stats.damaged == 1


def test_a_line_of_many_chunks_is_read(root: Path) -> None:
    long = b"x" * (3 * reading.CHUNK_BYTES)
    paths = write_log(root, b"short\n" + long + b"\nlast\n")
    assert [len(text) for _, text in read_all(paths)] == [5, len(long), 4]


def test_a_run_without_end_is_passed_over_and_counted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LONGEST_LINE_BYTES", 2 * reading.CHUNK_BYTES)
    stats = Stats()
    paths = write_log(root, b"short\n" + b"x" * (9 * reading.CHUNK_BYTES) + b"\nlast\n")
    assert [text for _, text in read_all(paths, 0, stats)] == [b"short", b"last"]
    assert stats.damaged == 1


def test_segments_that_are_not_wanted_are_passed_over(root: Path) -> None:
    paths = write_log(root, FIRST, SECOND, SECOND, b"d\n")
    asked: list[int] = []

    def is_wanted(base: int) -> bool:
        asked.append(base)
        return base == 143

    reader = LogReader(paths, SEGMENT_BYTES, 0, Stats(), is_wanted)
    found: list[tuple[int, bytes]] = []
    while lines := reader.lines():
        found += lines
    reader.close()
    assert found == [(143, b"c" * 70), (214, b"d")]
    assert asked == [0, 72, 143]


def test_a_deleted_log_is_said_by_who_waits_for_more(root: Path) -> None:
    paths = write_log(root, b"one\n")
    reader = LogReader(paths, SEGMENT_BYTES, 0, Stats())
    probe = EndProbe(paths, SEGMENT_BYTES)
    assert probe.end() == 4
    reader.check_there()
    paths.segment(0).unlink()
    with pytest.raises(BusError, match="was deleted"):
        reader.check_there()
    with pytest.raises(BusError, match="was deleted"):
        probe.end()
    reader.close()
    probe.close()


def test_the_end_is_followed_over_segments(root: Path) -> None:
    paths = write_log(root, b"one\n")
    probe = EndProbe(paths, SEGMENT_BYTES)
    assert (probe.end(), probe.is_torn()) == (4, False)
    paths.segment(0).write_bytes(FIRST)
    assert probe.end() == 72
    paths.segment(72).write_bytes(b"to")
    assert (probe.end(), probe.is_torn()) == (74, True)
    probe.close()


def test_single_lines_are_fetched_from_segments_old_and_new(root: Path) -> None:
    paths = write_log(root, FIRST)
    fetcher = LineFetcher(paths)
    assert fetcher.fetch(31, 40) == b"b" * 40
    paths.segment(72).write_bytes(SECOND)
    assert fetcher.fetch(72, 70) == b"c" * 70
    assert fetcher.fetch(0, 30) == b"a" * 30
    with pytest.raises(BusError, match="not in the log any more"):
        fetcher.fetch(140, 30)
    fetcher.close()


lines_ = st.lists(st.binary(max_size=20).map(lambda data: data.replace(b"\n", b".")), max_size=12)


@given(lines_, st.integers(1, 40), st.integers(0, 300))
def test_every_start_gives_the_lines_that_begin_there_or_later(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], segment_bytes: int, start: int
) -> None:
    paths = Layout(tmp_path_factory.mktemp("log"))
    paths.create()
    position = base = 0
    expected: list[tuple[int, bytes]] = []
    paths.segment(0).touch()
    for text in texts:
        if position - base >= segment_bytes:
            base = position
        with paths.segment(base).open("ab") as log:
            log.write(text + b"\n")
        if position >= start and text:
            expected.append((position, text))
        position += len(text) + 1
    reader = LogReader(paths, segment_bytes, start, Stats())
    found = list(_drain(reader))
    reader.close()
    assert found == expected
    assert reader.position == position


def _drain(reader: LogReader) -> Iterable[tuple[int, bytes]]:
    while lines := reader.lines():
        yield from lines
