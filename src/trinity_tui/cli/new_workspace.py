"""Makes a folder a workspace: what is written there, and what a harness left behind taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.cli.shared import read_config
from trinity_tui.core.config_example import EXAMPLE
from trinity_tui.core.errors import ClientError, TrinityError
from trinity_tui.core.paths import CONFIG, HARNESS_MESSAGES, HARNESS_STATE, SHARED_FILES

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.paths import Workspace


async def make_here(workspace: Workspace) -> str:
    """Make a folder a workspace from the welcome; what was taken over there, or why not, as a sentence.

    Raises:
        ClientError: The folder cannot be written.
    """
    write_workspace(workspace.root)
    try:
        taken = await take_over(workspace)
    except TrinityError as error:
        return error.sentence()  # The workspace is made all the same, and the file is still there.
    return f"Took over {' and '.join(taken)}." if taken else ""


async def take_over(workspace: Workspace) -> list[str]:
    """Bring what a harness left here onto the log; the coordinator that runs already does it by itself."""
    from trinity_tui.client.launcher import answers

    if not any((workspace.root / name).is_file() for name in (HARNESS_MESSAGES, HARNESS_STATE)) or answers(workspace):
        return []
    from trinity_tui.daemon import takeover

    return await takeover.take_over(workspace, read_config(workspace))


def write_workspace(folder: Path) -> list[str]:
    """Write what a workspace needs and does not have; the names of what was written.

    Raises:
        ClientError: The folder cannot be written.
    """
    texts = {
        CONFIG: EXAMPLE,
        "coordination/README.md": COORDINATION,
        "coordination/.gitattributes": "*.jsonl merge=union\n",
    }
    written: list[str] = []
    try:
        for name, text in texts.items():
            path = folder / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                written.append(name)
        _exclude(folder)
    except OSError as error:
        raise ClientError(f"{error.filename} cannot be written: {error.strerror}") from error
    return written


def _exclude(folder: Path) -> None:
    """Keep what only lives here out of ``git status``, without touching the person's own ignore file."""
    info = folder / ".git" / "info"
    if not info.is_dir():
        return
    exclude = info / "exclude"
    text = exclude.read_text(encoding="utf-8") if exclude.exists() else ""
    local = ("/.trinity/", "/SESSION_BRIEFING.md", "/SESSION_LOG.md", *(f"/{name}" for name in SHARED_FILES))
    missing = [name for name in local if name not in text.split()]
    if missing:
        exclude.write_text(text + ("" if not text or text.endswith("\n") else "\n") + "\n".join(missing) + "\n")


COORDINATION = """\
# Coordination

What the computers of this workspace share lies here: their status, messages, memory and session blocks.
Each file has one writer, and files only grow, so that git can carry them without conflicts.
"""
