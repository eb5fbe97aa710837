from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from trinity_tui.bus import new_message, open_bus
from trinity_tui.bus.layout import Layout
from trinity_tui.bus.looking_back import look_back, stamps
from trinity_tui.bus.segments import pack
from trinity_tui.core.sieve import Traits, words_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.bus.conftest import Carried, Talk

    from trinity_tui.core.record import Record

LONG = "long " * 3_000


def fill(root: Path, count: int = 60) -> list[Record]:
    """A log of several segments, one of them packed; one line is longer than the pieces that are read in the tests."""

    async def write() -> list[Record]:
        bus = open_bus(root, "lead-1", segment_bytes=6_000)
        for number in range(count):
            text = LONG if number == 31 else f"number {number} of many"
            await bus.publish(new_message("lead-1", "human", "chat", text))
        found = [item async for item in bus.read(0)]
        await bus.aclose()
        return found

    found = asyncio.run(write())
    pack(Layout(root), Layout(root).bases()[1])
    return found


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_looking_back_finds_what_reading_on_finds(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from trinity_tui.bus import looking_back

    root = tmp_path_factory.getbasetemp() / "looked-back"
    written = fill(root) if not root.exists() else [*_read(root)]
    layout = Layout(root)
    before = data.draw(st.sampled_from([one.position for one in written] + [layout.end()]))
    after = data.draw(st.sampled_from([0, *(one.position for one in written)]))
    most, word = data.draw(st.integers(1, 70)), data.draw(st.sampled_from(["number", "7", "long", "nothing-has-it"]))
    piece, looking_back.PIECE_BYTES = looking_back.PIECE_BYTES, data.draw(st.sampled_from([700, 5_000, piece_bytes()]))
    try:
        back = look_back(layout, before, words_of([word]), most, 60.0, after)
    finally:
        looking_back.PIECE_BYTES = piece
    fits = [one for one in written if after <= one.position < before and word in one.message.content]
    assert back.records == fits[::-1][:most]
    # Everything from where it says it has looked to is known.
    assert [one for one in fits if one.position >= back.start] == fits[len(fits) - len(back.records) :]
    assert back.start <= after or len(back.records) == most or not any(one.position < back.start for one in fits)


def piece_bytes() -> int:
    return 256 * 1024


def _read(root: Path) -> list[Record]:
    async def read() -> list[Record]:
        bus = open_bus(root, "lead-1", segment_bytes=6_000)
        found = [item async for item in bus.read(0)]
        await bus.aclose()
        return found

    return asyncio.run(read())


def test_without_time_a_piece_is_looked_through_all_the_same(tmp_path: Path) -> None:
    written = fill(tmp_path)
    layout = Layout(tmp_path)
    nothing = Traits((b"nothing has this",), lambda _: True)
    looked, before = list[str](), layout.end()
    while before > 0:
        back = look_back(layout, before, nothing, 1, 0.0)
        assert back.start < before
        looked.append(back.stamp)
        before = back.start
    assert looked[-1] == written[0].message.timestamp
    assert looked == sorted(looked, reverse=True)


def test_the_time_at_a_place_is_that_of_the_line_that_begins_there_or_after(tmp_path: Path) -> None:
    written = fill(tmp_path)
    layout = Layout(tmp_path)
    for one in written:
        assert stamps(layout, [one.position]) == [one.message.timestamp]
    first, second = written[0], written[1]
    assert stamps(layout, [first.position, first.position + 1, second.position]) == [
        first.message.timestamp, second.message.timestamp, second.message.timestamp,
    ]  # fmt: skip
    assert stamps(layout, [layout.end()]) == [""]


def test_the_time_at_a_place_that_was_given_up_meanwhile_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = fill(tmp_path)
    layout = Layout(tmp_path)
    bases = layout.bases()
    gone, kept = bases[0], bases[-1]

    def listed(self: Layout) -> list[int]:
        return bases

    monkeypatch.setattr(Layout, "bases", listed)
    layout.segment(gone).unlink()
    at = {one.position: one.message.timestamp for one in written}
    assert stamps(layout, [gone, kept]) == ["", at[kept]]
    assert look_back(layout, layout.end(), Traits((), lambda _: True), 1_000, 60.0).records[-1].position > gone


async def test_over_any_carrier_it_is_the_same(carried: Carried, talk: Talk) -> None:
    bus = await carried()
    for number in range(12):
        await bus.publish(talk(f"number {number}"))
    written = [item async for item in bus.read(0)]
    end = await bus.end()
    back = await bus.look_back(end, words_of(["number"]), 3, 20.0)
    assert back.records == written[:-4:-1]
    again = await bus.look_back(back.start, words_of(["number"]), 50, 20.0, written[2].position)
    assert again.records == written[2:9][::-1]
    assert again.start <= written[2].position
    assert await bus.stamps([item.position for item in written]) == [item.message.timestamp for item in written]
