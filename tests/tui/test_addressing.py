"""Whom a message goes to is said by the names it begins with, and by nothing else in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.address import BROADCAST, check_recipient
from trinity_tui.tui.addressing import Addressed, again, names, problem, read, told

PEOPLE = {"guide-1": "guide", "builder-1": "builder", "builder-2": "builder", "araya": ""}


@pytest.mark.parametrize(
    ("text", "recipients", "content"),
    [
        ("hello", ("builder-1",), "hello"),
        ("@guide-1 hello", ("guide-1",), "hello"),
        ("  @Guide-1: hello", ("guide-1",), "hello"),
        ("@guide-1, @araya hello\n@builder-1 said so", ("guide-1", "araya"), "hello\n@builder-1 said so"),
        ("@builder hello", ("role:builder",), "hello"),
        ("@role:builder hello", ("role:builder",), "hello"),
        ("@builder-1 @builder hello", ("role:builder",), "hello"),
        ("@guide-1 @all hello", (BROADCAST,), "hello"),
        ("@guide-1 @guide-1 hello", ("guide-1",), "hello"),
        ("@guide-1", ("guide-1",), ""),
        ("ask @guide-1 of it", ("builder-1",), "ask @guide-1 of it"),
        ("@@guide-1 is a name", ("builder-1",), "@@guide-1 is a name"),
        ("@src/auth.py is odd", ("builder-1",), "@src/auth.py is odd"),
        ("@guide-1 @auth.py is odd", ("guide-1",), "@auth.py is odd"),
        ("@Makefile is odd", ("builder-1",), "@Makefile is odd"),
    ],
)
def test_it_goes_to_those_it_begins_with(text: str, recipients: tuple[str, ...], content: str) -> None:
    assert read(text, "builder-1", PEOPLE) == Addressed(recipients, content)


def test_a_name_nobody_has_is_said_and_it_goes_to_nobody() -> None:
    assert read("@nobody hello", "builder-1", PEOPLE) == Addressed((), "@nobody hello", "nobody")
    assert read("@guide-1 @oracle hello", "builder-1", PEOPLE).recipients == ()
    assert "Did you mean @guide-1?" in problem("guide-2", PEOPLE)
    assert "@@nobody is a plain word" in problem("nobody", PEOPLE)


def test_whom_it_goes_to_is_told_in_words() -> None:
    assert told((BROADCAST,)) == "all"
    assert told(("guide-1", "role:builder")) == "guide-1, every builder"
    assert names(PEOPLE) == ["guide-1", "builder-1", "builder-2", "araya", "guide", "builder", "all"]


TEXTS = st.one_of(st.text(), st.text("@ abgu-1:,\n.").map(lambda text: f"@{text}"))


@given(TEXTS, st.sampled_from(["", "araya"]))
def test_whatever_is_written_goes_to_somebody_there_is_and_no_word_of_it_is_lost(text: str, to: str) -> None:
    found = read(text, to, PEOPLE)
    for who in found.recipients:
        check_recipient(who)
    assert len(set(found.recipients)) == len(found.recipients)
    assert text.endswith(found.content) or text.rstrip().endswith(found.content)
    if found.recipients in ((), (to,)) and not text.lstrip().lower().startswith("@araya"):
        assert found.content == text


@given(st.lists(st.sampled_from(["guide-1", "araya", "role:builder", BROADCAST]), min_size=1, unique=True))
def test_what_did_not_reach_some_can_be_written_to_them_again(recipients: list[str]) -> None:
    expected = (BROADCAST,) if BROADCAST in recipients else tuple(recipients)
    assert read(again("hello", recipients), "builder-1", PEOPLE) == Addressed(expected, "hello")
