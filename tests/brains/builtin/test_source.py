"""Files are parsed once, and hostile ones do no harm."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.brains.builtin.facts import gather
from trinity_tui.brains.builtin.rules import FILE_RULES
from trinity_tui.brains.builtin.source import read_source

HOSTILE = [
    "x = " + "(" * 5_000 + ")" * 5_000,
    "x = " + "[" * 90 + "]" * 90,
    "x = " + "-" * 50_000 + "1",
    "x = " + "a." * 50_000 + "a",
    "x = " + "1 + " * 50_000 + "1",
    "if x:\n pass\n" + "elif x:\n pass\n" * 3_000,
    "x = '" + "y" * 900_000 + "'",
    "x = 1\0",
    "\ufffd\ufffd\ufffd",
    "def f(:",
    "\f\n\x0b\r\r\n",
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_survived(text: str) -> None:
    source = read_source("a.py", "source", text)
    defects = tuple(defect for rule in FILE_RULES for defect in rule(source))
    facts = gather(source, defects)
    assert all(1 <= defect.line <= max(facts.line_count, 1) for defect in defects)


def test_nesting_beyond_the_parser_is_no_defect_of_the_file() -> None:
    assert read_source("a.py", "source", HOSTILE[0]).error is None


def test_a_refusal_says_line_and_reason() -> None:
    assert read_source("a.py", "source", "x = 1\ndef f(:\n").error == (2, "invalid syntax")


def test_doubtful_escapes_are_not_printed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_source("a.py", "source", "x = '\\d'\n").tree is not None


def test_the_outline_names_scopes_and_places() -> None:
    text = "import a\nclass C:\n    import b\n    def f(self):\n        import c\n        def g(): pass\n"
    outline = read_source("a.py", "source", text).outline
    assert sorted(symbol for _, symbol in outline.scopes) == ["", "C", "C.f", "C.f.g"]
    assert sorted((node.lineno, place.symbol, place.is_eager) for node, place in outline.imports) == [
        (1, "", True),
        (3, "C", True),
        (5, "C.f", False),
    ]


def test_other_text_has_lines_but_no_tree() -> None:
    source = read_source("a.md", "text", "one\ntwo\n")
    assert source.tree is None
    assert source.defect("rule", 99, "symbol", "low", "text").line == 3


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    source = read_source("a.py", "source", text)
    assert (source.tree is None) or source.error is None
    gather(source, ())
