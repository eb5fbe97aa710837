"""Which panes of a screen are seen at which size, and how one goes from pane to pane.

::

    ≥ 120   the first pane │ the column's panes over one another
    80–119  the first pane │ one of the column's
    < 80    one pane at a time
    height < 20: no tabs, and below the body only what is looked at
    height < 10: no keys either
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trinity_tui.tui.screens.frame import Frame

WIDE = 120
MEDIUM = 80
SHORT = 20
FLAT = 10
SHORTER = 30
"""Below this height a pane below the body has only a few lines."""


class Arrangement:
    """Arranges the panes of one screen by giving it classes; the style sheet does the rest.

    Args:
        screen: Whose panes.
        panes: All of them, in the order of ``tab``; the first one is the home.
        column: Those that share one place where there is less room.
    """

    def __init__(self, screen: Frame, panes: tuple[str, ...], column: tuple[str, ...]) -> None:
        self._screen = screen
        self._panes = panes
        self._column = column
        self._width = self._height = 0
        self.pane = panes[0] if panes else ""
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
        self.focus(self._panes[(self._panes.index(self.pane) + by) % len(self._panes)])

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
            "-flat": self._height < FLAT,
            "-shorter": self._height < SHORTER,
        } | {f"-on-{name}": name == pane for name in self._panes}
        if is_medium and self._column and pane not in self._column:
            # The column keeps the tab it had.
            had = [name for name in self._column if screen.has_class(f"-on-{name}")]
            states[f"-on-{had[0] if had else self._column[0]}"] = True
        screen.update_classes(states, animate=False)
        screen.arranged(is_narrow=self._width < MEDIUM, is_tabbed=is_medium and not is_single)
