from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from past_story import story
from trinity_tui.core.record import Record
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.wire.face import Greeting
from trinity_tui.tui.past import window as windows
from trinity_tui.tui.past.window import Window

if TYPE_CHECKING:
    from trinity_tui.core.room import Room

GREETING = Greeting(3, "shop", "/home/agus/shop", "C1", 4711, 1, 0)
RECORDS = [Record(number * 10, message) for number, message in enumerate(story())]


def folded(count: int, start: int = 0) -> Room:
    folder = Folder()
    for record in RECORDS[: start + count]:
        folder.apply(record)
    return folder.room


def window(start: int = 0) -> Window:
    found = Window(folded(start).position, msgspec.json.encode(folded(start)), GREETING)
    found.add(RECORDS[start:], RECORDS[-1].position + 1)
    return found


def go(one: Window, index: int) -> None:
    one.aim(index)
    while one.fold_towards(index):
        pass


@given(st.lists(st.integers(0, len(RECORDS) - 40), min_size=1, max_size=12), st.sampled_from([0, 40]))
@settings(deadline=None)
def test_wherever_one_goes_the_room_is_the_fold_of_all_that_was_before(places: list[int], start: int) -> None:
    noted, windows.NOTED_BEFORE = windows.NOTED_BEFORE, 7
    sliced, windows.SLICE_RECORDS = windows.SLICE_RECORDS, 5
    try:
        one = window(start)
        for place in places:
            go(one, place)
            assert one.index == place
            assert one.mirror.room.digest() == folded(place, start).digest()
    finally:
        windows.NOTED_BEFORE, windows.SLICE_RECORDS = noted, sliced


def test_what_is_behind_can_be_forgotten() -> None:
    one = window()
    go(one, 50)
    one.forget_before()
    assert (one.index, one.start) == (0, RECORDS[49].position + 1)
    go(one, 10)
    assert one.mirror.room.digest() == folded(60).digest()
    go(one, 0)
    assert one.mirror.room.digest() == folded(50).digest()


def test_places_are_found_by_position_and_by_time() -> None:
    one = window()
    assert one.index_of(RECORDS[7].position) == 7
    assert one.index_of(RECORDS[7].position + 1) == 8
    assert one.index_at(RECORDS[0].message.timestamp) == 3
    assert one.index_at("2000") == 0
    assert one.shown_from(0) == 0
    assert one.shown_before(0) is None
    assert one.shown_before(5) == 4
