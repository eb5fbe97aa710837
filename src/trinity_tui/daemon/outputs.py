"""What instances print, for faces: the last lines of the newest run, and every line as it comes, over restarts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.supervision import output

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from trinity_tui.core.paths import Workspace

LOOK_SECONDS = 0.5
"""How often a follower looks whether a new run has begun."""


class Outputs:
    """The output files of one workspace.

    Args:
        workspace: Whose.
        epoch_of: The number of an instance's newest run.
    """

    def __init__(self, workspace: Workspace, epoch_of: Callable[[str], int]) -> None:
        self._workspace = workspace
        self._epoch_of = epoch_of

    def last(self, instance: str, lines: int) -> tuple[int, list[str]]:
        """The last lines of the newest run, and its number."""
        epoch = self._epoch_of(instance)
        return epoch, output.tail(self._path(instance, epoch), lines)

    async def follow(self, instance: str, lines: int) -> AsyncGenerator[tuple[int, list[str], bool]]:
        """Run, lines, and whether these begin anew; beginning with the last lines there are. Never ends."""
        while True:
            epoch = self._epoch_of(instance)
            yield epoch, [], True
            async for more in self._run(instance, epoch, lines):
                yield epoch, more, False

    async def _run(self, instance: str, epoch: int, lines: int) -> AsyncGenerator[list[str]]:
        """The lines of one run, until another has begun and this one says nothing more."""
        path = self._path(instance, epoch)
        following = output.follow(path, output.start_of_last(path, lines))
        arriving: asyncio.Future[tuple[int, list[str]]] = asyncio.ensure_future(anext(following))
        try:
            while True:
                await asyncio.wait({arriving}, timeout=LOOK_SECONDS)
                if arriving.done():
                    yield arriving.result()[1]
                    arriving = asyncio.ensure_future(anext(following))
                elif self._epoch_of(instance) != epoch:
                    return
        finally:
            arriving.cancel()
            await asyncio.gather(arriving, return_exceptions=True)
            await following.aclose()

    def _path(self, instance: str, epoch: int) -> Path:
        return self._workspace.instance(instance).output_of(epoch)
