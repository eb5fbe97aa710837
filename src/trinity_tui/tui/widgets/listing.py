"""A pane of rows that is read from its top, with one row chosen: a list to choose from, or a page to scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from textual import events

    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs


class Listing(Tail):
    """Rows, the first at the top; it follows nothing."""

    shows_room = False

    class Moved(Message):
        """Another row is chosen."""

        def __init__(self, pane: Listing, index: int) -> None:
            super().__init__()
            self.pane = pane
            self.index = index

    def __init__(self, pane: str, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__(pane, clock, glyphs)
        self.follows = False

    def renew(self) -> None:
        """The rows changed; what is chosen is for the pane to keep."""
        if self.has_cursor and self.total():
            self.cursor = max(0, min(self.cursor, self.total() - 1))
        super().renew()

    def forget(self) -> None:
        """The rows are other ones now: begin at their top."""
        super().forget()
        self.follows = False
        self.scroll_lines(-self.line_count())
        self.renew()

    def scroll_lines(self, lines: int) -> None:
        """Move the view."""
        super().scroll_lines(lines)
        self.follows = False

    def foot_text(self) -> str:
        """Nothing is ever new below."""
        return ""

    def choose_row(self, index: int) -> None:
        """Choose a row, and have it seen."""
        if not 0 <= index < self.total():
            return
        is_new = self.cursor != index
        self.cursor = index
        first, last = index * self.PARTS, (index + 1) * self.PARTS
        self.scroll_lines(min(0, first - self.top) or max(0, last - self.top - self.size.height))
        if is_new:
            self.post_message(self.Moved(self, index))

    def _step(self, rows: int) -> None:
        if self.has_cursor:
            self.choose_row(max(0, min(self.cursor + rows, self.total() - 1)))
        else:
            self.scroll_lines(rows)

    def action_list_page_up(self) -> None:
        """One page up."""
        self._turn(-1)

    def action_list_page_down(self) -> None:
        """One page down."""
        self._turn(1)

    def _turn(self, pages: int) -> None:
        self._step(pages * max(1, (self.size.height - 1) // (self.PARTS if self.has_cursor else 1)))

    def action_list_oldest(self) -> None:
        """To the first row."""
        self._step(-self.line_count())

    def action_list_newest(self) -> None:
        """To the last row."""
        self._step(self.line_count())

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer; a second click opens it."""
        event.prevent_default()
        offset = event.get_content_offset(self)
        index = (self.top + offset.y) // self.PARTS if offset is not None else -1
        if self.has_cursor and 0 <= index < self.total():
            self.choose_row(index)
            if event.chain == 2:
                self.open_chosen()
