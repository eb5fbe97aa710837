from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from trinity_tui.tui.layout.geometry import Box, Point
from trinity_tui.tui.layout.placement import COMPACT, Placement, box_grid, place
from trinity_tui.tui.layout.route import EAST, NORTH, SOUTH, WEST, joints, lanes, route

if TYPE_CHECKING:
    from random import Random


def placed(count: int, width: int, height: int) -> Placement:
    return place({f"n{seat}": seat for seat in range(count)}, width, height)


@settings(max_examples=20)
@given(share=st.floats(0, 1), width=st.integers(44, 240), height=st.integers(10, 90), chance=st.randoms())
def test_a_line_crosses_no_box_and_is_whole(share: float, width: int, height: int, chance: Random) -> None:
    placement = placed(2 + int(share * (min(250, box_grid(width, height, COMPACT).capacity) - 2)), width, height)
    assert placement.density == "box"
    network = lanes(placement)
    pairs = list(combinations(placement.boxes, 2))
    for one, other in chance.sample(pairs, min(6, len(pairs))):
        cells = route(placement, network, one, other)
        assert cells, (one, other)
        assert not [cell for cell in cells if any(box.holds(cell) for box in placement.boxes.values())]
        assert all(abs(a.x - b.x) + abs(a.y - b.y) == 1 for a, b in pairwise(cells))
        assert all(0 <= cell.x < width and 0 <= cell.y < height for cell in cells)
        assert touches(placement.boxes[one], cells[0])
        assert touches(placement.boxes[other], cells[-1])


def touches(box: Box, cell: Point) -> bool:
    return not box.holds(cell) and (box.grown(1, 0).holds(cell) or box.grown(0, 1).holds(cell))


def test_the_way_back_is_the_same() -> None:
    placement = placed(6, 100, 30)
    network = lanes(placement)
    assert route(placement, network, "n0", "n5") == route(placement, network, "n5", "n0")[::-1]


def test_neighbours_are_joined_straight() -> None:
    placement = placed(2, 100, 6)
    cells = route(placement, lanes(placement), "n0", "n1")
    assert len({cell.y for cell in cells}) == 1
    assert len(cells) == placement.boxes["n1"].x - placement.boxes["n0"].right


def test_there_is_no_way_to_oneself_or_to_nobody() -> None:
    placement = placed(3, 100, 30)
    network = lanes(placement)
    assert route(placement, network, "n1", "n1") == ()
    assert route(placement, network, "n1", "human") == ()


def test_where_a_box_fills_the_only_row_there_is_no_way_past_it() -> None:
    placement = placed(3, 70, 4)
    order = sorted(placement.boxes, key=lambda name: placement.boxes[name].x)
    network = lanes(placement)
    assert route(placement, network, order[0], order[2]) == ()
    assert route(placement, network, order[0], order[1]) != ()


def test_rows_and_cells_have_no_lines() -> None:
    placement = placed(60, 80, 20)
    assert placement.density != "box"
    assert route(placement, lanes(placement), "n0", "n1") == ()


def test_the_joints_of_a_line_know_where_it_goes_on() -> None:
    start, end = Box(0, 0, 3, 3), Box(5, 4, 3, 3)
    cells = (Point(3, 1), Point(4, 1), Point(4, 2), Point(4, 3), Point(4, 4))
    assert joints(cells, start, end) == {
        Point(3, 1): WEST | EAST,
        Point(4, 1): WEST | SOUTH,
        Point(4, 2): NORTH | SOUTH,
        Point(4, 3): NORTH | SOUTH,
        Point(4, 4): NORTH | EAST,
    }


def test_one_cell_between_two_boxes_joins_both() -> None:
    assert joints((Point(1, 3),), Box(0, 0, 3, 3), Box(0, 4, 3, 3)) == {Point(1, 3): NORTH | SOUTH}
    assert joints((Point(1, 3),), Box(0, 4, 3, 3), Box(0, 0, 3, 3)) == {Point(1, 3): NORTH | SOUTH}
