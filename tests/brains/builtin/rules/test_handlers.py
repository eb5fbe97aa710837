"""Handlers that hide an error, and those that do not."""

from __future__ import annotations

import pytest

from trinity_tui.brains.builtin.rules.handlers import bare_except, swallowed_exception
from trinity_tui.brains.builtin.source import read_source


def handler(head: str, body: str) -> str:
    return f"def f():\n    try:\n        g()\n    {head}\n        {body}\n"


@pytest.mark.parametrize(
    ("head", "body", "rules"),
    [
        ("except:", "log()", ["bare-except"]),
        ("except:", "raise", []),
        ("except:  # the plugin may do anything", "log()", []),
        ("except Exception:", "pass", ["swallowed-exception"]),
        ("except BaseException:", "...", ["swallowed-exception"]),
        ("except (OSError, Exception):", "pass", ["swallowed-exception"]),
        ("except Exception:", "pass  # best effort", []),
        ("except Exception:", "log()", []),
        ("except ValueError:", "pass", []),
    ],
)
def test_handlers(head: str, body: str, rules: list[str]) -> None:
    source = read_source("a.py", "source", handler(head, body))
    found = [*bare_except(source), *swallowed_exception(source)]
    assert [(defect.rule, defect.line, defect.symbol) for defect in found] == [(rule, 4, "f") for rule in rules]
