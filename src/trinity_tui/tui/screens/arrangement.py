"""Which panes of the Room are seen at which size, and how one goes from pane to pane.

::

    ≥ 120   swarm │ flow over memory, output below
    80–119  swarm │ flow or memory,   output below
    < 80    one pane at a time; the swarm as rows
    height < 20: no output pane, unless it is the one that is looked at
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.tui.screens.room import RoomScreen

PANES = ("swarm", "flow", "memory", "output")
WIDE = 120
MEDIUM = 80
SHORT = 20
SHORTER = 30
"""Below this height the output pane has only a few lines."""


class Arrangement:
    """Arranges the panes of one screen by giving it classes; the style sheet does the rest."""

    def __init__(self, screen: RoomScreen) -> None:
        self._screen = screen
        self._width = self._height = 0
        self.pane = "swarm"
        """The pane the person is in, or was before writing."""
        self.is_zoomed = False

    @property
    def is_single(self) -> bool:
        """Whether one pane has all the room."""
        return self._width < MEDIUM or self.is_zoomed

    def fit(self, width: int, height: int) -> None:
        """The screen has this size."""
        if (width, height) != (self._width, self._height):
            self._width, self._height = width, height
            self._apply()

    def enter(self, pane: str) -> None:
        """The person is in this pane now."""
        if pane != self.pane:
            self.pane = pane
            self._apply()

    def focus(self, pane: str) -> None:
        """Take the person to a pane, which is seen from then on."""
        self.pane = pane
        self._apply()
        self._screen.query_one(f"#{pane}").focus()

    def step(self, by: int) -> None:
        """Take the person to the next pane, or the one before."""
        self.focus(PANES[(PANES.index(self.pane) + by) % len(PANES)])

    def zoom(self) -> None:
        """Give the pane the whole screen, and back."""
        self.is_zoomed = not self.is_zoomed
        self._apply()

    def _apply(self) -> None:
        screen, pane = self._screen, self.pane
        is_single, is_medium = self.is_single, MEDIUM <= self._width < WIDE
        states = {
            "-single": is_single,
            "-medium": is_medium and not is_single,
            "-narrow": self._width < MEDIUM,
            "-tiny": self._width < 50,
            "-short": self._height < SHORT,
            "-shorter": self._height < SHORTER,
        } | {f"-on-{name}": name == pane for name in PANES}
        if is_medium and pane not in ("flow", "memory"):
            # The column keeps the tab it had.
            for name in ("flow", "memory"):
                states[f"-on-{name}"] = screen.has_class(f"-on-{name}")
            states["-on-flow"] = states["-on-flow"] or not states["-on-memory"]
        screen.update_classes(states, animate=False)
        screen.swarm.use_density("row" if self._width < MEDIUM else None)
        self._entitle(is_medium and not is_single)

    def _entitle(self, is_tabbed: bool) -> None:
        self._screen.flow.stand_beside(after="Memory" if is_tabbed else "")
        self._screen.memory.stand_beside(before="Flow" if is_tabbed else "")
