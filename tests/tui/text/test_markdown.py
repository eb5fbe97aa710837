from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from trinity_tui.tui.glyphs import ASCII, UNICODE
from trinity_tui.tui.text.growing import OPEN_CHARACTERS, Growing
from trinity_tui.tui.text.markdown import layout, parse
from trinity_tui.tui.text.rows import cells, flow

LINES = [
    "# Title", "some *words* and **more**", "- one", "  - inner", "3. third", "> quoted", "```python", "x = 1  # two",
    "```",     "| a | b |", "|---|---|", "| 1 | 漢字仮名 |", "***", "", "<b>html</b>", "[text](http://x.y/z)", "![pic](http://x/p.png)",
    "    indented", "&#27;[2J\x1b[31m\u202e", "Setext\n===", "[a]: /url", "[a]", "1) other", "~~~",
]  # fmt: skip
SOURCES = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=12).map("\n".join)


def text_of(source: str, width: int = 40) -> list[str]:
    return ["".join(text for text, _ in row) for row in layout(parse(source), width, UNICODE)]


def test_blocks_are_told_apart_and_have_room_between_them() -> None:
    assert text_of("# Head\ntext\n\n- a\n- b\n\n> said\n\n```sh\nls  -l\n```\nend") == [
        "Head", "", "text", "", "· a", "· b", "", "▌ said", "", "│ sh", "│ ls  -l", "", "end",
    ]  # fmt: skip


def test_lists_count_nest_and_hang() -> None:
    assert text_of("3. one two three\n4. x\n   - in\n", 12) == ["3. one two", "   three", "4. x", "   · in"]


def test_a_table_has_columns_and_its_cells_wrap() -> None:
    assert text_of("|a|b|\n|-|-|\n|1|long words here|", 14) == [
        "a │ b         ", "──────────────", "1 │ long words", "  │ here      ",
    ]  # fmt: skip


def test_a_link_says_where_it_leads_and_a_picture_is_not_fetched() -> None:
    assert text_of("[here](http://evil.example/x) ![cat](http://evil.example/c.png)", 90) == [
        "here (http://evil.example/x) [picture: cat (http://evil.example/c.png)]"
    ]
    assert text_of("<http://a.example>", 90) == ["http://a.example"]


def test_html_and_markup_are_text() -> None:
    assert text_of("<script>x</script> [bold]y[/bold]", 90) == ["<script>x</script> [bold]y[/bold]"]


def test_nothing_of_a_long_line_is_lost() -> None:
    word = "word " * 3_000
    assert " ".join(text_of(word)).split() == word.split()
    code = "x" * 9_000
    assert "".join(row.removeprefix("│ ") for row in text_of(f"```\n{code}\n```")) == code


@given(SOURCES, st.integers(12, 90))
def test_no_row_is_wider_than_the_page_and_none_acts_on_the_terminal(source: str, width: int) -> None:
    for row in layout(parse(source), width, UNICODE):
        assert cells(row) <= width
        assert "".join(text for text, _ in row).isprintable() or any("\u00a0" in text for text, _ in row)


@given(SOURCES)
def test_in_ascii_everything_is(source: str) -> None:
    assert all(text.isascii() for row in layout(parse(source), 40, ASCII) for text, _ in row)


@example("- one\n+0", [1])
@example("1) other\n\n1) other", [1])
@example("some\n0|\n|---|---|", [1])
@given(SOURCES, st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_a_text_that_grew_looks_like_one_that_came_whole(source: str, steps: list[int]) -> None:
    grown, at = Growing(40, UNICODE), 0
    while at < len(source):
        size = steps[at % len(steps)]
        grown.extend(source[at : at + size])
        at += size
    assert [grown.row(index) for index in range(len(grown))] == layout(parse(source), 40, UNICODE)


def test_what_is_before_the_last_block_is_settled() -> None:
    grown = Growing(40, UNICODE, "one\n\ntwo\n\nthree")
    assert (grown.settled, len(grown)) == (3, 5)


def test_a_block_that_never_ends_is_broken_at_a_line_and_stays_code() -> None:
    lines = [f"line {number}" for number in range(700)]
    grown = Growing(40, UNICODE)
    for line in ["```", *lines]:
        grown.extend(line + "\n")
    rows = [grown.row(index) for index in range(len(grown))]
    assert ["".join(text for text, _ in row).removeprefix("│ ") for row in rows] == lines
    assert {row[1][1] for row in rows} == {"md-code"}
    assert len(rows) - grown.settled <= OPEN_CHARACTERS // len("line 0")


def test_a_word_longer_than_a_row_is_broken() -> None:
    assert flow([("aa bbbbbbbbbb", "text")], 5) == [(("aa", "text"),), (("bbbbb", "text"),), (("bbbbb", "text"),)]
