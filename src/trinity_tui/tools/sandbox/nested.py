"""Workspaces within a workspace: each has a token and sockets of its own, which commands are not to see either."""

from __future__ import annotations

import os
from collections import deque

from trinity_tui.core.policy import HIDDEN

FOLDERS = 3000
"""More are not looked into, the nearest first: it is looked before every command."""
SKIPPED = frozenset("node_modules __pycache__ .git .venv venv .tox .mypy_cache .ruff_cache site-packages".split())
"""Folders that hold very much, and nobody's workspace."""


def nested(root: str, limit_folders: int = FOLDERS) -> list[str]:
    """What is hidden of the workspaces within a folder, itself left out; links are not followed.

    Args:
        root: The folder.
        limit_folders: How many folders to look into.
    """
    found, pending = list[str](), deque([root])
    for _ in range(limit_folders):
        if not pending:
            break
        folder = pending.popleft()
        for entry in _folders(folder):
            name = entry.name.casefold()
            if name in HIDDEN:
                if folder != root:
                    found.append(entry.path)
            elif name not in SKIPPED:
                pending.append(entry.path)
    return found


def _folders(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
