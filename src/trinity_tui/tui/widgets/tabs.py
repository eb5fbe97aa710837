"""The line of tabs: which screens there are, which one is seen, and the key that leads to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui import actions
from trinity_tui.tui.cells import line
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.strip import Strip

    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.glyphs import Glyphs

WITH_KEYS = 60
"""From this width on each tab says its key."""


class Tabs(Toned):
    """One line; a click goes to a screen.

    Args:
        current: The action of the screen this stands on.
        keys: The user's own keys, by action.
        glyphs: The signs this terminal has.
        badges: By action, how much is new behind it.
    """

    def __init__(self, current: str, keys: Mapping[str, str], glyphs: Glyphs, badges: Mapping[str, int]) -> None:
        super().__init__("tabs")
        self._current = current
        self._keys = keys
        self._glyphs = glyphs
        self._badges = badges

    def render_line(self, y: int) -> Strip:
        """The tabs; the one that is seen stands between bars, so that it is told without colour."""
        spans: list[Span] = [(" ", self.tone("text"))]
        for action, text in self._texts():
            is_here = action.id == self._current
            key, _, title = text.rpartition(" ")
            spans += [
                (f"{key} " if key else "", self.tone("faint")),
                (title, self.tone("brand" if is_here else "dim")),
                ("  ", self.tone("text")),
            ]
        return line(spans, self.size.width, self.tone("text"))

    def _texts(self) -> list[tuple[actions.Action, str]]:
        return [(action, self._text(action)) for action in actions.ACTIONS if action.id.startswith("screen.")]

    def _text(self, action: actions.Action) -> str:
        title = action.title + self._glyphs.badge(self._badges.get(action.id, 0))
        title = f"[{title}]" if action.id == self._current else title
        key = self._keys.get(action.id, action.key_label)
        return f"{key} {title}" if self.size.width >= WITH_KEYS else title

    async def on_click(self, event: events.Click) -> None:
        """Go to the screen under the pointer."""
        start = 1
        for action, text in self._texts():
            if start <= event.x < start + cell_width(text):
                await self.run_action(f"app.{action.method}")
                return
            start += cell_width(text) + 2
