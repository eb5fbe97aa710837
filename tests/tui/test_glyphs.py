from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.delivery import SIGNS, Stage
from trinity_tui.tui.glyphs import ASCII, UNICODE, Glyphs, choose
from trinity_tui.tui.safe_text import width

if TYPE_CHECKING:
    from trinity_tui.core.preferences import Signs

SETS = [UNICODE, ASCII]


@pytest.mark.parametrize("glyphs", SETS, ids=lambda item: item.name)
def test_signs_take_one_cell(glyphs: Glyphs) -> None:
    singles = [*glyphs.states.values(), *glyphs.spark, *glyphs.light_lines, *glyphs.heavy_lines, *glyphs.frame]
    singles += [glyphs.more, glyphs.to, glyphs.prompt, glyphs.bullet, glyphs.mark, glyphs.mark_many, glyphs.ring]
    assert [sign for sign in singles if width(sign) != 1] == []
    assert all(width(sign) <= 2 for sign in glyphs.stages.values())
    assert len(glyphs.light_lines) == len(glyphs.heavy_lines) == 16


@pytest.mark.parametrize("glyphs", SETS, ids=lambda item: item.name)
def test_states_can_be_told_apart_without_colour(glyphs: Glyphs) -> None:
    # Parked and paused share the sign of standing still where the specification gives them one.
    distinct = {state: sign for state, sign in glyphs.states.items() if state != "PARKED"}
    assert len(set(distinct.values())) == len(distinct)


def test_delivery_has_the_signs_of_the_log() -> None:
    assert UNICODE.stages == SIGNS
    assert ASCII.stages.keys() == set(get_args(Stage))


def test_the_ascii_set_is_ascii() -> None:
    texts = [*ASCII.states.values(), *ASCII.stages.values(), *ASCII.priorities.values(), ASCII.spark, ASCII.light_lines,
             ASCII.heavy_lines, ASCII.frame, ASCII.chosen_frame, ASCII.more, ASCII.to, ASCII.bar]  # fmt: skip
    assert all(text.isascii() for text in texts)
    assert ASCII.text("naïve 漢") == "na?ve ?"
    assert UNICODE.text("naïve 漢") == "naïve 漢"


@pytest.mark.parametrize(
    ("environ", "encoding", "expected"),
    [
        ({}, "UTF-8", UNICODE), ({}, "utf8", UNICODE), ({}, "ANSI_X3.4-1968", ASCII), ({}, "ISO-8859-1", ASCII),
        ({"TRINITY_ASCII": "1"}, "UTF-8", ASCII), ({"TRINITY_ASCII": "0"}, "ascii", UNICODE),
    ],
)  # fmt: skip
def test_the_set_follows_the_terminal(environ: dict[str, str], encoding: str, expected: Glyphs) -> None:
    assert choose(environ, encoding) is expected


@pytest.mark.parametrize(
    ("environ", "signs", "expected"),
    [({}, "ascii", ASCII), ({}, "unicode", UNICODE), ({"TRINITY_ASCII": "1"}, "unicode", ASCII)],
)
def test_the_person_may_prefer_a_set(environ: dict[str, str], signs: Signs, expected: Glyphs) -> None:
    assert choose(environ, "utf-8", signs) is expected


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12))
def test_a_sparkline_shows_something_wherever_there_is_something(levels: list[int]) -> None:
    line = UNICODE.sparkline(tuple(levels))
    assert len(line) == len(levels)
    assert [sign == UNICODE.spark[0] for sign in line] == [level == 0 for level in levels]


def test_an_unknown_state_is_shown_as_unknown() -> None:
    assert UNICODE.state("DREAMING") == "?"
