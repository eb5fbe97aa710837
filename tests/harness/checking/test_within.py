"""What a task asks for: no more than looking something up or running checks, or something only a model can do."""

from __future__ import annotations

import pytest

from trinity_tui.harness.checking.within import LONGEST_CHARACTERS, to_check, to_look

CHECKS = ["ruff check -q .", "python3 -m pytest -q -x"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("run the checks", CHECKS),
        ("Please run all the tests again.", CHECKS[1:]),
        ("check whether the tests pass", CHECKS[1:]),
        ("run ruff and pytest", CHECKS),
        ("Write a test for shop/stock.py", None),
        ("test shop/stock.py", None),
        ("check the cart", None),
        ("run the tests and fix what fails", None),
        ("Look into: shop/cart.py:4 an empty except", None),
        ("run the checks" + " " * LONGEST_CHARACTERS + "and fix them", None),
    ],
)
def test_only_what_asks_for_checks_alone_is_done_by_running_them(text: str, wanted: list[str] | None) -> None:
    assert to_check(text, CHECKS) == wanted


def test_where_there_are_no_checks_it_is_known_that_they_are_asked_for() -> None:
    assert to_check("run the checks", []) == []
    assert to_check("write them", []) is None


@pytest.mark.parametrize(
    "text",
    [
        "search: fix the cart",
        "grep for TODO",
        "What is untested?",
        "tell me which files change most",
        "where is refresh?",
    ],
)
def test_a_search_or_a_question_is_done_once_it_is_answered(text: str) -> None:
    assert to_look(text)


@pytest.mark.parametrize(
    "text",
    [
        "fix what is wrong in cart.py",
        "What is wrong in cart.py? Fix it.",
        "what is untested, and add tests",
        "list the users on the page",
        "show what was found",
        "find out why the bug happens",
        "search: refresh\nthen rename it",
        "where is refresh? " + "x" * LONGEST_CHARACTERS,
    ],
)
def test_what_asks_for_more_is_not_done_by_an_answer(text: str) -> None:
    assert not to_look(text)
