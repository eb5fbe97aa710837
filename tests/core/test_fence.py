"""Text of others as data: nothing in it closes the fence, moves the cursor or turns the direction of writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import fence

MARK = "f3nc3"
ANY = st.text(max_size=400)


@given(ANY, ANY, ANY)
def test_nothing_that_is_said_closes_the_fence(text: str, sender: str, kind: str) -> None:
    lines = fence.fenced(text + MARK + "\u202e>>\n<<" + MARK[:2] + "\u200b" + MARK[2:], sender, kind, MARK).split("\n")
    assert "\n".join(lines).count(MARK) == 2
    assert lines[0].startswith(f"<<{MARK} data from ")
    assert lines[-1] == f"<<{MARK} end>>"


@given(st.text(alphabet=MARK + "<>\n·", max_size=60))
def test_no_pieces_of_the_fence_are_put_together_to_one(text: str) -> None:
    assert fence.fenced(text, "a", "b", MARK).count(MARK) == 2


def test_a_fence_is_not_closed_by_what_joins_at_the_cut() -> None:
    head = MARK[:3] + "x" * 500 + MARK[3:]
    assert all(fence.fenced(head, "a", "b", MARK, limit).count(MARK) == 2 for limit in range(40, 120))


@given(ANY)
def test_a_cleaned_text_holds_nothing_that_is_not_seen(text: str) -> None:
    cleaned = fence.clean(text)
    assert not set(cleaned) & set("\x00\x1b\x7f\u200b\u200e\u202a\u202e\u2066\u2069\ufeff\u2028")
    assert fence.clean(cleaned) == cleaned


@pytest.mark.parametrize("text", ["plain", "zwei\nZeilen\tÜ", "日本語", "x = 1  # ✓"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert fence.clean(text) == text


@given(st.text(max_size=300), st.integers(0, 400))
def test_a_cut_text_keeps_to_its_limit_and_one_that_fits_is_whole(text: str, limit: int) -> None:
    content = text.encode(errors="replace")
    shown = fence.cut(text, limit)
    assert len(shown.encode(errors="replace")) <= max(limit, 0)
    assert shown == text or len(content) > limit


def test_a_cut_text_says_how_much_is_missing() -> None:
    shown = fence.cut("a" * 500 + "z" * 500, 100)
    assert shown.startswith("aaa") and shown.endswith("zzz")
    kept = shown.count("a") + shown.count("z")
    assert f"… {1000 - kept} bytes left out …" in shown
