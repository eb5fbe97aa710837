from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.safe_text import MOST_CHARACTERS, clean, cut, fit, head, reveal, width, within, wrap

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\x1b[31m\u202e\u2066\u200b\u200d\ufe0f\u0301\ud83d\udc00\x00\x07\t\n\r[/]漢🎉👩🏽🇩🇪"),
    ),
    max_size=80,
)


@given(HOSTILE)
def test_nothing_is_left_that_acts_on_the_terminal(text: str) -> None:
    cleaned = clean(text)
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


@given(HOSTILE)
def test_width_adds_up_character_by_character(text: str) -> None:
    cleaned = clean(text)
    assert width(cleaned) == sum(width(character) for character in cleaned)


@given(HOSTILE, st.integers(0, 40))
def test_a_text_is_fitted_to_exactly_the_room_it_has(text: str, cells: int) -> None:
    cleaned = clean(text)
    assert width(fit(cleaned, cells)) == cells
    assert width(cut(cleaned, cells)) <= cells
    assert cleaned.startswith(head(cleaned, cells))


@given(HOSTILE, st.integers(2, 30), st.integers(1, 6))
def test_lines_are_no_wider_and_no_more_than_asked_for(text: str, cells: int, most: int) -> None:
    lines = wrap(clean(text), cells, most)
    assert len(lines) <= most
    assert all(width(line) <= cells for line in lines)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [bold]text[/bold]", "plain [bold]text[/bold]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("\x9b2Jgone", "gone"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("ab\u202ecd\u2066ef", "abcdef"),
        ("hu\u200bman", "human"),
        ("bell\x07", "bell␇"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("👩🏽", "👩"),
        ("🇩🇪", "DE"),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301"),
        ("\u0301x", "x"),
        ("❤\ufe0f", "❤"),
        ("漢字", "漢字"),
    ],
)
def test_what_is_shown_of(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_line_of_a_hundred_kilobytes_is_cut_before_it_is_looked_at() -> None:
    assert len(clean("x" * 100_000)) == MOST_CHARACTERS


def test_a_wide_character_is_not_halved() -> None:
    assert cut("漢字漢字", 5) == "漢字…"
    assert cut("漢字漢字", 4) == "漢…"
    assert cut("漢", 1) == "…"
    assert fit("漢字漢字", 4) == "漢… "


def test_words_stay_whole_where_they_can() -> None:
    assert wrap("restarted 3 s ago: signal 9", 16, 2) == ["restarted 3 s", "ago: signal 9"]
    assert wrap("one two three four", 8, 2) == ["one two", "three f…"]
    assert wrap("no Ollama, using builtin", 16, 2, indent=2) == ["no Ollama,", "using builtin"]
    assert wrap("", 10, 3) == []
    assert wrap("all: src/bench/screen_show.py:17", 18, 3) == ["all: src/bench/", "screen_show.py:17"]
    assert wrap("a/averyverylongname.py", 12, 3) == ["a/averyveryl", "ongname.py"]


@given(HOSTILE)
def test_what_is_to_be_allowed_hides_nothing(text: str) -> None:
    shown = reveal(text)
    assert clean(shown) == shown
    assert len(shown) >= len(text) or any(unicodedata.combining(c) or width(c) == 0 for c in text)


def test_texts_that_differ_look_different() -> None:
    assert reveal("rm \u202e-x") == "rm ⟨202E⟩-x"
    assert reveal("a\nb\tc\x1b[0m") == "a⏎b␉c␛[0m"
    assert reveal("half \ud83d") == "half ⟨D83D⟩"
    assert len(reveal("x" * 20_000)) == 20_000


def test_a_path_longer_than_a_line_is_broken_between_its_parts() -> None:
    said = "wrote /home/agus/.config/trinity/themes/mine.toml for you"
    assert within(said, 27) == "wrote /home/agus/.config/\ntrinity/themes/mine.toml\nfor you"
    assert within("two words\nthat fit", 6) == "two words\nthat fit", "what breaks at spaces is left as it is"
    assert within(said, 0) == said
