"""Names and keys given twice."""

from __future__ import annotations

import pytest

from trinity_tui.brains.builtin.rules.scopes import duplicate_key, redefined
from trinity_tui.brains.builtin.source import read_source

LOST = [
    "def f(): pass\ndef f(): pass\n",
    "def f(): pass\nclass f: pass\n",
    "async def f(): pass\nx = 1\nasync def f(): pass\n",
    "@staticmethod\ndef f(): pass\ndef f(): pass\n",
]
KEPT = [
    "def f(): pass\ndef g(): pass\n",
    "def _(): pass\ndef _(): pass\n",
    "if x:\n    def f(): pass\nelse:\n    def f(): pass\n",
    "try:\n    from a import f\nexcept ImportError:\n    def f(): pass\n",
    "@overload\ndef f(a): ...\n@typing.overload\ndef f(b): ...\ndef f(c): pass\n",
    "@property\ndef f(self): pass\n@f.setter\ndef f(self, v): pass\n",
    "@app.route('/a')\ndef f(): pass\n@app.route('/b')\ndef f(): pass\n",
    "def f(): pass\nregister(f)\ndef f(): pass\n",
    "def f(): pass\ndel f\ndef f(): pass\n",
    "class A: pass\nclass A(A): pass\n",
    "class A:\n    def f(self): pass\nclass B:\n    def f(self): pass\n",
]


@pytest.mark.parametrize("text", LOST)
def test_a_lost_definition_is_reported_where_it_is_replaced(text: str) -> None:
    found = list(redefined(read_source("a.py", "source", text)))
    replacement = max(number for number, line in enumerate(text.split("\n"), 1) if " f" in line)
    assert [(defect.symbol, defect.line, defect.severity) for defect in found] == [("f", replacement, "high")]


@pytest.mark.parametrize("text", KEPT)
def test_a_definition_that_is_not_lost_is_left_alone(text: str) -> None:
    assert list(redefined(read_source("a.py", "source", text))) == []


def test_a_name_lost_again_and_again_is_told_once() -> None:
    found = redefined(read_source("a.py", "source", "def f(): pass\n" * 5))
    assert [defect.line for defect in found] == [2]


def test_a_test_in_a_test_file_can_be_lost_but_its_locals_may_repeat() -> None:
    lost = "class T:\n    def test_a(self): pass\n    def test_a(self): pass\n"
    local = "def test_b():\n    def f(): pass\n    def f(): pass\n"
    found = redefined(read_source("tests/test_a.py", "test", lost + local))
    assert [defect.symbol for defect in found] == ["T.test_a"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = {'a': 1,\n     'a': 2}\n", [2]),
        ("x = {" + "'a': 1,\n" * 9 + "}\n", [2, 3, 4]),
        ("x = {1: 1, True: 2, 1.0: 3, '1': 4}\n", []),
        ("x = {**a, **a, key: 1, key: 2}\n", []),
        ("x = [{'a': 1}, {'a': 2}]\n", []),
    ],
)
def test_duplicate_keys(text: str, lines: list[int]) -> None:
    assert [defect.line for defect in duplicate_key(read_source("a.py", "source", text))] == lines
