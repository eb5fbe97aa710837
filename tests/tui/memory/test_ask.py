from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core.memory import KINDS
from trinity_tui.tui.memory.ask import FILTERS, Ask, parse


def test_words_and_filters_are_told_apart() -> None:
    asked = parse("what port kind:decision by:builder-1 tag:net tag:deploy asof:2026-11-01 newer:7d the server")
    assert asked == Ask(
        "what port the server", ("decision",), "builder-1", ("net", "deploy"), as_of=1_793_491_200.0,
        newer_seconds=7 * 86_400.0,
    )  # fmt: skip
    assert asked.arguments(1_800_000_000.0) == {
        "text": "what port the server", "kinds": "decision", "author": "builder-1", "tags": "net,deploy",
        "as_of": 1_793_491_200.0, "newer_than": 1_800_000_000.0 - 7 * 86_400,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Ask()), ("   ", Ask()), ("kind:", Ask()), ("kind:dec", Ask(kinds=("decision",))),
        ("KIND:Decision", Ask(kinds=("decision",))), ("by:me", Ask(author="human")),
        ("auth.py:88 x", Ask("auth.py:88 x")), ("http://a.example/b", Ask("http://a.example/b")),
        ("12:30", Ask("12:30")), ("kind:fact kind:how", Ask(kinds=("fact", "howto"))),
    ],
)  # fmt: skip
def test_what_is_typed_half_or_is_no_filter_asks_for_what_it_can(typed: str, asked: Ask) -> None:
    assert parse(typed) == asked


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("kind:desicion", 'there is no kind "desicion"; did you mean decision?'),
        ("kind:f", 'there is no kind "f", only fact, failure, finding'),
        ("kind:zzzz", f'there is no kind "zzzz", only {", ".join(KINDS)}'),
        ("kinds:fact", 'there is no filter "kinds:"; did you mean kind: (one of the kinds)?'),
        ("asof:yesterday", 'asof: takes a day or a time such as 2026-11-01 or 2026-11-01T10:00, not "yesterday"'),
        ("newer:7y", 'newer: takes an age such as 30m, 2h, 7d or 4w, not "7y"'),
    ],
)
def test_what_cannot_be_asked_is_explained(typed: str, problem: str) -> None:
    assert parse(f"port {typed}").problem == problem


@given(st.text(max_size=60) | st.lists(st.sampled_from([*FILTERS, ":", " ", "x", "2026", "9d", "é"])).map("".join))
def test_any_line_is_read_and_none_of_its_words_lost(typed: str) -> None:
    asked = parse(typed)
    assert asked.problem or set(asked.text.split()) <= set(typed.split())
    assert parse(asked.text).text == asked.text
