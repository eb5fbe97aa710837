"""The end of many instances: those that others came after last, and all of them within one grace.

Whoever nobody living came after is told at once. The others are told when those are gone, or when half of the longest
grace has passed, whichever is first, and get what is left of it: one that ignores TERM delays the rest and adds
nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from trinity_tui.core.lifecycle_events import WantDown
from trinity_tui.core.ordering import first_to_stop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.supervision.fleet import Fleet
    from trinity_tui.supervision.instance import Supervised


async def in_order(
    fleet: Fleet,
    members: Sequence[Supervised],
    by: str,
    clock: Callable[[], float],
    is_wanted_down: Callable[[Supervised], bool] = lambda _: True,
) -> None:
    """Have them stop; returns when every one of them has been told.

    Args:
        fleet: Where they are.
        members: Who is to stop; what has no process is told at once.
        by: Who wants it.
        clock: Monotonic seconds.
        is_wanted_down: Whether that still holds for one whose turn comes later.
    """
    longest = max((one.state.rules.grace_seconds for one in members if one.is_live), default=0.0)
    began = clock()
    untold = {one.id: one for one in members}
    after = {one.id: one.spec.after for one in members}

    def tell(names: Sequence[str]) -> None:
        left = max(0.0, began + longest - clock())
        for one in [untold.pop(name) for name in names]:
            if is_wanted_down(one):
                fleet.feed(one, WantDown(by, left))

    def turn() -> list[str]:
        live = [one.id for one in members if one.is_live]
        free = first_to_stop(live, after)
        return [name for name, one in untold.items() if name in free or not one.is_live]

    try:
        async with asyncio.timeout(longest / 2.0):
            while untold:
                tell(turn())
                if untold:
                    await fleet.until(lambda: bool(turn()))
    except TimeoutError:
        tell(list(untold))
