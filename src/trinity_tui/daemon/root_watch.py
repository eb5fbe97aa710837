"""Tells of changes of files at the top of the workspace: one watcher for all who follow one there."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable
    from pathlib import Path

STEP_MILLISECONDS = 100
"""How often the watcher hands over what it saw. It takes the interpreter each time, so not more often than a person
notices: at 10 ms a coordinator at rest would spend 0.7 % of a processor on it, so 0.1 %."""
log = logging.getLogger("watch")


class RootWatch:
    """The watcher of one workspace.

    Args:
        root: The folder that is watched; not what is below it, for the user's project may be large.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._followed: dict[asyncio.Event, frozenset[str]] = {}

    async def changes(self, files: Iterable[Path], most_seconds: float) -> AsyncGenerator[None]:
        """Whenever one of these may have changed, at first at once; also while nothing tells of changes.

        Args:
            files: Which.
            most_seconds: So often at least.
        """
        news = asyncio.Event()
        self._followed[news] = frozenset(map(str, files))
        try:
            while True:
                yield
                try:
                    async with asyncio.timeout(most_seconds):
                        await news.wait()
                except TimeoutError:
                    continue
                finally:
                    news.clear()
        finally:
            del self._followed[news]

    async def run(self) -> None:
        """Watch for ever; where that is not possible, files are found changed by those who look."""
        from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] - it names a type of anyio's

        try:
            async for changed in awatch(
                self._root, watch_filter=lambda _, path: self._is_followed(path),
                step=STEP_MILLISECONDS, debounce=STEP_MILLISECONDS, recursive=False, force_polling=False,
            ):  # fmt: skip
                paths = {path for _, path in changed}
                for news, files in self._followed.items():
                    if not files.isdisjoint(paths):
                        news.set()
        except (OSError, RuntimeError) as error:
            log.warning("changes at the top of %s are found by looking: %s", self._root, error)

    def _is_followed(self, path: str) -> bool:
        return any(path in files for files in list(self._followed.values()))
