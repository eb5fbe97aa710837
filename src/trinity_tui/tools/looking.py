"""The child that searches where there is no ripgrep: a pattern can take for ever, so it is stopped like any command."""

from __future__ import annotations

import json
import os
import re
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_BYTES = 4 * 1024 * 1024
HITS_IN_A_FILE = 50
_USUAL_ARTEFACTS = frozenset("node_modules __pycache__ .venv venv .tox .mypy_cache .ruff_cache target dist".split())
"""What a search is not about, and ripgrep would leave out by `.gitignore`."""


def main() -> int:
    """Print what the order in the first argument asks for; 0 found, 1 nothing, 2 no pattern."""
    order = json.loads(sys.argv[1])
    try:
        pattern = re.compile(re.escape(order["pattern"]) if order["is_literal"] else order["pattern"])
    except re.error as error:
        sys.stdout.write(f"no pattern, {error}\n")
        return 2
    count = 0
    for path in _files(order):
        for number, line in _hits(path, pattern):
            count += 1
            sys.stdout.write(f"{path}:{number}:{line[: order['line_characters']]}\n")
    return 0 if count else 1


def _files(order: dict[str, Any]) -> Iterator[str]:
    place = str(order["place"])
    if os.path.isfile(place):
        yield place
        return
    for folder, folders, names in os.walk(place):
        skipped = set(order["skipped"]) | _USUAL_ARTEFACTS
        folders[:] = sorted(name for name in folders if name.casefold() not in skipped)
        for name in sorted(names):
            if not order["glob"] or fnmatchcase(name, order["glob"]):
                yield os.path.relpath(os.path.join(folder, name))


def _hits(path: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    try:
        if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > FILE_BYTES:
            return
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return
    if b"\0" in content[:8192]:
        return
    found = 0
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if pattern.search(line):
            found += 1
            yield number, line
            if found == HITS_IN_A_FILE:
                return


if __name__ == "__main__":
    raise SystemExit(main())
