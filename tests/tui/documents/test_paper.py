"""A page as rows: which lines of the file each is made of, what changed, whose it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.handoff.tiers import TIERS
from trinity_tui.core.handoff.views import Page, Passage, Place, Told
from trinity_tui.tui.documents.paper import missing, page_lines, told_lines, word_lines
from trinity_tui.tui.glyphs import ASCII, UNICODE
from trinity_tui.tui.text.rows import cells

TEXT = """\
# Shop

one paragraph
of two lines

- first
- second

```
code one
code two
```

| a | b |
|---|---|
| c | d |
"""


def page(text: str, first_line: int = 1, **more: object) -> Page:
    """A page of one passage."""
    place = Place("x.md")
    return Page(place, (Passage(place, first_line, text, "digest", **more),))  # pyright: ignore[reportArgumentType]


def said(found: Page, width: int = 40) -> list[tuple[str, int, int]]:
    """The rows that are made of lines, with these."""
    lines = page_lines(found, width, UNICODE)
    return [("".join(text for text, _ in line.row), line.first, line.last) for line in lines if line.first]


def test_each_row_knows_the_lines_it_is_made_of() -> None:
    assert said(page(TEXT, 11)) == [
        ("Shop", 11, 11), ("one paragraph of two lines", 13, 14), ("· first", 16, 16), ("· second", 17, 17),
        ("│ code one", 20, 20), ("│ code two", 21, 21), ("a │ b", 24, 24), ("─────", 24, 24), ("c │ d", 26, 26),
    ]  # fmt: skip


def test_what_changed_and_what_trinity_keeps_is_told_by_row() -> None:
    text = "# Ours\n\nmine\n\n<!-- trinity:briefing -->\nkept\n<!-- /trinity:briefing -->\n\nmine too\n"
    lines = page_lines(page(text, changed=(6, 9), own=((5, 7),), gone=2), 99, UNICODE)
    shown = ["".join(text for text, _ in line.row) for line in lines]
    assert "trinity:briefing" not in " ".join(shown)
    assert [word for word, line in zip(shown, lines, strict=True) if line.is_own and word] == [shown[4], "kept"]
    assert "Kept up to date by Trinity." in shown[4]
    assert [word for word, line in zip(shown, lines, strict=True) if line.is_changed] == [
        "kept", "mine too", "(2 lines that stood here are gone)",
    ]  # fmt: skip


def test_what_is_not_shown_is_said() -> None:
    found = page_lines(page("a\n", left_out_bytes=5_000), 60, UNICODE)
    assert "5 KB more" in str(found[-1].row)
    older = page_lines(Page(Place("SESSION_LOG.md"), page("a").passages, more=3), 60, UNICODE)
    assert "and 3 older sessions" in str(older[-1].row)


@given(st.text(max_size=200), st.integers(16, 80))
def test_no_text_makes_a_row_too_wide_or_names_a_line_that_is_not_there(text: str, width: int) -> None:
    for line in page_lines(page(text, 5), width, ASCII):
        assert cells(line.row) <= width
        assert not line.first or 5 <= line.first <= line.last <= 5 + text.count("\n")


def test_a_briefing_says_that_there_is_nothing_and_what_is_not_known() -> None:
    shown = str([line.row for line in told_lines(Told("lead-1", "builtin", 0, 1_000), 60, UNICODE)])
    assert "It is told nothing" in shown and "is not known without asking it" in shown


def test_of_each_tier_it_is_said_what_makes_it() -> None:
    for tier in TIERS:
        shown = " ".join(text for line in word_lines(missing(tier, is_alone=False), 80, ASCII) for text, _ in line.row)
        assert "It is not there." in shown and "trinity init" in shown
        assert "trinity init" not in missing("portfolio", is_alone=True)
