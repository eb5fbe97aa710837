from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from trinity_tui.tui.cells import Sheet, line
from trinity_tui.tui.safe_text import clean

BLANK, RED = Style(color="white"), Style(color="red")


@given(st.lists(st.tuples(st.integers(-3, 24), st.integers(-1, 3), st.text(max_size=12)), max_size=8))
def test_whatever_is_painted_a_row_is_as_wide_as_the_sheet(paint: list[tuple[int, int, str]]) -> None:
    sheet = Sheet(20, 2, BLANK)
    for x, y, text in paint:
        sheet.put(x, y, clean(text), RED)
    for y in range(2):
        strip = sheet.strip(y)
        assert strip.cell_length == 20
        assert sum(segment.cell_length for segment in strip) == 20


@given(
    st.lists(
        st.tuples(st.integers(-2, 12), st.text("aé漢\u0301→│ ", max_size=6), st.sampled_from([BLANK, RED])), max_size=8
    )
)
def test_a_text_is_painted_as_its_characters_one_after_the_other_are(paint: list[tuple[int, str, Style]]) -> None:
    whole, single = Sheet(10, 1, BLANK), Sheet(10, 1, BLANK)
    for x, text, style in paint:
        after = whole.put(x, 0, text, style)
        for character in text:
            before, x = x, single.put(x, 0, character, style)
            if x == before and cell_len(character):
                break
        assert x == after
    assert whole.strip(0) == single.strip(0)


def test_a_row_is_cut_into_runs_of_one_style() -> None:
    sheet = Sheet(8, 1, BLANK)
    assert sheet.put(2, 0, "abc", RED) == 5
    assert [(segment.text, segment.style) for segment in sheet.strip(0)] == [
        ("  ", BLANK),
        ("abc", RED),
        ("   ", BLANK),
    ]


def test_painting_over_half_of_a_wide_character_takes_it_away() -> None:
    sheet = Sheet(6, 1, BLANK)
    sheet.put(0, 0, "漢字", RED)
    sheet.put(1, 0, "x", BLANK)
    assert sheet.strip(0).text == " x字  "
    sheet.put(2, 0, "y", BLANK)
    assert sheet.strip(0).text == " xy   "


def test_a_wide_character_that_does_not_fit_is_left_out() -> None:
    sheet = Sheet(3, 1, BLANK)
    sheet.put(0, 0, "a漢字", RED)
    assert sheet.strip(0).text == "a漢"


def test_a_mark_stays_with_its_letter() -> None:
    sheet = Sheet(4, 1, BLANK)
    sheet.put(0, 0, "e\u0301f", RED)
    assert sheet.strip(0).text == "e\u0301f  "
    assert sheet.text(0, 0) == "e\u0301"


def test_a_row_can_be_taken_over_and_painted_on() -> None:
    sheet = Sheet(4, 2, BLANK)
    sheet.put(0, 1, "abcd", RED)
    scratch = Sheet(4, 1, BLANK)
    scratch.copy_row(0, sheet, 1)
    scratch.put(1, 0, "X", BLANK)
    assert scratch.strip(0).text == "aXcd"
    assert sheet.strip(1).text == "abcd"


def test_spans_become_a_row_of_the_width() -> None:
    assert line([("ab", RED), ("漢", RED)], 6, BLANK).text == "ab漢  "
    assert line([("ab", RED), ("漢", RED)], 3, BLANK).text == "ab "
