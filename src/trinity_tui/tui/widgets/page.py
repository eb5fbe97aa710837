"""The page of a document, of sessions, or of what an instance is told: what changed is marked at its edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.handoff.views import Page
from trinity_tui.tui.documents.paper import Line, page_lines, told_lines, word_lines
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.listing import Listing
from trinity_tui.tui.widgets.searched import Searched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.strip import Strip

    from trinity_tui.core.handoff.views import Told
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.text.rows import Row

GUTTER_CELLS = 3
WIDE = 56
"""From this width on the marks are explained in full."""
ABOVE_LINES = 2
"""So much of what stands before a line is seen when somebody is taken there."""


class PagePane(Listing, Searched):
    """One page, scrolled."""

    HELP = """\
What is chosen in the list, as it would be read. The mark at the edge stands before what changed since you looked; left
and right go from one to the next. The line beside it runs along what Trinity wrote; all else is somebody's own words.
`e` opens the file in your editor, where you are. `/` looks for a text: `n` and `N` go from place to place, `esc` ends
it.
"""
    TITLE = "Page"
    EMPTY = "Choose something in the list to read it here."
    has_cursor = False

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("page", clock, glyphs)
        self._shown: Page | Told | str = ""
        self._lines_shown: list[Line] = []
        self._rows: list[Row] = []
        self._width = 0
        self._marked = 0
        """The line of the file somebody was taken to; 0: none."""
        self._file = ""
        self._painted_at: float | None = None
        self._deepest = -1
        """The last row that was on the screen."""
        self.about = ""
        """What is shown, for the frame."""

    # What is shown -------------------------------------------------------------------------------------------------

    def open(self, shown: Page | Told | str, about: str, *, is_same: bool) -> None:
        """Show something else; what is the same as before, newer, stays where it was.

        Args:
            shown: What; a text is our own, as Markdown.
            about: What it is, for the frame.
            is_same: Whether it is what was shown, read again.
        """
        if is_same and shown == self._shown:
            return
        place = self._here()
        self._shown, self.about = shown, about
        self._lay_out()
        if is_same:
            self._return(place)
        else:
            self._marked = 0
            self._painted_at, self._deepest = None, -1
            self.forget()

    def lay_out(self) -> None:
        """Lay it out for the width it has now; what is read stays where it is."""
        place = self._here()
        self._lay_out()
        self._return(place)

    def _lay_out(self) -> None:
        width, glyphs = self.size.width - GUTTER_CELLS - 2, self.glyphs
        self._width = self.size.width
        if isinstance(self._shown, str):
            self._lines_shown = word_lines(self._shown, width, glyphs)
        elif isinstance(self._shown, Page):
            self._lines_shown = page_lines(self._shown, width, glyphs)
        else:
            self._lines_shown = told_lines(self._shown, width, glyphs)
        self._rows = [line.row for line in self._lines_shown]
        self._strips.clear()
        self._find()

    def _here(self) -> tuple[str, int, int]:
        """The file and the line at the top; the row's number where it was made of none."""
        for line in self._lines_shown[self.top :]:
            if line.first:
                return line.file, line.first, self.top
        return "", 0, self.top

    def _return(self, place: tuple[str, int, int]) -> None:
        file, first, row = place
        found = self._row_of(file, first) if first else row
        self.scroll_lines((row if found is None else found) - self.top)
        self.renew()

    def seen(self, seconds: float) -> set[int]:
        """The passages that were seen: for so long, and down to the last line of them that changed."""
        if self._painted_at is None or self.clock.now() - self._painted_at < seconds:
            return set()
        needed: dict[int, int] = {}
        for index, line in enumerate(self._lines_shown):
            if line.is_changed or line.passage not in needed:
                needed[line.passage] = index
        return {passage for passage, index in needed.items() if index <= self._deepest}

    # Going to a line -----------------------------------------------------------------------------------------------

    @property
    def line(self) -> int:
        """The line of the file that is read: where somebody was taken, else the one at the top."""
        return self._marked or self._here()[1] or 1

    def go_to(self, file: str, number: int) -> None:
        """Take the person to a line of a file."""
        row = self._row_of(file, number)
        if row is not None:
            self._marked, self._file = number, file
            self.scroll_lines(max(0, row - ABOVE_LINES) - self.top)
            self.renew()

    def _row_of(self, file: str, number: int) -> int | None:
        """The row that shows a line, or the next one that shows any."""
        of_file = [(index, one) for index, one in enumerate(self._lines_shown) if one.first and one.file == file]
        return next((index for index, one in of_file if one.last >= number), of_file[-1][0] if of_file else None)

    def action_node_left(self) -> None:
        """To the change before."""
        self._to_change([row for row in self._changes() if row < self.top + ABOVE_LINES][::-1])

    def action_node_right(self) -> None:
        """To the next change."""
        self._to_change([row for row in self._changes() if row > self.top + ABOVE_LINES])

    def _changes(self) -> list[int]:
        """The first rows of what changed."""
        rows = self._lines_shown
        return [
            index for index, one in enumerate(rows) if one.is_changed and not (index and rows[index - 1].is_changed)
        ]

    def _to_change(self, rows: list[int]) -> None:
        if rows:
            self.scroll_lines(rows[0] - ABOVE_LINES - self.top)

    def render_line(self, y: int) -> Strip:
        """One visible line; what is painted is seen."""
        if self._lines_shown:
            self._painted_at = self.clock.now() if self._painted_at is None else self._painted_at
            self._deepest = max(self._deepest, self.top + y)
        return super().render_line(y)

    # Rows ----------------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Keep the place in another size."""
        if self.size.width != self._width:
            self.lay_out()
        super().on_resize()

    def total(self) -> int:
        """How many rows there are."""
        return len(self._lines_shown)

    def parts(self) -> Iterable[tuple[int, Sequence[Row]]]:
        """All of the page."""
        return [(0, self._rows)]

    def version(self, index: int) -> object:
        """What the row says."""
        return self._lines_shown[index], self._is_marked(index), self.marks(index)

    def _is_marked(self, index: int) -> bool:
        line = self._lines_shown[index]
        return bool(self._marked) and line.file == self._file and line.first <= self._marked <= line.last

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """The row, after its marks."""
        line = self._lines_shown[index]
        ground = "chosen" if self._is_marked(index) else ground
        gutter = [
            (self.glyphs.changed if line.is_changed else " ", "accent"),
            (f"{self.glyphs.frame[5] if line.is_own else ' '} ", "frame"),
        ]
        return [*((text, self.tone(tone, on=ground)) for text, tone in gutter), *self.marked(line.row, index, ground)]

    def title_text(self) -> str:
        """What is shown."""
        return self.glyphs.text(clean(self.about)) if self.about else self.TITLE

    def foot_text(self) -> str:
        """How a search goes, else what the marks at the edge mean, where there are any."""
        if told := self._search.told():
            return told
        marks, is_wide = list[str](), self.size.width >= WIDE
        if self._changes():
            marks.append(f"{self.glyphs.changed} changed{' since you looked' if is_wide else ''}")
        if any(line.is_own for line in self._lines_shown):
            marks.append(f"{self.glyphs.frame[5]} {'written ' if is_wide else ''}by Trinity")
        return "   ".join(marks)
