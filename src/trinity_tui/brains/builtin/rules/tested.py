"""Rules about code no test looks at. To be imported or named by a test is enough; what it proves is not judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.brains.builtin.defect import Defect
    from trinity_tui.brains.builtin.facts import FileFacts
    from trinity_tui.brains.builtin.workspace import Workspace

_ASIDE_FOLDERS = frozenset(
    "doc docs example examples scripts bench benchmarks tools .github notebooks experiments fuzz fuzzing demos".split()
)
"""At the top of a project these hold what is not shipped."""
_ASIDE_FILES = frozenset("setup.py conf.py noxfile.py tasks.py manage.py fabfile.py __main__.py _version.py".split())
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "README.md")
_MANY_FUNCTIONS = 5


def untested_modules(workspace: Workspace) -> Iterator[Defect]:
    """A module with code in it that no test imports or names."""
    if not _has_tests(workspace):
        return
    seen = _seen_by_tests(workspace)
    for path, facts in _modules(workspace):
        if path not in seen:
            name = workspace.modules.name_of(path)
            count = len(facts.definitions)
            first = facts.definitions[0]
            severity = "normal" if count >= _MANY_FUNCTIONS else "low"
            text = f"No test imports or names {name}, which defines {count} {'thing' if count == 1 else 'things'}."
            evidence = f"first definition: {first.symbol}"
            yield workspace.defect("untested-module", (path, first.line), name, severity, (text, evidence))


def no_tests(workspace: Workspace) -> Iterator[Defect]:
    """A project with code and not a single test."""
    modules = list(_modules(workspace))
    if not modules or _has_tests(workspace):
        return
    paths = {entry.path for entry in workspace.entries}
    place = next((name for name in _PROJECT_FILES if name in paths), min(path for path, _ in modules))
    text = f"The project has {len(modules)} Python modules with code and no test at all."
    yield workspace.defect("no-tests", (place, 1), "project", "normal", (text, f"{len(modules)} modules"))


def _has_tests(workspace: Workspace) -> bool:
    return any(facts.kind == "test" and facts.definitions for facts in workspace.facts.values())


def _modules(workspace: Workspace) -> Iterator[tuple[str, FileFacts]]:
    for path, facts in workspace.facts.items():
        *folders, name = path.split("/")
        is_aside = name in _ASIDE_FILES or "migrations" in folders or (folders and folders[0] in _ASIDE_FOLDERS)
        if facts.kind == "source" and facts.definitions and not is_aside:
            yield path, facts


def _seen_by_tests(workspace: Workspace) -> set[str]:
    """Files tests import, name in a string or by their own file name, and what imported packages pass on."""
    seen: set[str] = set()
    named: set[str] = set()
    for path, facts in workspace.facts.items():
        if facts.kind != "test":
            continue
        named.update(facts.mentions, _subject(path))
        for fact in facts.imports:
            seen.update(workspace.modules.targets(path, fact))
    seen.update(path for path, _ in _modules(workspace) if _is_named(workspace, path, named))
    return _with_passed_on(workspace, seen)


def _subject(path: str) -> set[str]:
    """What a test file is about by its name: test_parser.py is about a module called parser."""
    stem = path.rpartition("/")[2].removesuffix(".py")
    return {re.sub(r"^test_|_test$", "", stem)} - {stem}


def _is_named(workspace: Workspace, path: str, named: set[str]) -> bool:
    dotted = workspace.modules.name_of(path)
    stem = path.rpartition("/")[2].removesuffix(".py")
    ways = {dotted, path, path.rpartition("/")[2], stem}
    return bool(ways & named) or any(name.startswith(f"{dotted}.") for name in named if "." in dotted)


def _with_passed_on(workspace: Workspace, seen: set[str]) -> set[str]:
    pending = [path for path in seen if path.endswith("__init__.py")]
    reached = set(seen)
    while pending:
        package = pending.pop()
        facts = workspace.facts.get(package)
        for fact in facts.imports if facts else ():
            for target in workspace.modules.targets(package, fact):
                if target not in reached:
                    reached.add(target)
                    pending.extend([target] if target.endswith("__init__.py") else [])
    return reached
