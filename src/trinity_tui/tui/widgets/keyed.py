"""A pane of lines from the top, some of which can be chosen: a list of records, or a page with what it refers to.

A pane says what its lines are at a width. When they are other ones, what was chosen stays chosen and stays where it
is on the screen, as long as it is still there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.content import Content
from textual.message import Message

from trinity_tui.tui.cells import line
from trinity_tui.tui.painted import PaintedRow
from trinity_tui.tui.widgets.scrolled import Scrolled

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.listed import Line

NEAR_LINES = 2
"""What can be chosen is gone to at once where it is no further out of sight; before that, one reads on."""
MARGIN_CELLS = 2
"""The mark of what is chosen, and the scroll bar."""


class Keyed(Scrolled):
    """Lines, the first at the top."""

    class Chosen(Message):
        """Something else is chosen."""

        def __init__(self, pane: Keyed, key: str) -> None:
            super().__init__()
            self.pane, self.key = pane, key

    class OpenRequested(Message):
        """The person wants to see more of it."""

        def __init__(self, pane: Keyed, key: str) -> None:
            super().__init__()
            self.pane, self.key = pane, key

    class EndReached(Message):
        """The last line is seen: there may be more."""

        def __init__(self, pane: Keyed) -> None:
            super().__init__()
            self.pane = pane

    class BeginReached(Message):
        """The person moved up to the first line."""

        def __init__(self, pane: Keyed) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, pane: str, glyphs: Glyphs) -> None:
        super().__init__(pane, glyphs)
        self.chosen = ""
        """The key of what is chosen; empty while nothing can be."""
        self.notice = ""
        """What to say while there is no line."""
        self._lines: list[Line] = []
        self._places: dict[str, tuple[int, int]] = {}
        """By key, its first and its last line."""

    def lay_out(self, width: int) -> list[Line]:
        """The lines at this width."""
        return []

    def line_count(self) -> int:
        """How many lines were laid out."""
        return len(self._lines)

    @property
    def keys(self) -> list[str]:
        """What can be chosen, in order."""
        return list(self._places)

    # What is shown -------------------------------------------------------------------------------------------------

    def renew(self, *, is_new: bool = False) -> None:
        """The lines may be other ones.

        Args:
            is_new: Whether it is something else that is shown: from its beginning.
        """
        before = self._places.get(self.chosen)
        self._lines = self.lay_out(max(1, self.size.width - MARGIN_CELLS))
        self._places = {}
        for number, item in enumerate(self._lines):
            first, last = self._places.get(item.key, (number, number - 1))
            # Where the same thing stands a second time, further down, the first place is the one to go to.
            if item.key and last == number - 1:
                self._places[item.key] = first, number
        now = self._places.get(self.chosen)
        self._top = self._top_after(before, now, is_new=is_new)
        self._keep_within()
        if now is None:
            self._choose(self._nearest(before[0] if before is not None and not is_new else 0))
        self.refresh()

    def _top_after(self, before: tuple[int, int] | None, now: tuple[int, int] | None, *, is_new: bool) -> int:
        """The first line to be seen, where what is chosen stood there before and stands here now."""
        if now is None:
            return 0 if is_new else self._top
        at_begin = max(0, now[1] - self.size.height + 1)
        # At the beginning, what is new there is seen; further down what is read stays where it is.
        is_at_begin = self._top == 0 and not at_begin
        return at_begin if is_new or is_at_begin or before is None else self._top + now[0] - before[0]

    def _nearest(self, number: int) -> str:
        """What can be chosen at a line, or after it; else the last of all."""
        keys = list(self._places)
        return next((key for key in keys if self._places[key][1] >= number), keys[-1] if keys else "")

    def entitle(self, title: str, foot: str = "") -> None:
        """Say what this is in the frame."""
        self.border_title = Content(title)
        self.border_subtitle = Content(f" {self.glyphs.text(foot)} " if foot else "")

    def choose(self, key: str) -> None:
        """Choose this and show it, where it is there."""
        if key in self._places:
            self._choose(key)
            self._reveal(*self._places[key])

    def _choose(self, key: str) -> None:
        if key != self.chosen:
            self.chosen = key
            self.refresh()
            self.post_message(self.Chosen(self, key))

    # Moving --------------------------------------------------------------------------------------------------------

    def scroll_lines(self, lines: int) -> None:
        """Move the view."""
        self._top += lines
        self._keep_within()
        self.refresh()
        if self._top + self.size.height >= len(self._lines):
            self.post_message(self.EndReached(self))
        if lines < 0 and not self._top:
            self.post_message(self.BeginReached(self))

    def _keep_within(self) -> None:
        self._top = max(0, min(self._top, len(self._lines) - self.size.height))

    def _reveal(self, first: int, last: int) -> None:
        height = self.size.height
        # What stands above the first thing that can be chosen is its heading.
        first = 0 if first == min(start for start, _ in self._places.values()) and last < height else first
        self.scroll_lines(min(0, first - self._top) or max(0, last - self._top - height + 1))

    def _step(self, by: int) -> None:
        keys = list(self._places)
        at = keys.index(self.chosen) + by if self.chosen in self._places else -1
        if not 0 <= at < len(keys):
            self.scroll_lines(by)
            return
        first, last = self._places[keys[at]]
        out_of_sight = max(self._top - first, last - self._top - self.size.height + 1)
        if out_of_sight > NEAR_LINES + last - first:
            self.scroll_lines(by)
        else:
            self.choose(keys[at])

    def _is_seen(self, key: str) -> bool:
        first, last = self._places[key]
        return self._top <= first and last < self._top + self.size.height

    def action_node_up(self) -> None:
        """The one before."""
        self._step(-1)

    def action_node_down(self) -> None:
        """The one after."""
        self._step(1)

    def action_list_page_up(self) -> None:
        """One page up."""
        self._page(1 - self.size.height)

    def action_list_page_down(self) -> None:
        """One page down."""
        self._page(self.size.height - 1)

    def _page(self, lines: int) -> None:
        self.scroll_lines(lines)
        seen = [key for key in self._places if self._is_seen(key)]
        if seen and self.chosen not in seen:
            self._choose(seen[0] if lines > 0 else seen[-1])

    def action_list_oldest(self) -> None:
        """To the first one."""
        self.scroll_lines(-len(self._lines))
        self._choose(next(iter(self._places), ""))

    def action_list_newest(self) -> None:
        """To the last one."""
        self.scroll_lines(len(self._lines))
        self._choose(next(reversed(self._places), ""))

    def open_chosen(self) -> None:
        """Ask for more of what is chosen."""
        if self.chosen:
            self.post_message(self.OpenRequested(self, self.chosen))

    def on_click(self, event: events.Click) -> None:
        """Choose what is under the pointer; a second click opens it."""
        offset = event.get_content_offset(self)
        number = self._top + offset.y if offset is not None else len(self._lines)
        if number < len(self._lines) and self._lines[number].key:
            self._choose(self._lines[number].key)
            if event.chain == 2:
                self.open_chosen()

    def copied(self) -> str:
        """What is chosen, as text."""
        lines = (line.row for line in self._lines if line.key and line.key == self.chosen)
        return "\n".join("".join(text for text, _ in row).strip() for row in lines)

    # Painting ------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Say what this is from the first frame."""
        self.entitle(self.TITLE)

    def on_resize(self) -> None:
        """Lay the lines out for another size."""
        self.renew()

    def render_line(self, y: int) -> Strip:
        """One line between the mark of what is chosen and the scroll bar."""
        width, number = self.size.width, self._top + y
        if not self._lines:
            return self._words_at(self.notice, y, self.size)
        if number >= len(self._lines) or width < MARGIN_CELLS:
            return line([], width, self.tone("text"))
        row, key = self._lines[number]
        is_chosen = bool(key) and key == self.chosen
        ground = "chosen" if is_chosen and self.has_focus else ""
        mark = (self.glyphs.bar if is_chosen else " ", self.tone("primary" if self.has_focus else "faint", on=ground))
        spans = [mark, *((text, self.tone(tone, on=ground)) for text, tone in row)]
        body = line(spans, width - 1, self.tone("text", on=ground))
        return PaintedRow([*body, Segment(self._bar_at(y, self.size.height), self.tone("frame"))], width)
