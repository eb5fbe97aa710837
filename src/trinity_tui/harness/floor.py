"""Whose turn it is: one message is handled at a time, and one that waits for somebody else lets others go before it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Place:
    """One who wants the floor, has it, or gave it up.

    Attributes:
        has_floor: Whether it is this one's turn.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.has_floor = False

    async def take(self, rank: Callable[[], int]) -> None:
        """Wait for the floor.

        Args:
            rank: How pressing it is, asked whenever the floor is free: the least goes first, then who waits longest.
        """
        await self._floor.wait(rank)
        self.has_floor = True

    def give(self) -> None:
        """Let the next one have it; a second time does nothing."""
        if self.has_floor:
            self.has_floor = False
            self._floor.free()


class Floor:
    """There is one.

    Attributes:
        wanted: Set while somebody waits for it.
    """

    def __init__(self) -> None:
        self.wanted = asyncio.Event()
        self._is_taken = False
        self._waiting: list[tuple[Callable[[], int], asyncio.Future[None]]] = []

    def place(self) -> Place:
        """Somebody new who will want it."""
        return Place(self)

    async def wait(self, rank: Callable[[], int]) -> None:
        """Return when the floor is the caller's."""
        if not self._is_taken:
            self._is_taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        entry = (rank, turn)
        self._waiting.append(entry)
        self.wanted.set()
        try:
            await turn
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._remove(entry)
            else:  # It was given to us while we were cancelled.
                self.free()
            raise

    def free(self) -> None:
        """The floor is for the next one."""
        if not self._waiting:
            self._is_taken = False
            return
        entry = min(self._waiting, key=lambda waiting: waiting[0]())
        self._remove(entry)
        entry[1].set_result(None)

    def _remove(self, entry: tuple[Callable[[], int], asyncio.Future[None]]) -> None:
        self._waiting.remove(entry)
        if not self._waiting:
            self.wanted.clear()
