from __future__ import annotations

from textual.color import Color

from trinity_tui.tui.stylesheets import Stylesheets


def color_of(sheets: Stylesheets) -> Color:
    return sheets.rules[0].styles.color


def test_sheets_are_read_again_for_other_colors_and_for_no_others() -> None:
    sheets = Stylesheets(variables={"ink": "red"})
    sheets.add_source("Pen { color: $ink; }")
    first = sheets.rules
    assert color_of(sheets) == Color.parse("red")
    sheets.set_variables({"ink": "red"})
    sheets.reparse()
    assert sheets.rules is first
    sheets.set_variables({"ink": "blue"})
    sheets.reparse()
    assert color_of(sheets) == Color.parse("blue")
