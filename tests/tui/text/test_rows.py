from __future__ import annotations

from typing import SupportsIndex

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.tui.text.rows import cells, flow

SPANS = st.lists(st.tuples(st.text("ab \n界", max_size=6), st.sampled_from(["text", "dim", "code"])), max_size=9)


@given(SPANS, st.integers(2, 9))
def test_every_character_keeps_its_place_and_its_tone(spans: list[tuple[str, str]], room: int) -> None:
    rows = flow(spans, room)
    assert all(cells(row) <= room for row in rows)
    shown = [(letter, tone) for row in rows for text, tone in row for letter in text if letter != " "]
    assert shown == [(letter, tone) for text, tone in spans for letter in text if letter not in " \n"]


def test_a_paragraph_of_very_many_words_is_broken_with_one_pass() -> None:
    class Counted(str):
        """A word that counts how often a part of it is taken."""

        __slots__ = ()
        taken = 0

        def __getitem__(self, key: SupportsIndex | slice) -> str:
            Counted.taken += 1
            return super().__getitem__(key)

    words = [Counted("word ") for _ in range(2_000)]
    rows = flow([(word, "text") for word in words], 60)
    assert len(rows) == 167
    assert Counted.taken <= len(words) + len(rows)
