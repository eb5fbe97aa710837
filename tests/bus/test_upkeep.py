"""The upkeep of a log's folder: nothing a line, a mark or a dead letter needs goes, whenever it is killed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus import acks, blobs, dead_letters, layout, segments, sidecar, upkeep
from trinity_tui.bus.acks import Acks
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.reading import LogReader
from trinity_tui.bus.snapshots import Snapshots
from trinity_tui.core import limits

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Starter, Talk

    from trinity_tui.bus import FileBus
    from trinity_tui.bus.layout import Layout

SEGMENT_BYTES = 5000
LONG = "long " * limits.CONTENT_BYTES


async def filled(bus: FileBus, talk: Talk, count: int = 100) -> Layout:
    """A log of several finished segments, summed up, half of it for builder-1."""
    for number in range(count):
        await bus.publish(talk(f"number {number}", ("builder-1", "oracle-1")[number % 2]))
    await bus.chunks()
    return bus.layout


def positions(paths: Layout) -> list[int]:
    reader = LogReader(paths, SEGMENT_BYTES, 0, Stats())
    found: list[int] = []
    while part := reader.records():
        found += [record.position for record in part]
    reader.close()
    return found


async def test_the_chunks_tell_the_log(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    paths = await filled(bus, talk)
    bases = paths.bases()
    paths.sidecar(bases[0]).unlink()
    segments.pack(paths, bases[1])
    chunks = await bus.chunks()
    assert [chunk.start for chunk in chunks] == bases
    assert [chunk.end for chunk in chunks] == [*bases[1:], await bus.end()]
    assert [chunk.is_packed for chunk in chunks[:3]] == [False, True, False]
    assert [chunk.is_sealed for chunk in chunks] == [True] * (len(bases) - 1) + [False]
    assert sum(chunk.count for chunk in chunks) == 100
    assert chunks[0].bytes == bases[1]
    assert chunks[1].bytes == paths.packed(bases[1]).stat().st_size < bases[2] - bases[1]
    assert all(abs(chunk.last_time - time.time()) < 300 for chunk in chunks)
    assert sidecar.load(paths, bases[0])


async def test_the_seams_are_the_ends_of_finished_segments(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    await bus.publish(talk())
    assert [bus.next_seam(place) for place in (0, 1, 10**9)] == [None, None, None]
    paths = await filled(bus, talk)
    one, two, *_, last = paths.bases()[1:]
    assert [bus.next_seam(place) for place in (0, 1, one, one + 1, two)] == [one, one, one, two, two]
    assert [bus.next_seam(place) for place in (last, last + 1, await bus.end())] == [last, None, None]


async def test_what_goes_is_whole_segments_from_the_oldest_on(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    paths = await filled(bus, talk)
    before, bases = positions(paths), paths.bases()
    assert await bus.drop_before(0) == []
    assert await bus.drop_before(bases[1] - 1) == []
    segments.pack(paths, bases[1])
    assert await bus.drop_before(bases[2] + 1) == bases[:2]
    assert await bus.first() == bases[2]
    assert positions(paths) == [place for place in before if place >= bases[2]]
    assert not paths.sidecar(bases[0]).exists()
    # Never the one that is written to.
    await bus.drop_before(await bus.end() + 1)
    assert paths.bases() == bases[-1:]
    await bus.publish(talk("still"))


async def test_a_consumer_that_comes_back_begins_with_what_is_kept(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    late = bus.consumer("builder-1", "builder", since=0)
    await late.aclose()
    paths = await filled(bus, talk)
    position = paths.bases()[3]
    assert await bus.lows() == {"builder-1": 0}
    moved = await bus.move_on("builder-1", position, "too far behind")
    await bus.drop_before(position)
    letters = dead_letters(paths.root)
    assert (len(letters), {letter.reason for letter in letters}) == (moved, {"too far behind"})
    again = bus.consumer("builder-1", "builder")
    taken = [letter.position for letter in letters]
    await again.wait()
    while delivery := again.next_nowait():
        again.ack(delivery)
        taken.append(delivery.position)
    assert len(taken) == 50
    assert taken == sorted(set(taken))
    assert min(taken[moved:]) >= position


async def test_what_a_consumer_had_done_with_is_no_dead_letter(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    consumer = bus.consumer("builder-1", "builder", since=0)
    to_role = (await bus.publish(talk("to all builders", "role:builder")))[0]
    to_others = (await bus.publish(talk("to the lead", "role:lead")))[0]
    paths = await filled(bus, talk)
    stuck = await consumer.next()
    held = [await consumer.next() for _ in range(30)]
    assert stuck.position == to_role
    for delivery in held:
        consumer.ack(delivery)
    end = paths.bases()[-1]
    await bus.move_on("builder-1", end, "too far behind")
    buried = {letter.position for letter in dead_letters(paths.root)}
    assert to_role in buried
    assert to_others not in buried
    assert buried.isdisjoint(delivery.position for delivery in held)
    assert all(letter.consumer == "builder-1" and "builder" in letter.line for letter in dead_letters(paths.root))


async def test_a_consumer_that_lives_passes_over_what_went(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    consumer = bus.consumer("builder-1", "builder", since=0)
    paths = await filled(bus, talk)
    first = await consumer.next()
    position = paths.bases()[3]
    moved = await bus.move_on("builder-1", position, "too far behind")
    await bus.drop_before(position)
    taken: list[int] = []
    while delivery := consumer.next_nowait():
        taken.append(delivery.position)
        consumer.ack(delivery)
    # What it read of the segment it has open is handled and among the dead as well; nothing is in neither.
    buried = {letter.position for letter in dead_letters(paths.root)}
    assert len(buried) == moved
    assert len({first.position, *taken} | buried) == 50
    consumer.retry(first, "not now")


async def test_without_a_known_role_a_letter_too_many_is_kept(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    paths = bus.layout
    own = paths.acks("builder-1")
    own.parent.mkdir()
    own.write_bytes(b'{"low":0,"many_from":0,"generation":1}\n')
    await bus.publish(talk("to all leads", "role:lead"), talk("not mine", "oracle-1"))
    await filled(bus, talk, 60)
    assert await bus.move_on("builder-1", paths.bases()[1], "…") == len(dead_letters(paths.root)) > 1
    contents = "".join(letter.line for letter in dead_letters(paths.root))
    assert "to all leads" in contents
    assert "not mine" not in contents


async def test_marks_that_cannot_be_read_hold_everything_back(opened: Opener, talk: Talk) -> None:
    bus = opened()
    consumer = bus.consumer("builder-1", "builder")
    await consumer.aclose()
    bus.layout.acks("builder-1").write_bytes(b"{")
    assert await bus.lows() == {"builder-1": 0}


async def test_contents_are_collected_when_no_line_names_them(root: Path, opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    for number in range(3):
        await bus.publish(talk(f"{number} {LONG}"))
        await filled(bus, talk, 40)
    paths = bus.layout
    unnamed = paths.blobs / ("0" * 64)
    unnamed.write_bytes(b"whose line was never written")
    later = time.time() + blobs.KEPT_SECONDS + 60
    assert upkeep.collect(paths, time.time()) == 0
    assert upkeep.collect(paths, later) == 1
    assert len(list(paths.blobs.iterdir())) == 3
    # What goes with its line goes; what is in a dead letter stays.
    second = next(base for base in paths.bases()[1:] if (found := sidecar.load(paths, base)) and found.blobs)
    await bus.drop_before(second)
    await opened().consumer("builder-1", "builder", since=0).aclose()
    await bus.move_on("builder-1", paths.bases()[paths.bases().index(second) + 1], "behind")
    await bus.drop_before(paths.bases()[paths.bases().index(second) + 1])
    assert upkeep.collect(paths, later) == 1
    left = {path.name for path in paths.blobs.iterdir()}
    assert upkeep.named_contents(paths) == left
    assert len(left) == 2


async def test_a_content_that_is_stored_again_is_young(root: Path, opened: Opener, talk: Talk) -> None:
    bus = opened()
    message = talk(LONG)
    stored = blobs.put(bus.layout.blobs, message)
    (path,) = bus.layout.blobs.iterdir()
    os.utime(path, (0, 0))
    blobs.put(bus.layout.blobs, message)
    assert blobs.collect(bus.layout.blobs, set, time.time()) == []
    os.utime(path, (0, 0))
    path.rename(path.with_suffix(".going"))
    assert blobs.collect(bus.layout.blobs, lambda: {path.name}, time.time()) == []
    reference = blobs.reference_of(stored)
    assert reference
    assert blobs.get(bus.layout.blobs, *reference) == LONG
    assert blobs.collect(bus.layout.blobs, set, time.time()) == [path.name]


async def test_a_sidecar_of_an_older_version_is_made_again(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    await bus.publish(talk(LONG))
    paths = await filled(bus, talk)
    text = paths.sidecar(0).read_bytes()
    paths.sidecar(0).write_bytes(text[: text.index(b',"blobs"')] + b"}\n")
    assert sidecar.load(paths, 0) is None
    assert len(upkeep.named_contents(paths)) == 1
    assert sidecar.load(paths, 0)


async def test_leftovers_of_the_killed_are_swept_up(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    paths = await filled(bus, talk)
    orphan = paths.sidecar(7)
    orphan.write_bytes(b"{}")
    of_the_dead = paths.log / "00000000000000000000.jsonl.gz.4194999-1.tmp"
    of_the_living = paths.log / f"00000000000000000000.jsonl.gz.{os.getpid()}-1.tmp"
    for path in (of_the_dead, of_the_living):
        path.write_bytes(b"half")
    before = positions(paths)
    await bus.collect()
    assert not orphan.exists()
    assert not of_the_dead.exists()
    assert of_the_living.exists()
    assert positions(paths) == before


STEPS = {"drop": 14, "move": 9, "snapshot": 5, "acks": 6, "collect": 12}


@pytest.mark.parametrize(("name", "step"), [(name, step) for name, count in STEPS.items() for step in range(count)])
async def test_whatever_is_killed_is_whole_and_done_again(
    opened: Opener, talk: Talk, program: Starter, root: Path, name: str, step: int
) -> None:
    bus = opened(segment_bytes=SEGMENT_BYTES)
    await bus.publish(talk(LONG, "builder-1"))
    consumer = bus.consumer("builder-1", "builder", since=0)
    paths = await filled(bus, talk, 60)
    consumer.ack(await consumer.next())
    await consumer.aclose()
    (paths.blobs / ("0" * 64)).write_bytes(b"without a line")
    Snapshots(paths.snapshots, 1, 1, lambda position, generation: True).save(5, b'{"a":0}')
    before, bases = positions(paths), paths.bases()
    low = (await bus.lows())["builder-1"]
    for touches in (step, 10**6):
        worker = program("upkeep_killed", root, touches, name, bases[2])
        assert worker.line() == "done" or worker.process.wait() == -9
        _check(paths, name, before, bases, low)
    if name == "drop":
        assert paths.bases() == bases[2:]
    if name == "move":
        assert len({letter.position for letter in dead_letters(root)}) == len(dead_letters(root)) > 0
    if name == "collect":
        assert len(list(paths.blobs.iterdir())) == 1


def _check(paths: Layout, name: str, before: list[int], bases: list[int], low: int) -> None:
    """What must be true wherever it was killed."""
    kept = paths.bases()
    assert kept == bases[len(bases) - len(kept) :]
    assert kept[0] <= bases[2]
    assert positions(paths) == [place for place in before if place >= kept[0]]
    format_ = layout.read_format(paths)
    assert format_
    marks = acks.read_marks(paths.acks("builder-1"))
    assert marks
    assert marks.low in (low, bases[2]) if name == "acks" else marks.low == low
    snapshots = Snapshots(paths.snapshots, 1, 1, lambda position, generation: True)
    assert snapshots.load(5) == b'{"a":0}'
    assert snapshots.load(bases[2]) in (None, b'{"a":1}')
    Acks(paths.acks("builder-1"), format_, lambda: (0, 0), "builder").close()
    assert upkeep.named_contents(paths) <= {path.name.split(".")[0] for path in paths.blobs.iterdir()}
