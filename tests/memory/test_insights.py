"""What of a synthesis is said, and when it is news."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from memory_lines import DAY, START, line, lines
from trinity_tui.core.memory_fold import fold
from trinity_tui.memory.insights import SAID_MOST, STAYING_MOST, Insight, Said, insights, news
from trinity_tui.memory.synthesis import synthesise

if TYPE_CHECKING:
    from trinity_tui.core.memory import Operation


def found(said: list[Operation], before: dict[str, Said] | None = None) -> dict[str, Insight]:
    """What is to be said of these a day later."""
    return insights(synthesise(fold(said), START + DAY), before or {})


def as_said(found: dict[str, Insight]) -> dict[str, Said]:
    """All of it was said."""
    return {key: Said(one.text, f"said {key}", one.record_ids, one.authors) for key, one in found.items()}


def theme(*record_ids: str, text: str = "t", authors: tuple[str, ...] = ("scout",)) -> Insight:
    return Insight("theme", text, record_ids, authors)


def is_news(now: Insight, before: Insight) -> bool:
    return bool(news({"k": now}, as_said({"k": before})))


@given(lines())
def test_what_was_said_is_no_news(said: list[Operation]) -> None:
    first = found(said)
    assert news(first, {}) == first
    again = found(said, as_said(first))
    assert (again, news(again, as_said(first))) == (first, {})


@given(lines(), st.integers(0, 14))
def test_each_rests_on_records_that_hold(said: list[Operation], count: int) -> None:
    holding = {one.id for one in fold(said[:count]) if one.holds(START + DAY)}
    for one in found(said[:count]).values():
        assert one.record_ids
        assert holding.issuperset(one.record_ids)


def test_a_theme_is_news_with_other_authors_much_more_or_less_or_without_what_it_said_last() -> None:
    before = theme("a", "b", "c", "d")
    other = msgspec.structs.replace(before, text="u")
    assert not is_news(before, before)
    assert not is_news(other, before)
    assert not is_news(theme("a", "b", "c", "d", "e", text="u"), before)
    assert is_news(theme("a", "b", "c", "d", "e", "f", text="u"), before)
    assert is_news(theme("c", "d", text="u"), before)
    assert is_news(theme("a", "b", "c", text="u"), before)
    assert is_news(theme("a", "b", "c", "d", text="u", authors=("smith",)), before)


def test_of_very_many_the_first_are_said_and_those_on_the_border_stay() -> None:
    said = [
        line(f"{name}{number}", number, name, text=f"{name} {number}", subject=f"thing {number:03}")
        for number in range(STAYING_MOST + 5)
        for name in ("scout", "smith")
    ]
    first = found(said)
    assert len(first) == SAID_MOST
    # One more of what comes after all of them, and it is among the first.
    more = [*said, line("more", DAY / 2, "lead", text="lead on it", subject="thing 040")]
    after = found(more, as_said(first))
    assert after.keys() - first.keys() == {"theme:about:thing 040"}
    assert first.keys() <= after.keys()


def test_the_texts_of_others_are_shown_on_one_line_and_cut() -> None:
    said = [
        line("a", 1, text="one\x1b[2J\n" + "x" * 3_000, subject="s" * 300),
        line("b", 2, "smith", text="two", subject="s" * 300),
    ]
    (one,) = found(said[::-1]).values()
    assert one.text.endswith(": 2 records of scout, smith, the newest: two")
    (key,) = found([*said, line("c", 3, text="\x1b" + "y" * 3_000, subject="s" * 300)])
    assert len(key) < 100
    for one in found([*said, line("c", 3, text="\x1b" + "y" * 3_000, subject="s" * 300)]).values():
        assert one.text.isprintable()
        assert len(one.text) < 700


def test_what_was_kept_in_an_older_shape_is_understood() -> None:
    assert msgspec.json.decode(b'["text", "id"]', type=Said) == Said("text", "id")
