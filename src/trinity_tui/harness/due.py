"""When a role's own work is due."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Due:
    """Due at once at first; then when somebody says so."""

    def __init__(self) -> None:
        self._at = 0.0
        self._hurried = asyncio.Event()

    def hurry(self, seconds: float) -> None:
        """Have the role's own work done within so many seconds."""
        due = asyncio.get_running_loop().time() + seconds
        if due < self._at:
            self._at = due
            self._hurried.set()

    async def wait(self) -> None:
        """Wait until the role's own work is due; from then on it is not, until somebody hurries."""
        loop = asyncio.get_running_loop()
        while (left := self._at - loop.time()) > 0:
            self._hurried.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left if left != float("inf") else None):
                    await self._hurried.wait()

    def begun(self) -> None:
        """The role's own work begins now."""
        self._at = float("inf")
