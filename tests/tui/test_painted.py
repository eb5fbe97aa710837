"""Rows that are painted: what the terminal is written puts the same on it as the whole style of every run would."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import Monochrome
from textual.strip import Strip

from trinity_tui.tui.painted import PaintedRow

COLORS = (None, "red", "bright_blue", "#123456", "#fedcba")
STYLES = st.builds(Style, color=st.sampled_from(COLORS), bgcolor=st.sampled_from(COLORS), bold=st.booleans())
RUNS = st.lists(st.tuples(st.text("ab漢 ", min_size=1, max_size=4), st.none() | STYLES), max_size=6)
SIDE = Segment("│", Style(color="red"))


def row_of(runs: list[tuple[str, Style | None]]) -> PaintedRow:
    segments = [Segment(text, style) for text, style in runs]
    return PaintedRow(segments, sum(segment.cell_length for segment in segments))


def cells(written: str) -> list[tuple[str, frozenset[str]]]:
    """Each character with what is on where it is written; the last reset has to leave nothing on."""
    found: list[tuple[str, frozenset[str]]] = []
    on: dict[str, str] = {}
    for codes, text in re.findall(r"\x1b\[([\d;]*)m|([^\x1b])", written):
        if text:
            found.append((text, frozenset(on.values())))
            continue
        rest = codes.split(";")
        while rest:
            size = {"38": 5, "48": 5}.get(rest[0], 1) if rest[1:2] == ["2"] else 3 if rest[0] in ("38", "48") else 1
            code, rest = ";".join(rest[:size]), rest[size:]
            if code == "0":
                on.clear()
            else:
                on["bold" if code == "1" else "ground" if code[0] == "4" or code[:2] == "10" else "color"] = code
    assert not on
    return found


@given(RUNS, st.sampled_from(["truecolor", "256", "standard"]))
def test_what_is_written_looks_like_the_whole_style_of_every_run(
    runs: list[tuple[str, Style | None]], system: str
) -> None:
    # A style keeps the codes of the first terminal it is written to.
    fresh = [(text, style and Style(color=style.color, bgcolor=style.bgcolor, bold=style.bold)) for text, style in runs]
    console = Console(color_system=system, force_terminal=True)  # pyright: ignore[reportArgumentType]
    row = row_of(runs)
    assert cells(row.render(console)) == cells(Strip(row_of(fresh)).render(console))


@given(RUNS, st.integers(0, 12), st.integers(0, 12))
def test_a_part_is_what_a_strip_would_have_there(runs: list[tuple[str, Style | None]], start: int, end: int) -> None:
    row = row_of(runs)
    assert row.crop(start, end) == Strip(row, row.cell_length).crop(start, end)
    whole = row.cell_length
    if 0 < start < whole:
        assert list(row.divide([start, whole])) == list(Strip(row, whole).divide([start, whole]))


def test_a_row_is_framed_once_and_filtered_once() -> None:
    row = row_of([("ab", Style(color="red"))])
    assert row.framed((None, None)) is row
    framed = row.framed((SIDE, SIDE))
    assert framed.text == "│ab│"
    assert framed.cell_length == 4
    assert row.framed((SIDE, SIDE)) is framed
    assert row.framed((None, SIDE)).text == "ab│"
    grey, ground = Monochrome(), Color(0, 0, 0)
    assert row.apply_filter(grey, ground) is row.apply_filter(grey, ground)
    assert row.apply_filter(grey, ground) == Strip(row, 2).apply_filter(grey, ground)


def test_one_style_is_said_once() -> None:
    red = Style(color="#ff0000", bgcolor="#000000")
    blue = Style(color="#0000ff", bgcolor="#000000")
    written = row_of([("a", red), ("b", red), ("c", blue)]).render(Console(color_system="truecolor"))
    assert written == "\x1b[38;2;255;0;0;48;2;0;0;0mab\x1b[38;2;0;0;255mc\x1b[0m"
