"""Modules that import each other when they are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.brains.builtin.defect import Defect

    Surveyor = Callable[[dict[str, str]], list[Defect]]


def circles(found: list[Defect]) -> list[tuple[str, int, str]]:
    return sorted((d.path, d.line, d.symbol) for d in found if d.rule == "import-circle")


def test_a_circle_is_told_once_and_spelled_out(survey: Surveyor) -> None:
    files = {
        "p/__init__.py": "",
        "p/b.py": "\nimport p.c\n",
        "p/c.py": "from . import a\n",
        "p/a.py": "from .b import x\n",
    }
    assert circles(survey(files)) == [("p/a.py", 1, "p.a -> p.b -> p.c -> p.a")]


def test_two_circles_through_one_module_are_two(survey: Surveyor) -> None:
    files = {"a.py": "import b\n", "b.py": "import a\nimport c\n", "c.py": "import b\n"}
    assert circles(survey(files)) == [("a.py", 1, "a -> b -> a"), ("b.py", 2, "b -> c -> b")]


@pytest.mark.parametrize(
    "back",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n",
        "import typing\nif typing.TYPE_CHECKING:\n    import a\n",
        "def f():\n    import a\n",
        "import json\n",
    ],
)
def test_imports_that_do_not_run_at_load_close_no_circle(back: str, survey: Surveyor) -> None:
    assert circles(survey({"a.py": "import b\n", "b.py": back, "json.py": "", "x/json.py": "import b\n"})) == []


@pytest.mark.parametrize(
    "back", ["try:\n    import a\nexcept ImportError:\n    a = None\n", "class C:\n    import a\n"]
)
def test_imports_in_blocks_that_run_at_load_do(back: str, survey: Surveyor) -> None:
    assert len(circles(survey({"a.py": "import b\n", "b.py": back}))) == 1


def test_a_package_that_collects_its_modules_is_no_circle(survey: Surveyor) -> None:
    files = {
        "p/__init__.py": "__version__ = '1'\nfrom p.a import x\nfrom p.b import y\n",
        "p/a.py": "from p import __version__, b\n",
        "p/b.py": "y = 1\n",
    }
    assert circles(survey(files)) == []


def test_a_long_chain_needs_no_deep_stack(survey: Surveyor) -> None:
    files = {f"m{n}.py": f"import m{(n + 1) % 1200}\n" for n in range(1200)}
    found = circles(survey(files))
    assert [(path, line) for path, line, _ in found] == [("m0.py", 1)]
