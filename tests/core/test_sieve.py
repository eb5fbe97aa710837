from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.bus import new_message
from trinity_tui.core import record
from trinity_tui.core.sieve import All, Traits, words_of

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="K"), max_size=40)
"""The sign of the unit kelvin is small as a plain letter k: it alone is found only where it is written so."""


@given(TEXTS, st.integers(0, 40), st.integers(1, 12))
def test_the_cheap_look_never_says_no_to_what_is_there(text: str, start: int, length: int) -> None:
    message = new_message("lead-1", "human", "chat", text)
    sieve = words_of([text[start : start + length]])
    assert sieve.fits(message)
    assert sieve.passes(record.encode(message))


def test_words_are_text_whatever_they_look_like() -> None:
    message = new_message("lead-1", "human", "chat", 'a "quoted" back\\slash and 100% .* of IT')
    line = record.encode(message)
    for words in (['"quoted"'], ["back\\slash"], [".*"], ["100%", "it"], ["LEAD-1", "chat"]):
        sieve = words_of(words)
        assert (sieve.passes(line), sieve.fits(message)) == (True, True), words
    for words in (["q.oted"], ["quoted", "nothing"], ["[a-z]"]):
        sieve = words_of(words)
        assert not (sieve.passes(line) and sieve.fits(message)), words


def test_what_goes_over_from_one_field_into_the_next_is_nowhere() -> None:
    message = new_message("lead-1", "human", "chat", "yes")
    for words in (["lead-1 human"], ["chat yes"]):
        sieve = words_of(words)
        assert (sieve.passes(record.encode(message)), sieve.fits(message)) == (False, False), words


def test_all_of_several_have_to_agree() -> None:
    message = new_message("lead-1", "human", "chat", "yes")
    line = record.encode(message)
    chat = Traits((b'"type":"chat"',), lambda one: one.type == "chat")
    task = Traits((b'"type":"task"', b"nowhere"), lambda one: one.type == "task")
    assert All((chat, words_of(["yes"]))).passes(line)
    assert All((chat, words_of(["yes"]))).fits(message)
    assert not All((chat, task)).passes(line)
    assert not All((chat, task)).fits(message)
    assert Traits((), lambda _: True).passes(b"")
