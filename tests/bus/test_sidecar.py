"""What is beside a finished segment, and what it saves a start."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS, until
from trinity_tui.bus import sidecar

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Talk

    from trinity_tui.bus import FileBus
    from trinity_tui.bus.layout import Layout


async def filled(bus: FileBus, talk: Talk) -> Layout:
    """A log whose first segments are all for the oracle, but for one answer of builder-1 and one torn line."""
    for number in range(60):
        await bus.publish(talk(f"number {number}", "oracle-1", priority="high" if number % 3 else "low"))
    await bus.publish(talk("yes", "explorer-1", from_="builder-1", reply_to="somebody-asked"))
    for number in range(60):
        await bus.publish(talk(f"number {number}", "oracle-1"))
    await bus.chunks()
    return bus.layout


async def test_a_finished_segment_is_summed_up(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=5000)
    await bus.publish(talk("state", "broadcast", type="status"))
    paths = await filled(bus, talk)
    first = sidecar.load(paths, 0)
    assert first is not None
    records = [record async for record in bus.read(0, first.size)]
    assert first.size == paths.segment(0).stat().st_size
    assert first.count == len(records)
    assert (first.first, first.last) == (records[0].message.timestamp, records[-1].message.timestamp)
    assert first.recipients.keys() == {"oracle-1"}
    assert sum(first.recipients["oracle-1"].values()) == first.count - 1
    assert first.recipients["oracle-1"]["low"] == sum(r.message.priority == "low" for r in records)
    assert first.index == [(0, 0)]
    assert first.repliers == []


async def test_it_is_built_again_where_it_is_absent_or_wrong(root: Path, opened: Opener, talk: Talk) -> None:
    first = opened(segment_bytes=5000)
    paths = await filled(first, talk)
    sealed = paths.bases()[:-1]
    assert len(sealed) > 4
    paths.sidecar(sealed[0]).unlink()
    paths.sidecar(sealed[1]).write_bytes(b'{"size":')
    wrong = sidecar.load(paths, sealed[2])
    assert wrong is not None
    paths.sidecar(sealed[2]).write_bytes(b'{"size":1,"recipients":{},"repliers":[]}')
    for base in sealed[:3]:
        assert sidecar.load(paths, base) is None
    second = opened()
    consumer = second.consumer("builder-2", "builder", since=0)
    await until(lambda: all(sidecar.load(paths, base) for base in sealed))
    assert sidecar.load(paths, sealed[2]) == wrong
    assert consumer.next_nowait() is None


async def test_a_segment_is_wanted_by_whom_it_holds_something_for(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=5000)
    paths = await filled(bus, talk)
    absent: list[int] = []

    def wanted(name: str, role: str) -> list[int]:
        is_wanted = sidecar.wanted_by(paths, name, role, absent.append)
        return [base for base in paths.bases()[:-1] if is_wanted(base)]

    assert wanted("oracle-1", "oracle") == paths.bases()[:-1]
    assert wanted("reflector-1", "reflector") == []
    assert len(wanted("builder-1", "builder")) == 1
    assert wanted("explorer-1", "explorer") == wanted("builder-1", "builder")
    assert absent == []


async def test_a_start_reads_no_segment_that_holds_nothing_for_it(
    root: Path, opened: Opener, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(segment_bytes=5000)
    paths = await filled(first, talk)
    await first.publish(talk("for you", "reflector-1"))
    for base in paths.bases()[:-1]:
        # With another content of the same size it would be counted as damaged, were it read.
        paths.segment(base).write_bytes(b"x" * (paths.segment(base).stat().st_size - 1) + b"\n")
    second = opened()
    consumer = second.consumer("reflector-1", "reflector", since=0)
    delivery = await asyncio.wait_for(consumer.next(), PATIENCE_SECONDS)
    assert delivery.message.content == "for you"
    assert second.stats().damaged == 0


async def test_a_damaged_segment_is_summed_up_as_far_as_it_goes(opened: Opener, talk: Talk) -> None:
    bus = opened(segment_bytes=5000)
    paths = await filled(bus, talk)
    whole = sidecar.build(paths, 0)
    data = bytearray(paths.segment(0).read_bytes())
    data[10] ^= 1
    paths.segment(0).write_bytes(data)
    found = sidecar.build(paths, 0)
    assert (found.count, found.damaged) == (whole.count - 1, 1)
    paths.segment(0).write_bytes(b"x" * 99 + b"\n")
    assert sidecar.build(paths, 0) == sidecar.Sidecar(size=100, damaged=1, blobs=[])
    paths.segment(0).unlink()
    sidecar.write(paths, 0)
    with pytest.raises(OSError, match="No such file"):
        sidecar.build(paths, 0)
