"""Which file a Python import leads to, judged by the layout alone; nothing is imported.

Answers only where the layout leaves no doubt: a name two files could claim belongs to the neighbour, else to nobody.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trinity_tui.brains.builtin.facts import ImportFact


class ModuleMap:
    """The Python modules of a workspace by dotted name."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(path for path in paths if path.endswith(".py"))
        self._claims: dict[str, set[str]] = {}
        for path in self._paths:
            for name in {self.name_of(path), _plain_name(path)}:
                self._claims.setdefault(name, set()).add(path)

    def name_of(self, path: str) -> str:
        """Dotted name of the module in a file, as far as its packages reach."""
        *folders, _ = path.split("/")
        depth = len(folders)
        while depth and "/".join([*folders[:depth], "__init__.py"]) in self._paths:
            depth -= 1
        return _dotted(path.split("/")[depth:])

    def file_of(self, name: str, importer: str) -> str | None:
        """The file a dotted name stands for, seen from the importing file."""
        claims = self._claims.get(name, set())
        if len(claims) > 1 or name.partition(".")[0] in sys.stdlib_module_names:
            folder = importer.rpartition("/")[0]
            claims = {path for path in claims if path.rpartition("/")[0] == folder}
        return next(iter(claims)) if len(claims) == 1 else None

    def targets(self, importer: str, fact: ImportFact) -> Iterator[str]:
        """Files of the workspace whose code an import statement needs."""
        module = self._find(importer, fact)
        if not fact.names and module:
            yield module
        for name in fact.names:
            submodule = self._find(importer, fact, name)
            # A package's own __version__ stands above its imports by custom; it closes no circle.
            needed = submodule or (None if name.startswith("__") and name.endswith("__") else module)
            if needed:
                yield needed

    def _find(self, importer: str, fact: ImportFact, *names: str) -> str | None:
        parts = [*(fact.module.split(".") if fact.module else ()), *names]
        if not fact.level:
            return self.file_of(".".join(parts), importer)
        stem = "/".join([*importer.split("/")[: -fact.level], *parts])
        candidates = (f"{stem}.py", f"{stem}/__init__.py")
        return next((path for path in candidates if path in self._paths), None)


def _plain_name(path: str) -> str:
    parts = path.split("/")
    return _dotted(parts[1:] if parts[0] in ("src", "lib") and len(parts) > 1 else parts)


def _dotted(parts: list[str]) -> str:
    *packages, file = parts
    stem = file.removesuffix(".py")
    return ".".join(packages if stem == "__init__" and packages else [*packages, stem])
