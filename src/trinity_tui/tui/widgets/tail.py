"""A pane of rows that follows its end until the person scrolls up, and then counts what is new below.

Rows are addressed by a sequence number that only grows, so that what is looked at stays where it is while older rows
fall away. Only what is visible is painted, and nothing here causes a layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from trinity_tui.tui.cells import line
from trinity_tui.tui.last_known import not_known
from trinity_tui.tui.painted import PaintedRow
from trinity_tui.tui.safe_text import MOST_CHARACTERS
from trinity_tui.tui.widgets.scrolled import Scrolled

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size
    from textual.strip import Strip

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

STRIPS_KEPT = 1_000


class Tail(Scrolled):
    """Rows, the newest at the bottom. A pane says how many there are and paints them."""

    EMPTY = ""
    """What to do when there is nothing to show."""
    PARTS = 1
    """How many lines one row has."""
    shows_room = True
    """Whether its rows are of the room, and not known while no coordinator answers."""
    has_cursor = True
    """Whether one row is chosen, or the pane only scrolls."""

    class OpenRequested(Message):
        """The person wants to see more of a row."""

        def __init__(self, pane: Tail, index: int) -> None:
            super().__init__()
            self.pane = pane
            self.index = index

    def __init__(self, pane: str, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__(pane, glyphs)
        self.clock = clock
        self._mirror: Mirror | None = None
        self.follows = True
        self.filter = ""
        self.cursor = -1
        """The sequence number of the chosen row; -1 is none."""
        self._top_sequence = 0
        self._top_part = 0
        self._seen = -1
        """The newest row that was on the screen."""
        self._beside = ("", "")
        self._entitled: tuple[object, ...] = ()
        self._strips: dict[tuple[object, ...], PaintedRow] = {}
        self._drawn: dict[int, PaintedRow] = {}
        """By line, what was painted there last."""
        self._ready: list[PaintedRow] = []
        """The lines to be painted next, where they are known; none after anything may have changed."""

    # What a pane says of its rows ----------------------------------------------------------------------------------

    def total(self) -> int:
        """How many rows there are now; a pane that does not say has none."""
        return 0

    def sequence(self, index: int) -> int:
        """The number of a row; it grows with the index and stays with the row."""
        return index

    def version(self, index: int) -> object:
        """What, besides its number, the picture of a row depends on."""
        return None

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """One line of a row, of at most this width."""
        return []

    def copied(self) -> str:
        """The chosen row as text, or the last one; empty where there is none."""
        if not self.total():
            return ""
        last = self.total() - 1
        return self.text_of(min(self._index_after(self.cursor - 1), last) if self.cursor >= 0 else last)

    def text_of(self, index: int) -> str:
        """A row as it is copied: as it is shown where there is room for all of it."""
        rows = (self.spans(index, part, MOST_CHARACTERS, "") for part in range(self.PARTS))
        return "\n".join("".join(span[0] for span in row).strip() for row in rows)

    # Following -----------------------------------------------------------------------------------------------------

    @property
    def unread(self) -> int:
        """How many rows below have not been on the screen."""
        return 0 if self.follows else self.total() - self._index_after(self._seen)

    def renew(self) -> None:
        """The rows changed."""
        if self.follows:
            self._top = max(0, self.line_count() - self.size.height)
            self._seen = self.sequence(self.total() - 1) if self.total() else self._seen
        else:
            index = self._index_after(self._top_sequence - 1)
            part = self._top_part if index < self.total() and self.sequence(index) == self._top_sequence else 0
            self._top = min(index * self.PARTS + part, max(0, self.line_count() - self.size.height))
        self._entitle()
        self.repaint()

    def repaint(self) -> None:
        """Paint the lines that are other ones than before; the frame has not changed."""
        size = self.size
        rows = [self._line_at(y, size) for y in range(size.height)]
        changed = [Region(0, y, size.width, 1) for y, row in enumerate(rows) if self._drawn.get(y) != row]
        if changed:
            self.refresh(*changed)
        self._ready = rows

    def forget(self) -> None:
        """The rows are other ones now: follow them from their end."""
        self.follows, self.cursor, self._seen = True, -1, -1
        self._strips.clear()
        self.renew()

    def search(self, text: str) -> None:
        """Show only rows that contain a text; an empty one shows all."""
        if text != self.filter:
            self.filter = text
            self.refilter()
            self.forget()

    def refilter(self) -> None:
        """The filter changed."""

    def scroll_lines(self, lines: int) -> None:
        """Move the view; moving up stops following, reaching the end begins it."""
        end = max(0, self.line_count() - self.size.height)
        self._top = max(0, min(self._top + lines, end))
        self.follows = self._top >= end
        index = self._top // self.PARTS
        if index < self.total():
            self._top_sequence, self._top_part = self.sequence(index), self._top % self.PARTS
            bottom = min(self.total() - 1, (self._top + self.size.height - 1) // self.PARTS)
            self._seen = max(self._seen, self.sequence(bottom))
        self._entitle()
        self.refresh()

    def line_count(self) -> int:
        """How many lines the rows have."""
        return self.total() * self.PARTS

    def _index_after(self, sequence: int) -> int:
        low, high = 0, self.total()
        while low < high:
            middle = (low + high) // 2
            if self.sequence(middle) <= sequence:
                low = middle + 1
            else:
                high = middle
        return low

    def stand_beside(self, *, before: str = "", after: str = "") -> None:
        """Name in the frame the panes this one shares its place with."""
        self._beside = (before, after)
        self._entitle()

    def renew_title(self) -> None:
        """What the frame says may have changed."""
        self._entitle()

    def _entitle(self) -> None:
        title = self.title_text()
        foot = self.foot_text()
        below = f" {self.glyphs.text(foot)} " if foot else ""
        if (title, below, self._beside) != self._entitled:
            self._entitled = (title, below, self._beside)
            bar = f" {self.glyphs.frame[5]} "
            before, after = (part and (part + bar, bar + part)[side] for side, part in enumerate(self._beside))
            self.border_title = Content.assemble((before, "$text-faint"), title, (after, "$text-faint"))
            self.border_subtitle = Content(below)

    def title_text(self) -> str:
        """What stands in the frame."""
        return f"{self.TITLE} {self.glyphs.dot} {self.filter}" if self.filter else self.TITLE

    def foot_text(self) -> str:
        """What stands in the lower edge of the frame: how much is new below."""
        return f"{self.glyphs.down} {self.unread} new, end follows" if self.unread else ""

    def empty_text(self) -> str:
        """What is said while there is no row."""
        if self.shows_room and (reason := not_known(self._mirror)):
            return reason
        return f'Nothing here contains "{self.filter}".' if self.filter else self.EMPTY

    # Keys and mouse ------------------------------------------------------------------------------------------------

    def action_node_up(self) -> None:
        """One row up."""
        self._step(-1)

    def action_node_down(self) -> None:
        """One row down."""
        self._step(1)

    def action_list_page_up(self) -> None:
        """One page up."""
        self.scroll_lines(1 - self.size.height)

    def action_list_page_down(self) -> None:
        """One page down."""
        self.scroll_lines(self.size.height - 1)

    def action_list_oldest(self) -> None:
        """To the first row."""
        self.scroll_lines(-self.line_count())

    def action_list_newest(self) -> None:
        """To the end, and follow it."""
        self.cursor = -1
        self.scroll_lines(self.line_count())

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer; a second click opens it."""
        offset = event.get_content_offset(self)
        index = (self._top + offset.y) // self.PARTS if offset is not None else -1
        if self.has_cursor and 0 <= index < self.total():
            self.cursor = self.sequence(index)
            self.refresh()
            if event.chain == 2:
                self.open_chosen()

    def open_chosen(self) -> None:
        """Ask for more of the chosen row, or of the last one."""
        index = self.chosen_index()
        if self.has_cursor and 0 <= index < self.total():
            self.post_message(self.OpenRequested(self, index))

    def chosen_index(self) -> int:
        """The row keys act on: the chosen one, else the last."""
        index = self._index_after(self.cursor) - 1
        is_there = 0 <= index < self.total() and self.sequence(index) == self.cursor
        return index if is_there else self.total() - 1

    def _step(self, rows: int) -> None:
        if not self.has_cursor:
            self.scroll_lines(rows * self.PARTS)
            return
        if not self.total():
            return
        # The first step chooses the last row that is seen: who scrolled up does not want to be taken back down.
        seen = (self._top + self.size.height - 1) // self.PARTS
        index = max(0, min(self.chosen_index() + rows if self.cursor >= 0 else seen, self.total() - 1))
        self.cursor = self.sequence(index)
        first, last = index * self.PARTS, (index + 1) * self.PARTS
        self.scroll_lines(min(0, first - self._top) or max(0, last - self._top - self.size.height))

    # Painting ------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Say what this is from the first frame."""
        self._entitle()

    def on_resize(self) -> None:
        """Keep the place in another size."""
        self._strips.clear()
        self.renew()

    def notify_style_update(self) -> None:
        """Colours changed: what was painted is of no use."""
        super().notify_style_update()
        self._strips.clear()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Anything may look different: what was made ready may not be what is to be seen."""
        self._ready = []
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        row = self._drawn[y] = self._ready[y] if y < len(self._ready) else self._line_at(y, self.size)
        return row

    def _line_at(self, y: int, size: Size) -> PaintedRow:
        """A visible line with its part of the scroll bar, the same one for as long as its picture is."""
        width, number = size.width, self._top + y
        if not self.total():
            return self._words_at(self.empty_text(), y, size)
        if number >= self.line_count():
            return line([], width, self.tone("text"))
        index, part = divmod(number, self.PARTS)
        sequence = self.sequence(index)
        is_chosen = sequence == self.cursor and self.has_focus and self.has_cursor
        ground = "chosen" if is_chosen else ""
        bar = " " if self.follows else self._bar_at(y, size.height)
        key = (sequence, part, width, ground, bar, self.version(index))
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= STRIPS_KEPT:
                self._strips.clear()
            text = line(self.spans(index, part, width - 1, ground), width - 1, self.tone("text", on=ground))
            strip = self._strips[key] = PaintedRow([*text, Segment(bar, self.tone("frame"))], width)
        return strip
