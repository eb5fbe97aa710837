"""How everybody stands, told to everybody: the instances on their lanes, and the registry that others read.

What is told grows with the fleet, and so do those who are told: were each change told by itself, a large fleet that
comes up would do little else, and its instances would have no time left to answer. So changes that follow one another
closely are told together.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.daemon.house import House

SECONDS_EACH = 0.005
"""How long one telling lets the next one wait, for each instance that stands somehow."""


class Bulletin:
    """Tells at once after a quiet while, else when the pause is over.

    Args:
        tell: Tells how everybody stands, and returns how many they are.
        is_ending: Whether there may be no later: then every change is told at once.
    """

    def __init__(self, tell: Callable[[], int], is_ending: Callable[[], bool]) -> None:
        self._tell = tell
        self._is_ending = is_ending
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        """Somebody stands differently now."""
        loop = asyncio.get_running_loop()
        if self._is_ending() or loop.time() >= self._next_at:
            self._issue()
        elif self._timer is None:
            self._timer = loop.call_at(self._next_at, self._issue)

    def _issue(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._next_at = asyncio.get_running_loop().time() + SECONDS_EACH * self._tell()


def bulletin(house: House) -> Bulletin:
    """The bulletin of a coordinator."""

    def tell() -> int:
        statuses = house.standing.now().values()
        house.lanes.send_all(house.hearing.roster())
        try:
            document.write(house.workspace.registry, [msgspec.to_builtins(one) for one in statuses], durable=False)
        except StoreError as error:
            # Others read it, we do not: it is written again with the next change.
            house.notice("registry", f"{error}. It shows how things stood before.")
        else:
            house.notice("registry", "")
        return len(statuses)

    return Bulletin(tell, house.down.is_set)
