"""One node in every form: whatever it says, every row has exactly its width, and its state is a sign and a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from trinity_tui.core.room import InstanceView
from trinity_tui.core.wire.face import LiveView
from trinity_tui.tui.cells import Sheet
from trinity_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from trinity_tui.tui.layout.geometry import Box
from trinity_tui.tui.node import describe, spelled
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.node_paint import Look, paint_box, paint_cell, paint_line, paint_row

if TYPE_CHECKING:
    from collections.abc import Callable

STYLE = Style()
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.lists(st.sampled_from(["漢字", "e\u0301\u0301", "👩🏽\u200d💻", "🇩🇪", "ｱ", "한글", "नि", "x"]), max_size=12).map(
        "".join
    ),
)
PAINTED: dict[str, Callable[[Sheet, Box, Look, Glyphs], None]] = {
    "box": lambda sheet, box, look, glyphs: paint_box(sheet, box, look, tone, glyphs),
    "row": lambda sheet, box, look, glyphs: paint_row(sheet, box, look, 12, tone, glyphs),
    "cell": lambda sheet, box, look, glyphs: paint_cell(sheet, box, look, 7, tone, glyphs),
    "line": lambda sheet, box, look, glyphs: paint_line(sheet, box, look, tone, glyphs),
}
LEAST = {"box": 20, "row": 34, "cell": 2, "line": 10}
STATES = ("OFFLINE", "STARTING", "ONLINE", "BUSY", "DEGRADED", "CRASHED", "PARKED", "PAUSED", "UNKNOWN")


def tone(name: str, *, on: str = "") -> Style:
    return STYLE


def look_of(view: InstanceView, live: LiveView | None, glyphs: Glyphs, words: str = "") -> Look:
    return Look(
        spelled(describe(view, live, 3, 0.0), glyphs), (0, 1, 2, 3, 9, 1, 0, 4), glyphs.text(clean(words)), True
    )


@pytest.mark.parametrize("form", PAINTED)
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@given(name=WORDS, detail=WORDS, words=WORDS, state=st.sampled_from(STATES), width=st.integers(2, 54))
@example(name="漢字" * 20, detail="漢字" * 40, words="👩🏽\u200d💻" * 9, state="CRASHED", width=21)
def test_every_row_has_its_width(
    form: str, glyphs: Glyphs, name: str, detail: str, words: str, state: str, width: int
) -> None:
    width = max(width, LEAST[form])
    height = 7 if form == "box" else 1
    view = InstanceView(name, role=detail, brain=words, state=state, reason=detail)
    sheet = Sheet(60, height + 2, STYLE)
    PAINTED[form](sheet, Box(3, 1, width, height), look_of(view, LiveView(name, detail, detail), glyphs, words), glyphs)
    for y in range(sheet.height):
        row = "".join(sheet.text(x, y) for x in range(sheet.width))
        assert cell_len(row) == sheet.width
        assert row.isascii() or not glyphs.ascii
        beside = [sheet.text(x, y) for x in (0, 1, 2, *range(3 + width, sheet.width))]
        assert set(beside) == {" "}


@pytest.mark.parametrize("brain", ["", "builtin"])
def test_the_foot_has_a_gap_only_for_a_brain(brain: str) -> None:
    sheet, box = Sheet(30, 7, STYLE), Box(0, 0, 30, 7)
    quiet = Look(describe(InstanceView("builder-1", brain=brain), None, 3, 0.0), (0,) * 8, "", False)
    paint_box(sheet, box, quiet, tone, UNICODE)
    foot = "".join(sheet.text(x, 6) for x in range(30))
    assert foot == ("╰─ builtin ─" if brain else "╰───────────") + "─" * 17 + "╯"


@pytest.mark.parametrize("form", ["box", "row", "line"])
@pytest.mark.parametrize("state", STATES)
def test_a_state_is_a_sign_and_a_word(form: str, state: str) -> None:
    sheet, box = Sheet(60, 9, STYLE), Box(0, 0, 60, 7 if form == "box" else 1)
    PAINTED[form](sheet, box, look_of(InstanceView("builder-1", state=state), None, UNICODE), UNICODE)
    painted = "\n".join("".join(sheet.text(x, y) for x in range(60)) for y in range(9))
    assert UNICODE.state(state) in painted
    assert state.lower() in painted


def test_a_short_cell_keeps_the_number_that_tells_one_from_the_next() -> None:
    sheet = Sheet(14, 1, STYLE)
    paint_cell(sheet, Box(0, 0, 14, 1), look_of(InstanceView("observer-125"), None, UNICODE), 7, tone, UNICODE)
    assert "".join(sheet.text(x, 0) for x in range(14)) == "○ observe…125 "


def test_a_reason_is_whole_where_the_box_has_the_lines_for_it() -> None:
    reason = "Ollama does not answer at http://127.0.0.1:11434: nothing listens there. Start it with `ollama serve`."
    view = InstanceView("lead-1", state="DEGRADED", reason=reason)
    for lines in (4, 5, 6):
        sheet, box = Sheet(34, lines + 2, STYLE), Box(0, 0, 34, lines + 2)
        paint_box(sheet, box, look_of(view, None, UNICODE, "said to all: something else"), tone, UNICODE)
        painted = [row_of(sheet, y, 2, 32) for y in range(1, lines + 1)]
        assert "".join(painted).replace(" ", "").startswith(("◍Ollama", "◍degraded"))
        assert "".join(reason.split()) in "".join("".join(painted).split())


def row_of(sheet: Sheet, y: int, start: int, end: int) -> str:
    return "".join(sheet.text(x, y) for x in range(start, end))
