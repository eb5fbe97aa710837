"""Length, branches and defaults of a function."""

from __future__ import annotations

import pytest

from trinity_tui.brains.builtin.rules.functions import mutable_default, too_branched, too_long
from trinity_tui.brains.builtin.source import read_source


def function(line_count: int, name: str = "f", indent: str = "") -> str:
    return f"{indent}def {name}():\n" + f"{indent}    x = 1\n" * (line_count - 1)


@pytest.mark.parametrize(("line_count", "severity"), [(80, None), (81, "normal"), (150, "normal"), (151, "high")])
def test_a_long_function_is_graver_the_longer_it_is(line_count: int, severity: str | None) -> None:
    found = list(too_long(read_source("a.py", "source", function(line_count))))
    assert [defect.severity for defect in found] == ([severity] if severity else [])


def test_signature_and_docstring_are_no_burden() -> None:
    signature = "def f(\n" + "".join(f"    a{n}=None,\n" for n in range(90)) + "):\n"
    text = signature + '    """Doc.\n' + "    more\n" * 90 + '    """\n    return 1\n'
    assert list(too_long(read_source("a.py", "source", text))) == []


def test_an_inner_function_is_not_counted_twice() -> None:
    text = "def outer():\n" + function(100, "inner", "    ") + "    return inner\n"
    assert [defect.symbol for defect in too_long(read_source("a.py", "source", text))] == ["outer.inner"]


def test_tests_may_be_long_and_branched() -> None:
    text = function(200) + "    if a and b:\n        pass\n" * 20
    source = read_source("tests/test_a.py", "test", text)
    assert [*too_long(source), *too_branched(source)] == []


@pytest.mark.parametrize(("branch_count", "found_count"), [(14, 0), (15, 1)])
def test_sixteen_paths_are_too_many(branch_count: int, found_count: int) -> None:
    text = "def f(a):\n" + "    if a:\n        a = 2\n" * branch_count
    assert len(list(too_branched(read_source("a.py", "source", text)))) == found_count


def test_branches_belong_to_the_innermost_function() -> None:
    text = "def outer(a):\n" + "    if a:\n        a = 2\n" * 10
    text += "    def inner(a):\n" + "        if a:\n            a = 2\n" * 10
    assert list(too_branched(read_source("a.py", "source", text))) == []


@pytest.mark.parametrize(
    ("signature", "symbols"),
    [
        ("a=[]", ["f(a)"]),
        ("*, a={}, b=set()", ["f(a)", "f(b)"]),
        ("a, /, b=[x for x in y]", ["f(b)"]),
        ("a=(), b=None, c=frozenset(), d=1", []),
        ("_cache={}", []),
    ],
)
def test_mutable_defaults(signature: str, symbols: list[str]) -> None:
    found = mutable_default(read_source("a.py", "source", f"def f({signature}):\n    pass\n"))
    assert [defect.symbol for defect in found] == symbols
