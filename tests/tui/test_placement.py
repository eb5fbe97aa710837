from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trinity_tui.tui.layout.placement import (
    COMPACT,
    MOST_SEATS,
    ROOMY,
    box_grid,
    place,
    seat_order,
    take_seats,
)  # fmt: skip

WIDTHS = st.integers(1, 240)
HEIGHTS = st.integers(1, 70)


def seats_for(count: int) -> dict[str, int]:
    return {f"n-{seat}": seat for seat in range(count)}


@given(count=st.integers(1, 250), width=WIDTHS, height=HEIGHTS)
def test_no_two_nodes_share_a_cell_and_all_are_on_the_canvas(count: int, width: int, height: int) -> None:
    placement = place(seats_for(count), width, height)
    boxes = list(placement.boxes.values())
    cells = {(x, y) for box in boxes for x in range(box.x, box.right) for y in range(box.y, box.bottom)}
    assert len(placement.boxes) == count
    assert len(cells) == sum(box.width * box.height for box in boxes)
    assert all(
        0 <= box.x and 0 <= box.y and box.right <= max(width, 2) and box.bottom <= placement.height for box in boxes
    )


@given(width=WIDTHS, height=HEIGHTS, start=st.integers(1, 40))
def test_a_node_does_not_move_because_another_came(width: int, height: int, start: int) -> None:
    placements = [place(seats_for(count), width, height) for count in range(start, start + 8)]
    for before, after in pairwise(placements):
        if (before.density, before.pitch) == (after.density, after.pitch):
            assert before.boxes.items() <= after.boxes.items()


@settings(max_examples=15)
@given(width=st.integers(20, 240), height=st.integers(4, 70))
def test_nodes_shrink_only_when_they_do_not_fit(width: int, height: int) -> None:
    kinds = [place(seats_for(count), width, height).density for count in range(1, 121)]
    order = {"box": 0, "row": 1, "cell": 2}
    assert all(order[before] <= order[after] for before, after in pairwise(kinds))
    assert sum(kind == "box" for kind in kinds) == min(
        120, max(box_grid(width, height, ROOMY).capacity, box_grid(width, height, COMPACT).capacity)
    )


@pytest.mark.parametrize(
    ("width", "count", "least_width", "most_width"),
    [(134, 4, 50, 56), (134, 9, 32, 40), (100, 4, 32, 40), (134, 20, 20, 28)],
)
def test_boxes_are_as_wide_as_all_of_them_can_be(width: int, count: int, least_width: int, most_width: int) -> None:
    placement = place(seats_for(count), width, 36)
    assert placement.density == "box"
    assert least_width <= placement.pitch <= most_width


@pytest.mark.parametrize(("width", "height"), [(70, 14), (130, 34), (38, 12)])
def test_250_instances_have_a_place_each(width: int, height: int) -> None:
    placement = place(seats_for(250), width, height)
    assert placement.density == "cell"
    assert not any(one.overlaps(other) for one, other in combinations(placement.boxes.values(), 2))


def test_few_nodes_take_the_corners_as_one_reads() -> None:
    assert seat_order(4, 3)[:4] == ((0, 0), (3, 0), (0, 2), (3, 2))
    assert sorted(seat_order(5, 4)) == sorted((column, row) for column in range(5) for row in range(4))


def test_a_list_is_a_list_whatever_there_is_room_for() -> None:
    placement = place(seats_for(30), 40, 10, "row")
    assert placement.density == "row"
    assert placement.height == 30
    assert [box.y for box in placement.boxes.values()] == list(range(30))


def test_a_canvas_of_no_size_places_nothing_wrongly() -> None:
    assert box_grid(5, 2, COMPACT).capacity == 0
    assert place({}, 0, 0).boxes == {}


@given(width=WIDTHS, height=HEIGHTS)
def test_a_canvas_without_nodes_has_a_grid_of_boxes_or_none(width: int, height: int) -> None:
    placement = place({}, width, height)
    assert placement.grid is None or (placement.grid.columns and placement.grid.rows)


def test_the_seats_are_those_of_the_configuration() -> None:
    assert take_seats({"b": 1, "a": 0}, {}) == {"a": 0, "b": 1}


def test_a_newcomer_moves_nobody() -> None:
    seats = take_seats({"a": 0, "b": 1, "c": 2}, {})
    later = take_seats({"a": 0, "c": 1, "d": 2}, seats)
    assert later == {"a": 0, "c": 2, "d": 1}


@given(st.lists(st.tuples(st.text("abcdef", min_size=1, max_size=2), st.integers(-1, MOST_SEATS + 5)), max_size=30))
def test_every_node_has_a_seat_of_its_own_and_keeps_it(wishes: list[tuple[str, int]]) -> None:
    half = dict(wishes[: len(wishes) // 2])
    first = take_seats(half, {})
    second = take_seats(half | dict(wishes), first)
    assert len(set(second.values())) == len(second) == len(half | dict(wishes))
    assert first.items() <= second.items()
