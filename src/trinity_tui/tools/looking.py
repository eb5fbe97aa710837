"""The child that searches where there is no ripgrep: a pattern can take for ever, so it is stopped like any command.

Folder by folder it holds what it looks into, and follows no link: nothing that is swapped meanwhile leads it away.
Standard library only: it is started by its text, where our program may not be seen.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_BYTES = 4 * 1024 * 1024
HITS_IN_A_FILE = 50
DEPTH = 200
"""Folders deeper than this are not looked into: each on the way is held open."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
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
    skipped, count = frozenset(order["skipped"]) | _USUAL_ARTEFACTS, 0
    for path, content in _files(order["place"], order["glob"], skipped):
        if any(fnmatchcase(path, left_out) for left_out in order["left_out"]):
            continue
        for number, line in _hits(content, pattern):
            count += 1
            sys.stdout.write(f"{path}:{number}:{line[: order['line_characters']]}\n")
    return 0 if count else 1


def _files(place: str, glob: str, skipped: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """The names and contents of the files at a place beneath where we are."""
    parts = [part for part in place.split("/") if part not in ("", ".")]
    held = os.open(".", _FOLDER)
    try:
        for at, part in enumerate(parts):
            try:
                inner = os.open(part, _FOLDER, dir_fd=held)
            except NotADirectoryError:
                if at == len(parts) - 1 and (content := _content(held, part)) is not None:
                    yield place, content
                return
            except OSError:
                return
            os.close(held)
            held = inner
        yield from _within(held, "/".join(parts), glob, skipped)
    finally:
        os.close(held)


def _within(folder: int, place: str, glob: str, skipped: frozenset[str], depth: int = 0) -> Iterator[tuple[str, bytes]]:
    with os.scandir(folder) as entries:
        found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    for name, is_folder in found:
        if not is_folder and (not glob or fnmatchcase(name, glob)) and (content := _content(folder, name)) is not None:
            yield f"{place}/{name}".lstrip("/"), content
    for name, is_folder in found:
        if not is_folder or name.casefold() in skipped or depth == DEPTH:
            continue
        try:
            inner = os.open(name, _FOLDER, dir_fd=folder)
        except OSError:
            continue
        try:
            yield from _within(inner, f"{place}/{name}", glob, skipped, depth + 1)
        finally:
            os.close(inner)


def _content(folder: int, name: str) -> bytes | None:
    """An ordinary file of text, if it is one and not too large."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > FILE_BYTES:
            return None
        content = file.read(FILE_BYTES)
    return None if b"\0" in content[:8192] else content


def _hits(content: bytes, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    found = 0
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if pattern.search(line):
            found += 1
            yield number, line
            if found == HITS_IN_A_FILE:
                return


if __name__ == "__main__":
    raise SystemExit(main())
