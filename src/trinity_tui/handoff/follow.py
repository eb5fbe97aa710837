"""Follows the four tiers as people and other programs change them; what we wrote ourselves is no news."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.core.handoff.tiers import FILES
from trinity_tui.handoff.find import places
from trinity_tui.handoff.sessions import folder_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

STEP_MILLISECONDS = 100
"""How often the watcher hands over what it saw; each time it takes the interpreter."""
LOOK_SECONDS = 5.0
"""How often places that are watched are looked up anew: a project may have come."""
_NAMES = frozenset(name.casefold() for name in FILES.values())
log = logging.getLogger("handoff")


async def follow(root: Path, is_own: Callable[[Path], bool] = lambda _: False) -> AsyncIterator[frozenset[Path]]:
    """What was changed by others, as it happens, for ever.

    Args:
        root: The workspace.
        is_own: Whether a file is as we wrote it.
    """
    # A workspace of many folders takes its time to be looked through.
    watched = await asyncio.to_thread(_watched, root)
    async for changed in _changes(root, watched):
        if news := frozenset(path for path in changed if is_document(root, path) and not is_own(path)):
            yield news


def is_document(root: Path, path: Path) -> bool:
    """Whether a file is of the four tiers: one of the documents, or a block."""
    if path.parent == folder_of(root):
        return path.suffix in (".md", ".jsonl") and not path.name.startswith(".")
    return path.name.casefold() in _NAMES


def _watched(root: Path) -> list[Path]:
    """The folders the documents stand in; not what is below them, for the user's project may be large."""
    there = {path.parent for _, path in places(root)}
    return sorted(folder for folder in {root, folder_of(root), *there} if folder.is_dir())


async def _changes(root: Path, watched: list[Path]) -> AsyncIterator[set[Path]]:
    """The files that may have changed; begins anew where folders came or went."""
    from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] - it names a type of anyio's

    def is_wanted(_: object, path: str) -> bool:
        return is_document(root, Path(path))

    while True:
        seen = awatch(
            *watched, watch_filter=is_wanted, step=STEP_MILLISECONDS, debounce=STEP_MILLISECONDS, recursive=False,
            force_polling=False, rust_timeout=int(LOOK_SECONDS * 1000), yield_on_timeout=True,
        )  # fmt: skip
        try:
            async with aclosing(seen):
                async for changes in seen:
                    yield {Path(path) for _, path in changes}
                    if not changes and await asyncio.to_thread(_watched, root) != watched:
                        break
        except (OSError, RuntimeError) as error:
            log.warning("changes of the handoff's documents are not seen at once: %s", error)
            await asyncio.sleep(LOOK_SECONDS)
        now = await asyncio.to_thread(_watched, root)
        came = {path for _, path in await asyncio.to_thread(places, root) if path.parent not in watched}
        watched = now
        yield came
