"""What is looked for is found wherever it stands, and only there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.text.finding import Stretch, find, toned
from trinity_tui.tui.text.rows import flow

INDENT = ("  ", "text")


def test_letters_large_and_small_are_one_and_every_place_is_found() -> None:
    rows = [(INDENT, ("The Lock of the lock", "text"))]
    assert find(rows, "lock") == [(Stretch(0, 6, 10),), (Stretch(0, 18, 22),)]


def test_a_place_over_the_end_of_a_row_has_a_mark_in_both() -> None:
    rows = [(INDENT, ("takes no", "text")), (INDENT, ("lock at all", "text"))]
    assert find(rows, "no lock") == [(Stretch(0, 8, 10), Stretch(1, 2, 6))]


def test_nothing_is_found_of_nothing_nor_where_it_is_not() -> None:
    assert find([(INDENT, ("text", "text"))], " ") == []
    assert find([(INDENT, ("text", "text"))], "texts") == []
    assert find([], "text") == []


def test_a_letter_that_becomes_two_moves_no_place() -> None:
    assert find([(("İİ lock", "text"),)], "lock") == [(Stretch(0, 3, 7),)]


def test_marks_cut_spans_and_lose_nothing() -> None:
    row = (("one ", "a"), ("two three", "b"))
    assert toned(row, [(2, 6, "m"), (8, 9, "n")]) == [
        ("on", "a"), ("e ", "m"), ("tw", "m"), ("o ", "b"), ("t", "n"), ("hree", "b"),
    ]  # fmt: skip


@given(st.text(alphabet="ab cİß", min_size=1, max_size=60), st.integers(2, 20), st.text(alphabet="ab c", min_size=1))
def test_what_is_marked_is_what_was_looked_for(text: str, width: int, wanted: str) -> None:
    rows = flow([(text, "text")], width)
    for match in find(rows, wanted):
        lines = ["".join(part for part, _ in rows[mark.row]) for mark in match]
        said = " ".join(line[mark.start : mark.end] for line, mark in zip(lines, match, strict=True))
        assert said.replace(" ", "").lower() == wanted.replace(" ", "")
        for mark in match:
            spans = toned(rows[mark.row], [(mark.start, mark.end, "m")])
            assert "".join(part for part, _ in spans) == "".join(part for part, _ in rows[mark.row])
