"""Where two letters lead to on a screen: its tabs, its panes, and the nodes that have no digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui import actions
from trinity_tui.tui.jump_labels import label
from trinity_tui.tui.widgets.jump import Jump, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.tui.screens.stage import Stage

DIGITS = 9
"""So many nodes have a key of their own."""
LABEL_ROOM = 4
"""Columns between the begin of a label and the end of its pane."""


class Jumping:
    """The places of one screen.

    Args:
        screen: Which.
    """

    def __init__(self, screen: Stage) -> None:
        self._screen = screen

    def show(self) -> None:
        """Show where one can go to."""
        screen = self._screen
        spots = [spot for spot in self._spots() if spot.label]
        strips = screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]  # what is seen now
        screen.program.push_screen(Jump(strips, spots), self._go)

    def _spots(self) -> Iterator[Spot]:
        screen = self._screen
        for number, (action, x) in enumerate(screen.tabs.places()):
            yield Spot(label("tab", number), "tab", action.id, x, screen.tabs.region.y)
        for number, name in enumerate(screen.PANES):
            pane = screen.query_one(f"#{name}")
            if pane.is_on_screen and pane.region.width > LABEL_ROOM:
                yield Spot(label("pane", number), "pane", name, pane.region.right - LABEL_ROOM, pane.region.y)
        for name, spot in screen.node_spots().items():
            seat = screen.seats.taken.get(name, 0)
            if seat >= DIGITS:
                yield Spot(label("node", seat - DIGITS), "node", name, spot.x, spot.y)

    async def _go(self, spot: Spot | None) -> None:
        if spot is None:
            return
        if spot.kind == "tab":
            await self._screen.doable.do(actions.BY_ID[spot.name])
        elif spot.kind == "pane":
            self._screen.arrangement.focus(spot.name)
        else:
            self._screen.choose(spot.name)
