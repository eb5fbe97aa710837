"""Segments plain and packed: the same lines from either, also while one becomes the other or goes."""

from __future__ import annotations

import asyncio
import gzip
import os
from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus import segments, sidecar
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.reading import LineFetcher, LogReader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Starter, Talk

    from trinity_tui.bus import FileBus
    from trinity_tui.bus.layout import Layout

SEGMENT_BYTES = 5000


async def filled(bus: FileBus, talk: Talk, count: int = 100) -> Layout:
    """A log of several finished segments, summed up."""
    for number in range(count):
        await bus.publish(talk(f"number {number}"))
    await bus.chunks()
    return bus.layout


def lines(paths: Layout, start: int = 0) -> list[tuple[int, bytes]]:
    reader = LogReader(paths, SEGMENT_BYTES, start, Stats())
    found: list[tuple[int, bytes]] = []
    while part := reader.lines():
        found += part
    reader.close()
    return found


async def test_a_packed_segment_reads_as_the_plain_one(opened: Opener, talk: Talk) -> None:
    paths = await filled(opened(segment_bytes=SEGMENT_BYTES), talk)
    before, base = lines(paths), paths.bases()[1]
    plain = paths.segment(base).read_bytes()
    written = paths.segment(base).stat().st_mtime_ns
    summary = sidecar.load(paths, base)
    assert segments.pack(paths, base) == len(plain) - paths.packed(base).stat().st_size > 0
    assert not paths.segment(base).exists()
    assert gzip.decompress(paths.packed(base).read_bytes()) == plain
    assert paths.packed(base).stat().st_mtime_ns == written
    assert segments.pack(paths, base) == 0
    for start in (0, base - 1, base, base + 1, base + len(plain) // 2, base + len(plain)):
        assert lines(paths, start) == [line for line in before if line[0] >= start]
    assert sidecar.load(paths, base) == summary == sidecar.build(paths, base)
    fetcher = LineFetcher(paths)
    assert [fetcher.fetch(place, len(text)) for place, text in before] == [text for _, text in before]
    fetcher.close()


async def test_who_reads_a_segment_goes_on_while_it_is_packed_or_goes(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    paths = await filled(bus, talk)
    before, bases = lines(paths), paths.bases()
    stats = Stats()
    inside = LogReader(paths, SEGMENT_BYTES, bases[1] + 1, stats)
    held = inside.records(3)
    for base in bases[:-1]:
        segments.pack(paths, base)
    await bus.drop_before(bases[3])
    while part := inside.records(3):
        held += part
    inside.close()
    kept = [place for place, _ in before if bases[1] < place < bases[2] or place >= bases[3]]
    assert [record.position for record in held] == kept
    assert (stats.damaged, stats.skipped) == (0, 1)


async def test_two_processes_read_on_while_segments_are_packed_and_go(
    opened: Opener, talk: Talk, program: Starter, root: Path
) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    readers = [program("reads_all", root, 0) for _ in range(2)]
    assert [reader.line() for reader in readers] == ["ready", "ready"]
    said: list[str] = []
    for number in range(400):
        said.append(f"number {number}")
        await bus.publish(talk(said[-1]))
        if number % 25 == 0:
            # What both have read may go; what they are reading is packed under them.
            for reader in readers:
                reader.tell("how far")
            await bus.drop_before(min([int(await asyncio.to_thread(reader.line)) for reader in readers]))
            for base in bus.layout.bases()[:-1]:
                await bus.pack(base)
    assert len(bus.layout.bases()) < 30
    await bus.publish(talk("end"))
    for reader in readers:
        reader.tell("what")
        assert (await asyncio.to_thread(reader.line)).split("|") == [*said, "end"]


@pytest.mark.parametrize("step", range(12))
async def test_packing_that_is_killed_loses_nothing(
    opened: Opener, talk: Talk, program: Starter, root: Path, step: int
) -> None:
    paths = await filled(opened(segment_bytes=SEGMENT_BYTES), talk, 60)
    before, base = lines(paths), paths.bases()[1]
    worker = program("upkeep_killed", root, step, "pack", base)
    said = worker.line()
    assert said == "done" or worker.process.wait() == -9
    assert lines(paths) == before
    again = program("upkeep_killed", root, 10**6, "pack", base)
    assert again.line() == "done"
    assert lines(paths) == before
    assert paths.packed(base).exists()
    assert not paths.segment(base).exists()


async def test_a_packed_file_that_does_not_hold_the_segment_is_not_believed(opened: Opener, talk: Talk) -> None:
    paths = await filled(opened(segment_bytes=SEGMENT_BYTES), talk)
    before, base = lines(paths), paths.bases()[1]
    paths.packed(base).write_bytes(gzip.compress(b"something else\n"))
    with pytest.raises(OSError, match="does not hold"):
        segments.pack(paths, base)
    assert not paths.packed(base).exists()
    assert lines(paths) == before


async def test_a_log_that_ends_with_a_packed_segment_is_appended_to_after_it(
    opened: Opener, talk: Talk, root: Path
) -> None:
    first = opened(segment_bytes=SEGMENT_BYTES)
    paths = await filled(first, talk)
    last = paths.bases()[-2]
    segments.pack(paths, last)
    end = paths.bases()[-1]
    await first.aclose()
    # As a backup that was made just before the newest segment began puts it back.
    os.unlink(paths.segment(end))
    second = opened()
    assert await second.end() == end
    assert await second.publish(talk("after")) == [end]
    assert lines(paths)[-1][0] == end
