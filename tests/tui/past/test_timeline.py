from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.past.timeline import (
    Timeline,
    column_moment,
    column_of,
    density,
    mark_beside,
    marked_columns,
)

LINE = Timeline(
    first=0, end=1_000, samples=[(0, 100.0), (500, 110.0), (510, 190.0), (900, 200.0)],
    marks=[(800, 195.0, "restart"), (790, 194.0, "crash"), (20, 101.0, "asked")], marked_from=0,
)  # fmt: skip


def test_columns_say_how_much_was_said_when() -> None:
    columns = density(LINE, LINE.span(500.0), 10, 8)
    assert columns[0] == 8
    assert columns[9] == 8
    # In eighty seconds ten bytes were written: as good as nothing.
    assert set(columns[2:8]) <= {0, 1}
    assert marked_columns(LINE, LINE.span(500.0), 10) == {9: "crash", 0: "asked"}
    assert LINE.is_whole
    assert not Timeline(marked_from=5).is_whole


def test_one_goes_from_mark_to_mark() -> None:
    assert mark_beside(LINE.marks, 801, -1) == 790
    assert mark_beside(LINE.marks, 791, -1) == 20
    assert mark_beside(LINE.marks, 21, -1) is None
    assert mark_beside(LINE.marks, 21, 1) == 790
    assert mark_beside(LINE.marks, 801, 1) is None


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 1e9)), max_size=20), st.integers(1, 200), st.floats(0, 1e9)
)
def test_any_line_has_a_column_for_any_moment(places: list[tuple[int, float]], width: int, moment: float) -> None:
    moments = sorted(at for _, at in places)
    samples = list(zip(sorted({place for place, _ in places}), moments, strict=False))
    line = Timeline(end=10_001, samples=samples)
    span = line.span(1.0)
    assert 0 <= column_of(span, moment, width) < width
    columns = density(line, span, width, 8)
    assert len(columns) == width
    assert all(0 <= column <= 8 for column in columns)
    assert column_moment(span, 0, width) == span[0]
