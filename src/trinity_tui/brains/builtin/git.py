"""Git as a source of facts, asked so that a hostile repository cannot make it run anything.

Only commands that read objects and the index; never ones that convert working files (those would run filter
programs). Absence of git, of a repository or of an answer in time is None; what it means is for the caller.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from trinity_tui.core.harmless_git import LOCAL, PLAIN_DIFF, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEPT_VARIABLES = ("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR")
_PLAIN_LOG = (*PLAIN_DIFF, "--no-renames", "--no-show-signature")

LIMIT_BYTES = 32 << 20
LIMIT_COMMITS = 3_000
BULK_FILES = 100
"""A commit that touches more files than this is a move or a reformat and says nothing about any one of them."""


class History(Struct, frozen=True):
    """How often files changed in the window before the newest commit."""

    commit_count: int
    newest: float
    """Time of the newest commit, seconds since the epoch."""
    changes: dict[str, int]
    """Commits in the window by path, relative to the workspace."""


def run_git(root: Path, *arguments: str, limit_seconds: float = 10.0) -> bytes | None:
    """Output of one git command, or None if it failed, took too long or said too much."""
    try:
        process = subprocess.Popen(
            git(*arguments),
            cwd=root,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None
    with process:
        output = _read_bounded(process, time.monotonic() + limit_seconds)
        if output is None:
            os.killpg(process.pid, signal.SIGKILL)
        return output if process.wait() == 0 else None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {"LC_ALL": "C"} | LOCAL


def _read_bounded(process: subprocess.Popen[bytes], deadline: float) -> bytes | None:
    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    chunks: list[bytes] = []
    size = 0
    while size <= LIMIT_BYTES:
        remaining_seconds = deadline - time.monotonic()
        if remaining_seconds <= 0 or not poll.poll(remaining_seconds * 1000):
            return None
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
    return None


def listed_files(root: Path) -> dict[bytes, bool] | None:
    """Names git knows below the workspace, with whether each is tracked; new files count, ignored ones do not."""
    output = run_git(root, "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard", "--", ".")
    if output is None:
        return None
    records = (record.partition(b" ") for record in output.split(b"\0") if record)
    return {name: tag != b"?" for tag, _, name in records}


def read_history(root: Path, window_seconds: float) -> History | None:
    """Count the commits that touched each file in the window before the newest commit; merges are left out."""
    shape = ("log", f"--max-count={LIMIT_COMMITS}", "--no-merges", "--relative", "--format=tformat:%x01%ct", "-z")
    output = run_git(root, *shape, "--name-only", *_PLAIN_LOG, "HEAD", "--", ".")
    commits = list(_commits(output or b""))
    if not commits:
        return None
    newest = max(when for when, _ in commits)
    window = [names for when, names in commits if when >= newest - window_seconds]
    changes: dict[str, int] = {}
    for names in window:
        for name in names if len(names) <= BULK_FILES else ():
            changes[name] = changes.get(name, 0) + 1
    return History(len(window), newest, changes)


def _commits(output: bytes) -> Iterator[tuple[float, list[str]]]:
    for block in output.split(b"\x01")[1:]:
        head, *names = block.split(b"\0")
        yield float(head), [os.fsdecode(name.lstrip(b"\n")) for name in names if name.strip(b"\n")]


def line_times(root: Path, path: str, limit_seconds: float) -> list[tuple[str, float]] | None:
    """Each line of the committed file with the time its author wrote it, in order."""
    # Of HEAD, not of the working file: blaming the latter would run the repository's clean filters.
    arguments = ("blame", "--line-porcelain", "--no-textconv", "--no-ext-diff", "HEAD", "--", path)
    output = run_git(root, *arguments, limit_seconds=limit_seconds)
    if output is None:
        return None
    lines: list[tuple[str, float]] = []
    written = 0.0
    for record in output.split(b"\n"):
        if record.startswith(b"author-time "):
            written = float(record[12:])
        elif record.startswith(b"\t"):
            lines.append((record[1:].decode("utf-8", "replace").rstrip("\r"), written))
    return lines
