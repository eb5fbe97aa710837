"""Which files a workspace consists of, and their bytes: newest first, bounded, never outside the root.

Git decides where there is a repository; else a walk that leaves out what is built or installed. What the files mean is
for `source`.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from trinity_tui.brains.builtin.git import listed_files
from trinity_tui.core.paths import is_shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Kind = Literal["source", "test", "material", "text"]
"""Python that is shipped, Python that tests, data for tests, and every other text."""

LIMIT_FILES = 20_000
LIMIT_DEPTH = 40
LIMIT_READ_BYTES = 1_000_000
"""Larger files are listed but not read."""
_BINARY_PROBE_BYTES = 8192

_FOREIGN_FOLDERS = frozenset(
    ".trinity .git .hg .svn node_modules site-packages bower_components vendor _vendor third_party __pycache__".split()
)
_BUILT_FOLDERS = frozenset("build dist target out htmlcov venv env".split())
_TOLD_FOLDERS = frozenset({"coordination/sessions", "coordination/memory"})
_TOLD_FILES = frozenset({"SESSION_LOG.md", "SESSION_BRIEFING.md"})
"""What was found is told in them: found there again, it would be told without end."""
_SECRET_NAME = re.compile(
    r"\.env(\..*)?|.*\.(pem|key|p12|pfx|kdbx)|id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pgpass|credentials(\..*)?"
)
"""Files that hold secrets by custom: not listed, so no line of them can reach a message."""
_TEST_FOLDERS = frozenset({"test", "tests"})
_MATERIAL_FOLDERS = frozenset("fixtures fixture testdata test_data __snapshots__ snapshots golden".split())
_MATERIAL_BELOW_TESTS = frozenset("data samples resources cases examples fakes".split())


class FileEntry(Struct, frozen=True):
    """One regular file of the workspace."""

    path: str
    """Posix path relative to the workspace."""
    mtime_ns: int
    size: int
    is_tracked: bool


def list_files(root: Path) -> list[FileEntry]:
    """The workspace's files, latest change first; names that are not UTF-8 are left out: nobody could cite them."""
    known = listed_files(root)
    names = known.items() if known else ((name, False) for name in _walk(os.fsencode(root)))
    entries = list(_entries(root, names))
    entries.sort(key=lambda entry: (-entry.mtime_ns, entry.path))
    return entries[:LIMIT_FILES]


def read_file(root: Path, path: str) -> str | None:
    """Text of a file inside the root; None if it is binary, too large, a link, gone or not a regular file."""
    if not _is_inside(os.path.realpath(root), os.path.dirname(os.path.join(root, path))):
        return None
    try:
        descriptor = os.open(os.path.join(root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        is_regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        data = os.read(descriptor, LIMIT_READ_BYTES + 1) if is_regular else b"\0"
    except OSError:
        return None
    finally:
        os.close(descriptor)
    if len(data) > LIMIT_READ_BYTES or b"\0" in data[:_BINARY_PROBE_BYTES]:
        return None
    return data.decode("utf-8-sig", "replace")


def kind_of(path: str) -> Kind:
    """What a file is for, judged by its place and name."""
    *folders, name = path.split("/")
    below_tests = bool(_TEST_FOLDERS.intersection(folders))
    if _MATERIAL_FOLDERS.intersection(folders) or (below_tests and _MATERIAL_BELOW_TESTS.intersection(folders)):
        return "material"
    if not name.endswith(".py"):
        return "text"
    stem = PurePosixPath(name).stem
    named_test = stem.startswith("test_") or stem.endswith("_test") or stem in ("tests", "conftest")
    return "test" if below_tests or named_test else "source"


def _entries(root: Path, names: Iterable[tuple[bytes, bool]]) -> Iterator[FileEntry]:
    real_root = os.path.realpath(root)
    inside: dict[str, bool] = {}
    for raw, is_tracked in names:
        try:
            path = raw.decode("utf-8")
            status = os.lstat(os.path.join(root, path))
        except (OSError, ValueError):
            continue
        folder, name = os.path.split(path)
        if folder not in inside:
            inside[folder] = _is_own(folder) and _is_inside(real_root, os.path.join(root, folder))
        if path in _TOLD_FILES or (not folder and is_shared(name)):
            continue
        if inside[folder] and stat.S_ISREG(status.st_mode) and not _SECRET_NAME.fullmatch(name):
            yield FileEntry(path, status.st_mtime_ns, status.st_size, is_tracked)


def _is_own(folder: str) -> bool:
    return folder not in _TOLD_FOLDERS and not _FOREIGN_FOLDERS.intersection(folder.split("/"))


def _is_inside(real_root: str, folder: str) -> bool:
    real = os.path.realpath(folder)
    return real == real_root or real.startswith(real_root.rstrip("/") + "/")


def _walk(root: bytes) -> Iterator[bytes]:
    """Names of the files below a folder without git, relative to it, bounded in number and depth."""
    folders = [(b"", 0)]
    count = 0
    while folders:
        folder, depth = folders.pop(0)
        for entry in _scan(os.path.join(root, folder)):
            relative = os.path.join(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if depth < LIMIT_DEPTH and not _is_skipped(entry):
                    folders.append((relative, depth + 1))
            elif entry.is_file(follow_symlinks=False):
                yield relative
                count += 1
                if count >= LIMIT_FILES:
                    return


def _scan(folder: bytes) -> list[os.DirEntry[bytes]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_skipped(entry: os.DirEntry[bytes]) -> bool:
    name = os.fsdecode(entry.name)
    if name.startswith(".") or name.endswith(".egg-info") or name in _FOREIGN_FOLDERS or name in _BUILT_FOLDERS:
        return True
    return os.path.exists(os.path.join(entry.path, b"pyvenv.cfg"))
