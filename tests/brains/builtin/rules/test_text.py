"""Conflicts and files that do not parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.brains.builtin.rules.text import conflict_marker
from trinity_tui.brains.builtin.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.brains.builtin.defect import Defect

OURS, MIDDLE, THEIRS = "<" * 7 + " HEAD", "=" * 7, ">" * 7 + " other"


def conflict(*markers: str) -> str:
    return "text\n" + "".join(f"{marker}\nline\n" for marker in markers)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (conflict(OURS, MIDDLE, THEIRS), [2]),
        (conflict(OURS, MIDDLE, THEIRS) * 2, [2, 9]),
        (conflict(OURS, "|" * 7, MIDDLE, THEIRS).replace("\n", "\r\n"), [2]),
        (conflict(MIDDLE), []),
        (conflict(OURS, THEIRS), []),
        (conflict("```", OURS, MIDDLE, THEIRS, "```"), []),
        (conflict("<" * 8, "=" * 8, ">" * 8), []),
    ],
)
def test_a_conflict_has_all_three_markers(text: str, lines: list[int]) -> None:
    assert [defect.line for defect in conflict_marker(read_source("a.md", "text", text))] == lines


def test_a_file_in_conflict_is_not_also_a_syntax_error(survey: Callable[[dict[str, str]], list[Defect]]) -> None:
    assert [defect.rule for defect in survey({"a.py": conflict(OURS, MIDDLE, THEIRS)})] == ["conflict-marker"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.py": "def f(:\n"}, ["syntax-error"]),
        ({"a.py": "x = '\\d'\n"}, []),
        ({"tests/fixtures/a.py": "def f(:\n"}, []),
        ({"a.py": "def f(:\n", "pyproject.toml": "requires-python = '>=3.99'\n"}, []),
        ({"{{name}}/a.py": "def f(:\n"}, []),
        ({"a.txt": "def f(:\n"}, []),
    ],
)
def test_only_python_meant_for_this_python_must_parse(
    files: dict[str, str], found: list[str], survey: Callable[[dict[str, str]], list[Defect]]
) -> None:
    assert [defect.rule for defect in survey(files)] == found
