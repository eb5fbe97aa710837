"""The line in which messages are written, and what its keys do; what comes of them is the message bar's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import TextArea

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Region
    from textual.strip import Strip

    from trinity_tui.tui.widgets.message_bar import MessageBar

NEW_LINE_KEYS = ("alt+enter", "shift+enter", "ctrl+j")
"""Terminals differ in which of these they can send; ``ctrl+j`` is a line feed in all of them."""
SEARCH_KEY = "ctrl+r"
DIGITS = frozenset("0123456789")


class Entry(TextArea):
    """The input of the message bar.

    Args:
        bar: Which this is part of.
    """

    def __init__(self, bar: MessageBar) -> None:
        super().__init__(
            id="message-text", compact=True, show_line_numbers=False, soft_wrap=True, highlight_cursor_line=False
        )
        self._bar = bar
        self._is_styled = False
        """Whether its styles were looked up since they changed."""

    def notify_style_update(self) -> None:
        """Other colours: look them up again."""
        self._is_styled = False
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Its lines; Textual would look up six styles for each letter, which took as long as to paint it."""
        if self._is_styled:
            return super(TextArea, self).render_lines(crop)
        self._is_styled = True
        return super().render_lines(crop)

    async def _on_key(self, event: events.Key) -> None:
        if self._bar.is_between and not self.text and event.key in DIGITS:
            # As everywhere else where nothing is written; a text that begins with a digit begins with a space.
            action = "message_all" if event.key == "0" else f"message_seat({event.key})"
            await self.run_action(f"screen.{action}")
            event.stop()
            event.prevent_default()
        elif self._takes(event):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    def _takes(self, event: events.Key) -> bool:
        """Do what a key does here; whether it is one that does something."""
        bar = self._bar
        if event.key == SEARCH_KEY:
            bar.look_back()
        elif bar.is_searching and bar.press(event.key, (event.character or "") if event.is_printable else ""):
            pass
        elif event.key == "enter":
            bar.submit()
        elif event.key in NEW_LINE_KEYS:
            self.insert("\n")
        elif event.key == "escape":
            bar.leave()
        elif event.key == "tab" and bar.begun is not None:
            bar.complete_begun()
        elif event.key == "up" and self.cursor_at_first_line:
            bar.recall(1)
        elif event.key == "down" and self.cursor_at_last_line:
            bar.recall(-1)
        else:
            return False
        return True

    async def _on_paste(self, event: events.Paste) -> None:
        if self._bar.is_searching:
            self._bar.narrow(event.text.partition("\n")[0])
            event.stop()
            event.prevent_default()
