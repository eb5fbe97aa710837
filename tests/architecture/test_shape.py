"""The house's measures: small modules, short functions, everything introduced by a docstring, the README in step."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MODULE_LINES = 600
FUNCTION_LINES = 50
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}


def test_no_module_is_over_its_limit() -> None:
    long = {
        str(path.relative_to(ROOT)): n for path in SOURCES if (n := len(path.read_text().splitlines())) > MODULE_LINES
    }
    assert not long


def test_no_function_is_over_its_limit() -> None:
    long: list[str] = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({lines})")
    assert not long


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in SOURCES
        if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert not silent


def test_every_public_name_says_what_it_is_for() -> None:
    silent: list[str] = []
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            ):
                if not ast.get_docstring(node):
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not silent


def test_no_module_is_called_by_a_name_that_says_nothing() -> None:
    assert not [str(path.relative_to(ROOT)) for path in SOURCES if path.stem in NAMES_THAT_SAY_NOTHING]


def test_broad_excepts_are_few_and_marked() -> None:
    broad = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.strip().startswith(("except Exception", "except BaseException", "except:"))
    ]
    assert not [place for place in broad if "boundary:" not in place and "BaseException" not in place]
    assert len(broad) <= 10, broad
