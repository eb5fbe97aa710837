"""Whatever is remembered, and however wide the pane is: no line is wider than it, and every text is harmless."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_demo import CLASH, DECIDED, NEWS, OLD, OURS, THEIRS, THEMES
from memory_demo import page as page_of
from tui_demo import NOW, HandClock

from trinity_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from trinity_tui.tui.memory.known import Known, News, Shown, Together
from trinity_tui.tui.memory.lines import Look, news_lines, record_lines, theme_lines
from trinity_tui.tui.memory.record import page
from trinity_tui.tui.text.rows import cells

CLOCK = HandClock().clock()
TEXTS = st.text(max_size=80) | st.sampled_from(
    ["\x1b[31mred", "漢字" * 30, "a\nb\n\nc", "\u202eevil", "👩‍👩‍👧 family", "x" * 300]
)
WIDTHS = st.integers(30, 130)
SETS = st.sampled_from([UNICODE, ASCII])


def look(width: int, glyphs: Glyphs = UNICODE, wanted: str = "") -> Look:
    return Look(width, NOW, glyphs, wanted)


def of(plain: dict[str, Any]) -> Known:
    return msgspec.convert(plain, Known)


def text_of(lines: Any) -> str:
    return "\n".join("".join(text for text, _ in line.row).rstrip() for line in lines)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """A record of anybody's, about anything."""
    text = draw(TEXTS)
    fields = ("subject", "predicate", "value", "author", "path", "why")
    return OURS | {name: draw(TEXTS) for name in fields} | {
        "text": text, "tags": [text], "authors": [text, "human"], "score": 1.0, "parts": {"text": 1.0, "age": 0.5},
        "state": draw(st.sampled_from(["stands", "retracted", "superseded", "expired", "to come"])),
        "confidence": draw(st.sampled_from([0.0, 0.31, 1.0])),
    }  # fmt: skip


@given(records(), WIDTHS, SETS, TEXTS)
def test_a_record_in_a_list_is_no_wider_than_the_list(
    plain: dict[str, Any], width: int, glyphs: Glyphs, wanted: str
) -> None:
    lines = record_lines(of(plain), look(width, glyphs, wanted))
    assert len(lines) == 2
    assert [line.row for line in lines if cells(line.row) > width] == []
    assert text_of(lines).isprintable() or "\n" in text_of(lines)


@given(records(), WIDTHS, SETS)
def test_a_page_is_no_wider_than_its_pane(plain: dict[str, Any], width: int, glyphs: Glyphs) -> None:
    clash = CLASH | {"subject": plain["subject"], "predicate": plain["predicate"]}
    shown = page_of(plain) | {"contradictions": [clash], "related": {"p1": plain, "p2": THEIRS}, "replaced": [
        {"id": "o", "author": plain["author"], "time": NOW, "kind": "fact", "text": plain["text"]}]}  # fmt: skip
    lines = page(msgspec.convert(shown, Shown), of(plain), look(width, glyphs), CLOCK)
    assert [line.row for line in lines if cells(line.row) > width] == []
    assert not any(ord(character) < 0x20 for line in lines for text, _ in line.row for character in text)


@given(WIDTHS, SETS, TEXTS)
def test_news_and_themes_are_no_wider_than_the_list(width: int, glyphs: Glyphs, text: str) -> None:
    themes = THEMES | {"themes": [THEMES["themes"][0] | {"subject": text, "statement": text, "authors": [text]}]}
    together, news = msgspec.convert(themes, Together), msgspec.convert(NEWS, News)
    lines = [*theme_lines(together, look(width, glyphs), {}), *news_lines(news, look(width, glyphs), "11:22")]
    assert [line.row for line in lines if cells(line.row) > width] == []


def test_words_that_are_looked_for_stand_out_in_any_form() -> None:
    first, _ = record_lines(of(OURS), look(80, wanted="listen SERVERS"))
    assert [text for text, tone in first.row if tone == "found"] == ["server", "listens"]


@pytest.mark.parametrize(("width", "columns"), [(60, 1), (49, 2)])
def test_the_sides_stand_beside_each_other_where_there_is_room(width: int, columns: int) -> None:
    told = text_of(page(msgspec.convert(page_of(OURS), Shown), None, look(width), CLOCK))
    assert len([line for line in told.splitlines() if line.strip().startswith(("8080", "8001"))]) == columns


def test_what_was_replaced_says_by_what_and_what_replaced_it_says_what() -> None:
    old, new = (text_of(page(msgspec.convert(page_of(one), Shown), None, look(90), CLOCK)) for one in (OLD, DECIDED))
    assert "Replaced by\n→  40m Tokens are renewed by the gateway" in old
    assert "In place of\n→  20d lead-1       Every service renews its own tokens" in new
