"""What panes of lines have in common: a place in them, the wheel, the bar at the right, and words where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction

from trinity_tui.tui import actions
from trinity_tui.tui.cells import line
from trinity_tui.tui.safe_text import wrap
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size

    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.painted import PaintedRow

WHEEL_LINES = 3
TOLD_LINES = 8
"""What is said where nothing is to be seen is cut after so many lines."""


class Scrolled(Toned, can_focus=True):
    """Lines, of which some are seen. Each kind of pane paints its own.

    Args:
        pane: Its id.
        glyphs: The signs this terminal has.
    """

    BINDINGS: ClassVar = actions.bindings(["node", "list"])
    TITLE = ""

    def __init__(self, pane: str, glyphs: Glyphs) -> None:
        super().__init__(pane)
        self.glyphs = glyphs
        self._top = 0

    @property
    def top(self) -> int:
        """The first line that is seen, counted from the first one there is."""
        return self._top

    def line_count(self) -> int:
        """How many lines there are."""
        return 0

    def scroll_lines(self, lines: int) -> None:
        """Move the view."""

    def action_node_left(self) -> None:
        """Lines have nothing beside them; the screen may have."""
        raise SkipAction

    def action_node_right(self) -> None:
        """Lines have nothing beside them; the screen may have."""
        raise SkipAction

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show what is above."""
        event.stop()
        self.scroll_lines(-WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show what is below."""
        event.stop()
        self.scroll_lines(WHEEL_LINES)

    def _bar_at(self, y: int, height: int) -> str:
        """The part of the scroll bar beside a visible line."""
        lines = self.line_count()
        if lines <= height:
            return " "
        size = max(1, height * height // lines)
        start = self._top * (height - size) // (lines - height)
        return self.glyphs.bar if start <= y < start + size else " "

    def _words_at(self, text: str, y: int, size: Size) -> PaintedRow:
        """A visible line of what is said where nothing is to be seen."""
        room = max(1, size.width - 4)
        told = [part for given in text.split("\n") for part in wrap(given, room, TOLD_LINES, self.glyphs.more)]
        number = y - max(0, (size.height - len(told)) // 2 - 1)
        spans: list[Span] = [("  " + told[number], self.tone("faint"))] if 0 <= number < len(told) else []
        return line(spans, size.width, self.tone("text"))
