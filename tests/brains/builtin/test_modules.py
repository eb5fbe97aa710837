"""Which file an import leads to."""

from __future__ import annotations

import pytest

from trinity_tui.brains.builtin.facts import ImportFact
from trinity_tui.brains.builtin.modules import ModuleMap

MODULES = ModuleMap(
    "src/p/__init__.py src/p/a.py src/p/q/__init__.py src/p/q/b.py tools/run.py tools/same.py other/same.py"
    " my.dots/x.py my.dots/y.py json.py deep/json.py top.py README.md".split()
)


@pytest.mark.parametrize(
    ("path", "name"),
    [("src/p/q/b.py", "p.q.b"), ("src/p/__init__.py", "p"), ("tools/run.py", "run"), ("top.py", "top")],
)
def test_a_name_reaches_as_far_as_its_packages(path: str, name: str) -> None:
    assert MODULES.name_of(path) == name


@pytest.mark.parametrize(
    ("importer", "module", "names", "level", "expected"),
    [
        ("top.py", "p.q.b", (), 0, ["src/p/q/b.py"]),
        ("top.py", "p.q", ("b",), 0, ["src/p/q/b.py"]),
        ("top.py", "p.q", ("thing",), 0, ["src/p/q/__init__.py"]),
        ("top.py", "p", ("__version__",), 0, []),
        ("src/p/q/b.py", "", ("a",), 2, ["src/p/a.py"]),
        ("src/p/q/b.py", "a", ("f", "g"), 2, ["src/p/a.py", "src/p/a.py"]),
        ("src/p/a.py", "q", ("*",), 1, ["src/p/q/__init__.py"]),
        ("src/p/a.py", "", ("x",), 9, []),
        ("my.dots/x.py", "y", ("f",), 1, ["my.dots/y.py"]),
        ("top.py", "same", (), 0, []),
        ("tools/run.py", "same", (), 0, ["tools/same.py"]),
        ("src/p/a.py", "json", (), 0, []),
        ("top.py", "json", (), 0, ["json.py"]),
        ("top.py", "numpy", ("array",), 0, []),
    ],
)
def test_imports_lead_to_files_only_where_there_is_no_doubt(
    importer: str, module: str, names: tuple[str, ...], level: int, expected: list[str]
) -> None:
    assert list(MODULES.targets(importer, ImportFact(1, module, names, level, True))) == expected
