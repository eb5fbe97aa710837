"""A table fits a small terminal, and nothing of it is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bench.columns import COLUMNS, columns

NAME = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=16).map(" ".join)
FIGURE = st.integers(0, 10**6).map(str)


@given(st.lists(st.tuples(NAME, FIGURE, FIGURE, st.sampled_from(["ok", "MISSED", ""])), min_size=1, max_size=8))
def test_whatever_its_names_it_fits_and_says_all(rows: list[tuple[str, ...]]) -> None:
    lines = columns(rows)
    assert max(map(len, lines)) <= COLUMNS
    assert " ".join(lines).split() == " ".join(cell for row in rows for cell in row).split()


def test_figures_stand_below_each_other_beside_the_end_of_a_name() -> None:
    name = "one with a name that goes on until no small terminal has a place for it any more"
    assert columns([("short", "5", "ms"), (name, "12,345", "MB")]) == [
        f"short{' ' * 63}       5  ms",
        "one with a name that goes on until no small terminal has a place for",
        f"  it any more{' ' * 55}  12,345  MB",
    ]


def test_beside_many_columns_a_table_is_wider_than_that() -> None:
    figures = tuple("1,234,567" for _ in range(8))
    assert columns([("a name of several words", *figures, "ok")])[0].startswith("a name of several words")
