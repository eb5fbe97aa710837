"""The workspaces this person has opened, the latest first: what the screen offers to go to.

Two screens that write at the same moment lose one note of the two, which the next opening writes again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.paths import Workspace
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 50


class Opened(msgspec.Struct, frozen=True):
    """One workspace that was opened."""

    path: str
    at: float
    """When it was opened last, seconds since the epoch."""


class Place(msgspec.Struct, frozen=True):
    """One workspace to go to."""

    path: Path
    at: float
    is_running: bool
    """Whether a coordinator answers there."""


def default_file() -> Path:
    """Where the list lies."""
    from platformdirs import user_state_path

    return user_state_path("trinity") / "workspaces.json"


def note(file: Path, root: Path, now: float) -> None:
    """Put a workspace at the head of the list; a list that cannot be written is not worth a word."""
    known = [item for item in _read(file) if item.path != str(root)]
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        document.write(file, [Opened(str(root), now), *known][:KEPT], durable=False)
    except (OSError, StoreError):
        return


def places(file: Path, answers: Callable[[Workspace], bool]) -> list[Place]:
    """Those of the list that are still workspaces.

    Args:
        file: The list.
        answers: Whether a coordinator answers in a workspace.
    """
    found: list[Place] = []
    for item in _read(file):
        workspace = Workspace(Path(item.path))
        if workspace.config.is_file():
            found.append(Place(workspace.root, item.at, answers(workspace)))
    return found


def _read(file: Path) -> list[Opened]:
    try:
        return document.read(file, list[Opened]) or []
    except (OSError, StoreError):
        return []
