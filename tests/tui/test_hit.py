from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.layout.hit import Direction, neighbour, node_at
from trinity_tui.tui.layout.placement import place

DIRECTIONS: tuple[Direction, ...] = ("left", "right", "up", "down")
SIZES = st.tuples(st.integers(20, 200), st.integers(6, 60))


@given(count=st.integers(1, 80), size=SIZES)
def test_every_cell_of_a_node_is_its_own(count: int, size: tuple[int, int]) -> None:
    placement = place({f"n{seat}": seat for seat in range(count)}, *size)
    for name, box in placement.boxes.items():
        assert node_at(placement, box.x, box.y) == name
        assert node_at(placement, box.right - 1, box.bottom - 1) == name
    assert node_at(placement, -1, 0) is None


@given(count=st.integers(1, 40), size=SIZES)
def test_an_arrow_goes_where_it_points(count: int, size: tuple[int, int]) -> None:
    placement = place({f"n{seat}": seat for seat in range(count)}, *size)
    for name, box in placement.boxes.items():
        for direction in DIRECTIONS:
            other = neighbour(placement, name, direction)
            if other is None:
                continue
            there, here = placement.boxes[other].centre, box.centre
            assert {
                "left": there.x < here.x, "right": there.x > here.x, "up": there.y < here.y, "down": there.y > here.y,
            }[direction]  # fmt: skip


@given(count=st.integers(1, 40), size=SIZES)
def test_arrows_reach_every_node(count: int, size: tuple[int, int]) -> None:
    placement = place({f"n{seat}": seat for seat in range(count)}, *size)
    reached, waiting = {"n0"}, ["n0"]
    while waiting:
        name = waiting.pop()
        for direction in DIRECTIONS:
            other = neighbour(placement, name, direction)
            if other is not None and other not in reached:
                reached.add(other)
                waiting.append(other)
    assert reached == placement.boxes.keys()


def test_straight_ahead_comes_before_aside() -> None:
    placement = place({f"n{seat}": seat for seat in range(9)}, 100, 5, "row")
    assert neighbour(placement, "n0", "right") == "n1"
    assert neighbour(placement, "n4", "down") == "n6" or placement.boxes["n6"].x == placement.boxes["n4"].x
    assert neighbour(placement, "n0", "left") is None
