"""Which modules no test looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.brains.builtin.defect import Defect

    Surveyor = Callable[[dict[str, str]], list[Defect]]

CODE = '"""Doc."""\n\n\ndef f():\n    return 1\n'
PROJECT = {
    "src/shop/__init__.py": "",
    "src/shop/prices.py": CODE,
    "src/shop/other.py": CODE,
    "src/shop/constants.py": "LIMIT = 3\n",
    "setup.py": CODE,
    "scripts/once.py": CODE,
    "tests/test_other.py": "def test_other():\n    pass\n",
}


def test_a_module_nobody_imports_is_reported_at_its_first_definition(survey: Surveyor) -> None:
    found = [(defect.rule, defect.path, defect.line, defect.symbol) for defect in survey(PROJECT)]
    assert found == [("untested-module", "src/shop/prices.py", 4, "shop.prices")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_prices.py", "def test_it(): pass\n"),
        ("tests/test_it.py", "from shop import prices\n"),
        ("tests/test_it.py", "import shop.prices as p\n"),
        ("tests/test_it.py", "def test_it():\n    from shop.prices import f\n"),
        ("tests/test_it.py", "patch('shop.prices.f')\n"),
        ("tests/test_it.py", "run('python', '-m', 'shop.prices')\n"),
        ("tests/test_it.py", "run('src/shop/prices.py')\n"),
        ("src/shop/test_it.py", "from .prices import f\n"),
        ("tests/conftest.py", "from shop.prices import f\n"),
    ],
)
def test_any_mention_in_a_test_counts(path: str, text: str, survey: Surveyor) -> None:
    assert survey({**PROJECT, path: text}) == []


def test_what_an_imported_package_passes_on_is_tested_too(survey: Surveyor) -> None:
    files = {"src/shop/__init__.py": "from shop.prices import f\n", "tests/test_shop.py": "import shop\n"}
    assert survey({**PROJECT, **files}) == []


def test_a_project_without_tests_is_told_once(survey: Surveyor) -> None:
    files = {"pyproject.toml": "[project]\n", "a.py": CODE, "b.py": CODE}
    found = survey(files)
    assert [(defect.rule, defect.path, defect.line) for defect in found] == [("no-tests", "pyproject.toml", 1)]


def test_a_folder_without_code_needs_no_tests(survey: Surveyor) -> None:
    assert survey({"notes.md": "# Notes\n", "setup.py": CODE}) == []
