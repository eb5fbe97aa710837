from __future__ import annotations

from typing import Any

from trinity_tui.tui.memory.question import Question


def test_while_an_answer_is_awaited_only_the_newest_question_waits() -> None:
    asked: list[dict[str, Any]] = []
    question = Question("search", lambda do, **args: asked.append(args))
    for text in ("p", "po", "por", "port"):
        question.ask(text=text)
    assert asked == [{"text": "p"}]
    assert not question.ended({"text": "p"})
    assert asked == [{"text": "p"}, {"text": "port"}]
    assert not question.ended({"text": "p"})
    assert question.ended({"text": "port"})
    assert not question.is_open


def test_what_is_asked_again_is_shown_and_asked_again() -> None:
    asked: list[dict[str, Any]] = []
    question = Question("news", lambda do, **args: asked.append(args))
    question.ask()
    question.ask()
    assert question.ended({})
    assert len(asked) == 2
    assert question.ended({})
