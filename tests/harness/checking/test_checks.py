"""Checks as texts: what is proposed, what a person means, what is told of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.harness.checking.checks import asked_for, describe, failing_lines, proposed, timeless
from trinity_tui.tools.command import Outcome

if TYPE_CHECKING:
    from pathlib import Path

RUFF, PYTEST = "ruff check -q .", "python3 -m pytest -q -x"
BOTH = [RUFF, PYTEST]


@pytest.mark.parametrize(
    "text",
    ["check now", "Check.", "run the checks", "please run all checks again", "can you re-run everything?",
     "run them", "run the checks and tell me how it went", "check everything, please", "run"],
)  # fmt: skip
def test_asked_for_all(text: str) -> None:
    assert asked_for(text, BOTH) == BOTH


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("run ruff", [RUFF]), ("run the tests", [PYTEST]), ("run: pytest -q", [PYTEST]), ("test", [PYTEST]),
     ("run ruff and pytest", BOTH), ("rerun Ruff now", [RUFF]), ("run the test suite", [PYTEST])],
)  # fmt: skip
def test_asked_for_some(text: str, wanted: list[str]) -> None:
    assert asked_for(text, BOTH) == wanted


@pytest.mark.parametrize("text", ["run rm -rf /", "run: curl example.org", "run mypy"])
def test_what_is_no_check_is_none_of_them(text: str) -> None:
    assert asked_for(text, BOTH) == []


@pytest.mark.parametrize(
    "text",
    ["where is refresh?", "check the auth module for bugs", "have you run it?", "what do the tests check?",
     "search: run the checks", "", "the runner is slow"],
)  # fmt: skip
def test_what_asks_for_no_run_is_a_question_like_others(text: str) -> None:
    assert asked_for(text, BOTH) is None


@given(st.text(max_size=200), st.lists(st.sampled_from(BOTH), unique=True))
def test_only_checks_there_are_can_be_meant(text: str, checks: list[str]) -> None:
    assert set(asked_for(text, checks) or []) <= set(checks)


def test_proposed_for_a_python_project(tmp_path: Path) -> None:
    assert proposed(tmp_path) == []
    (tmp_path / "pyproject.toml").write_text('[project]\n[tool.ruff]\n[dependency-groups]\ndev = ["pytest"]\n')
    assert proposed(tmp_path)[-1] == "python3 -m pytest -q -x -p no:cacheprovider"
    own = tmp_path / ".venv" / "bin"
    own.mkdir(parents=True)
    for name in ("python", "ruff"):
        (own / name).write_text("")
        (own / name).chmod(0o755)
    assert proposed(tmp_path) == [
        ".venv/bin/ruff check -q .",
        ".venv/bin/python -m pytest -q -x -p no:cacheprovider",
    ]


def test_a_tool_that_is_not_there_is_not_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ruff.toml").write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert proposed(tmp_path) == []


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Outcome([], 0, "", 1.0), "x → 0"),
        (Outcome([], 1, "a\n\n 1 failed \n\n", 1.0), "x → 1   1 failed"),
        (Outcome([], -9, "", 1.0), "x → ended by signal 9"),
        (Outcome([], None, "half", 1.0, "not done after 5 s"), "x: not done after 5 s"),
    ],
)
def test_describe(outcome: Outcome, line: str) -> None:
    assert describe("x", outcome) == line


def test_failing_lines_are_quoted_as_they_stand() -> None:
    output = "collecting\n\n    assert total == 3 s\nshop/cart.py:7: AssertionError\nFAILED x - y\n" + "noise\n" * 50
    assert failing_lines(output) == ["assert total == 3 s", "shop/cart.py:7: AssertionError", "FAILED x - y"]
    assert failing_lines("one\n\ntwo\n") == ["one", "two"]
    assert failing_lines("") == []
    assert len(failing_lines("x.py:1: bad\n" * 100)) == 12
    assert all(len(line) <= 200 for line in failing_lines("Error " * 1000))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 failed in 0.12s", "1 failed in 9.9s"),
        ("ok 12 ms", "ok 3 ms"),
        ("5 passed in 61.2s (0:01:01)", "5 passed in 2s"),
    ],
)
def test_the_same_but_for_the_time(one: str, other: str) -> None:
    assert timeless(one) == timeless(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1 failed", "2 failed"), ("a.py:1: x", "a.py:2: x"), ("3 skipped", "4 skipped")]
)
def test_other_figures_count(one: str, other: str) -> None:
    assert timeless(one) != timeless(other)


def test_one_endless_line_costs_no_more_than_others() -> None:
    assert failing_lines("x" * 2_000_000 + "\nsrc/a.py:3: wrong")[-1] == "src/a.py:3: wrong"
