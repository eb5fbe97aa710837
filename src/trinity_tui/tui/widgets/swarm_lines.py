"""The lines of the swarm: who talked in the last minute, how much, and along which cells. Painted under the nodes.

A line is bright right after a message and fades in steps until it goes; the more was said, the longer it stays bright.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.layout.route import NO_LANES, joints, lanes, route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.tui.cells import Sheet
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.layout.geometry import Point
    from trinity_tui.tui.layout.placement import Placement
    from trinity_tui.tui.widgets.node_paint import Toner

LIVE_WARMTH = 0.6
"""From this warmth on a line is bright: after a single message for twenty seconds."""
HOT_WARMTH = 6.0
"""And from this one on thick: a dozen messages over the minute."""
MOST_LINES = 80
"""More than this is a carpet, not a picture: the quietest pairs get none."""
_TONES = ("edge", "edge-live", "edge-hot")


class Lines:
    """The lines between boxes; at other densities there are none."""

    def __init__(self) -> None:
        self._placement: Placement | None = None
        self._lanes = NO_LANES
        self._routes: dict[tuple[str, str], tuple[Point, ...]] = {}
        self.levels: dict[str, int] = {}
        """By ``link_key``: how bright, from 0 to 2."""

    def place(self, placement: Placement) -> None:
        """The nodes have other places."""
        if placement != self._placement:
            self._placement = placement
            self._lanes = lanes(placement)
            self._routes.clear()

    def renew(self, warmths: Mapping[str, float]) -> bool:
        """How warm the talk of each pair is; whether that changes the picture."""
        if self._placement is None or self._placement.density != "box":
            warmths = {}
        warmest = sorted(warmths.items(), key=lambda item: -item[1])[:MOST_LINES]
        levels = {key: _level(warmth) for key, warmth in warmest if self._is_here(key)}
        changed = levels != self.levels
        self.levels = levels
        return changed

    def _is_here(self, key: str) -> bool:
        one, _, other = key.partition(" ")
        return self._placement is not None and one in self._placement.boxes and other in self._placement.boxes

    def way(self, sender: str, recipient: str) -> tuple[Point, ...]:
        """The cells a mark travels over, in its direction; empty where there is no line."""
        if self._placement is None:
            return ()
        key = (sender, recipient)
        if key not in self._routes:
            self._routes[key] = route(self._placement, self._lanes, sender, recipient)
        return self._routes[key]

    def paint(self, sheet: Sheet, tone: Toner, glyphs: Glyphs) -> None:
        """All lines, the brightest on top, joined where they meet."""
        sides: dict[Point, int] = {}
        brightest: dict[Point, int] = {}
        for key, level in self.levels.items():
            for cell, mask in self._joints(key).items():
                sides[cell] = sides.get(cell, 0) | mask
                brightest[cell] = max(brightest.get(cell, 0), level)
        styles = [tone(name) for name in _TONES]
        for cell, mask in sides.items():
            level = brightest[cell]
            sign = (glyphs.heavy_lines if level == 2 else glyphs.light_lines)[mask]
            sheet.put(cell.x, cell.y, sign, styles[level])

    def _joints(self, key: str) -> dict[Point, int]:
        one, _, other = key.partition(" ")
        cells = self.way(one, other)
        if self._placement is None or not cells:
            return {}
        return joints(cells, self._placement.boxes[one], self._placement.boxes[other])


def _level(warmth: float) -> int:
    return 2 if warmth >= HOT_WARMTH else 1 if warmth >= LIVE_WARMTH else 0
