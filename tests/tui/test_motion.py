from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.layout.geometry import Box, Point
from trinity_tui.tui.layout.motion import (
    LEAST_SECONDS,
    MOST_SECONDS,
    RING_REACH,
    RING_SECONDS,
    ring_cells,
    ring_radius,
    travel_index,
    travel_seconds,
)  # fmt: skip

MOMENTS = st.floats(0, 1e9, allow_nan=False)


@given(length=st.integers(1, 400), born=MOMENTS, share=st.floats(0, 1, exclude_max=True))
def test_a_mark_is_always_on_its_way_while_it_travels(length: int, born: float, share: float) -> None:
    now = born + share * travel_seconds(length) * 0.999
    index = travel_index(length, born, now)
    assert index is not None
    assert 0 <= index < length


@given(length=st.integers(1, 400), one=st.floats(0, 0.99), other=st.floats(0, 0.99))
def test_a_mark_never_goes_back(length: int, one: float, other: float) -> None:
    first, last = sorted((one, other))
    seconds = travel_seconds(length)
    before, after = travel_index(length, 0.0, first * seconds), travel_index(length, 0.0, last * seconds)
    assert before is not None
    assert after is not None
    assert before <= after


def test_a_mark_is_gone_before_it_began_and_after_it_arrived() -> None:
    assert travel_index(20, 10.0, 9.99) is None
    assert travel_index(20, 10.0, 10.0) == 0
    assert travel_index(20, 10.0, 10.0 + travel_seconds(20)) is None
    assert travel_index(0, 10.0, 10.0) is None


def test_short_ways_can_be_seen_and_long_ones_end() -> None:
    assert travel_seconds(1) == LEAST_SECONDS
    assert travel_seconds(10_000) == MOST_SECONDS


def test_a_ring_grows_and_goes() -> None:
    radii = [ring_radius(0.0, RING_SECONDS * step / 10) for step in range(10)]
    assert radii[0] == 1
    assert radii[-1] == RING_REACH
    assert ring_radius(0.0, RING_SECONDS) is None
    assert ring_radius(1.0, 0.9) is None


@given(x=st.integers(0, 60), y=st.integers(0, 30), radius=st.integers(1, RING_REACH))
def test_a_ring_stays_outside_its_box_and_on_the_canvas(x: int, y: int, radius: int) -> None:
    box = Box(x, y, 20, 4)
    cells = list(ring_cells(box, radius, 80, 34))
    assert not any(box.holds(cell) for cell in cells)
    assert all(0 <= cell.x < 80 and 0 <= cell.y < 34 for cell in cells)


def test_a_ring_in_the_open_is_closed() -> None:
    cells = set(ring_cells(Box(20, 10, 10, 4), 1, 80, 30))
    assert Point(20, 9) in cells
    assert Point(20, 14) in cells
    assert Point(18, 12) in cells
    assert Point(31, 12) in cells
