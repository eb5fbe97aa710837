from __future__ import annotations

from typing import Any

from trinity_tui.tui.memory.question import Question


class Asked:
    """What was asked for."""

    def __init__(self) -> None:
        self.args: list[dict[str, Any]] = []

    def __call__(self, do: str, **args: Any) -> None:
        self.args.append(args)


def test_while_an_answer_is_awaited_only_the_newest_question_waits() -> None:
    asked = Asked()
    question = Question("search", asked)
    for text in ("p", "po", "por", "port"):
        question.ask(text=text)
    assert asked.args == [{"text": "p"}]
    assert not question.ended({"text": "p"})
    assert asked.args == [{"text": "p"}, {"text": "port"}]
    assert not question.ended({"text": "p"})
    assert question.ended({"text": "port"})
    assert not question.is_open


def test_what_is_asked_again_is_shown_and_asked_again() -> None:
    asked = Asked()
    question = Question("news", asked)
    question.ask()
    question.ask()
    assert question.ended({})
    assert asked.args == [{}, {}]
    assert question.ended({})
