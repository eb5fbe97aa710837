"""What an instance did in its own worktree, for a face: shown, taken over, thrown away; git runs beside the loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.core.errors import ClientError, ToolError
from trinity_tui.tools.worktree import Worktree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_CHARACTERS = 400_000
"""Of a diff; ``trinity changes`` shows all of it."""


async def shown(root: Path, who: str) -> dict[str, Any]:
    """The diff, as far as a face is shown it.

    Raises:
        ClientError: It has no worktree (4), or git says no.
    """
    diff = _text(await _done(root, who, Worktree.diff))
    return {"instance": who, "diff": diff[:MOST_CHARACTERS], "is_whole": len(diff) <= MOST_CHARACTERS}


async def accept(root: Path, who: str) -> dict[str, Any]:
    """Take it over into the person's files.

    Raises:
        ClientError: It has no worktree (4), or it does not go in cleanly; nothing was changed then.
    """
    return {"instance": who, "accepted": [_text(name) for name in await _done(root, who, Worktree.accept)]}


async def discard(root: Path, who: str) -> dict[str, Any]:
    """Throw it away.

    Raises:
        ClientError: It has no worktree (4), or git says no.
    """
    await _done(root, who, Worktree.discard)
    return {"instance": who, "discarded": True}


async def _done(root: Path, who: str, do: Callable[[Worktree], Any]) -> Any:
    tree = Worktree(root, who)
    if not tree.is_there:
        raise ClientError(f"{who} has no worktree", 4, 'Give it isolation = "worktree" in instances.toml.')
    try:
        return await asyncio.to_thread(do, tree)
    except ToolError as error:
        raise ClientError(str(error), 1, error.hint) from error


def _text(text: str) -> str:
    """A name or a text that is no UTF-8, as it can be shown."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
