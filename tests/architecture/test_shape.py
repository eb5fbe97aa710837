"""The house's measures: small modules, short functions, everything introduced by a docstring, the README in step."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MODULE_LINES = 600
FUNCTION_LINES = 50
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}


@pytest.fixture(scope="module")
def modules() -> dict[Path, ast.Module]:
    """Every module, parsed once for all that is asked of it."""
    return {path: ast.parse(path.read_text()) for path in SOURCES}


def test_no_module_is_over_its_limit() -> None:
    long = {
        str(path.relative_to(ROOT)): n for path in SOURCES if (n := len(path.read_text().splitlines())) > MODULE_LINES
    }
    assert not long


def test_no_function_is_over_its_limit(modules: dict[Path, ast.Module]) -> None:
    long: list[str] = []
    for path, module in modules.items():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({lines})")
    assert not long


def test_every_module_says_what_it_is_for(modules: dict[Path, ast.Module]) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path, module in modules.items()
        if path.stat().st_size and not ast.get_docstring(module)
    ]
    assert not silent


def test_every_public_name_says_what_it_is_for(modules: dict[Path, ast.Module]) -> None:
    silent: list[str] = []
    for path, module in modules.items():
        for node in module.body:
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
        f"{path.relative_to(ROOT)}:{number} {line.strip()} {following.strip()}"
        for path in SOURCES
        for number, (line, following) in enumerate(pairwise([*path.read_text().splitlines(), ""]), 1)
        if line.strip().startswith(("except Exception", "except BaseException", "except:"))
    ]
    assert not [place for place in broad if "boundary:" not in place]
    assert len(broad) <= 8, broad


def test_data_is_a_struct(modules: dict[Path, ast.Module]) -> None:
    """A dataclass is written and compiled at every start: to define one takes ten times as long as a Struct."""
    imports = (node for module in modules.values() for node in ast.walk(module) if isinstance(node, ast.ImportFrom))
    assert "dataclasses" not in {node.module for node in imports}


_COLOR = re.compile(
    r"(?:(?:bold|dim|italic|on|not) )*(?:\#[0-9a-fA-F]{3,8}|rgba?\(.*\)|hsl\(.*\)|ansi_\w+"
    r"|(?:bright_)?(?:black|red|green|yellow|blue|magenta|cyan|white|gr[ae]y\d*|orange))(?: .*)?"
)


def test_no_colour_stands_outside_the_themes(modules: dict[Path, ast.Module]) -> None:
    screen = ROOT / "src" / "trinity_tui" / "tui"
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for path, module in modules.items()
        if path.is_relative_to(screen)
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _COLOR.fullmatch(node.value)
    ]
    for path in sorted(screen.rglob("*.tcss")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            values = re.findall(r":\s+([^;{}]+);", line)
            words = [word for value in values for word in value.split() if not word.startswith("$")]
            found += [f"{path.relative_to(ROOT)}:{number} {word}" for word in words if _COLOR.fullmatch(word)]
    assert not found
