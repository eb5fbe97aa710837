"""Only places that exist get into an answer, and only words that carry meaning out of a question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from trinity_tui.brains.builtin.index import Index
from trinity_tui.brains.builtin.reply import SHOWN, Question, Reply
from trinity_tui.brains.builtin.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path, now: float) -> Index:
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    return Index(tmp_path, Survey(tmp_path).run(now).stamps)


@pytest.mark.parametrize(("path", "line"), [("a.txt", 0), ("a.txt", 9), ("b.txt", 1), ("../a.txt", 1)])
def test_a_place_that_does_not_exist_is_refused(path: str, line: int, index: Index) -> None:
    reply = Reply(index)
    assert not reply.cite(path, line, "text")
    assert reply.finish().text == ""
    assert not reply.has_places


def test_a_place_is_cited_on_one_harmless_line(index: Index) -> None:
    reply = Reply(index)
    reply.say("Here:")
    assert reply.cite("a.txt", 2, "two\x1b[2J\nlines")
    assert reply.finish().text == "Here:\n  a.txt:2  two [2J lines"
    assert reply.finish().citations == (("a.txt", 2),)


def test_only_so_many_places_are_shown(index: Index) -> None:
    reply = Reply(index)
    reply.cite_all([("a.txt", 1, "")] * (SHOWN + 3))
    answer = reply.finish()
    assert len(answer.citations) == SHOWN
    assert answer.text.endswith("… and 3 more.")


def test_the_words_of_a_question_are_those_that_carry_meaning(index: Index) -> None:
    text = "What does the Stock.remove in src/a.py do, and why Stock.remove?"
    question = Question(text, re.compile("").match(text) or pytest.fail(), index, [], "", [])
    assert question.words == ["Stock.remove", "src/a.py"]
