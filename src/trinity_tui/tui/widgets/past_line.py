"""The line of time under the past: marks, how much was said, where one is; and in words when that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message

from trinity_tui.tui import actions
from trinity_tui.tui.cells import Sheet, line
from trinity_tui.tui.past import timeline
from trinity_tui.tui.safe_text import cut
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.past.reel import Reel

MARK_TONES = {"crash": "error", "failed": "warning", "asked": "accent", "restart": "state-starting"}
DAY_SECONDS = 86_400.0
NARROW = 60
"""Below this it is not said where the line begins and ends."""


class PastLine(Toned, can_focus=True):
    """The line of time.

    Args:
        reel: One's place in the past.
        clock: The time now, and how a moment is written.
        glyphs: The signs this terminal has.
    """

    HELP = """\
The log as far as it is kept, from left to right: the columns say how much was said, the signs above them mark crashes,
failed tasks, requests and restarts. Left and right go by messages, with shift by minutes, with ctrl by hours; `[` and
`]` go from mark to mark; a click goes to its moment. `space` plays, `+` and `-` change how fast, `/` finds the moment
in words, `l` goes back to live. Nothing can be sent or decided from here.
"""
    BINDINGS: ClassVar = actions.bindings(["node", "list"])

    class StepRequested(Message):
        """The person wants to go on by a message, or back."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class EndRequested(Message):
        """The person wants to see the newest there is."""

    class MomentRequested(Message):
        """The person wants to see a moment."""

        def __init__(self, at: float) -> None:
            super().__init__()
            self.at = at

    def __init__(self, reel: Reel, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("timeline")
        self._reel = reel
        self._clock = clock
        self._glyphs = glyphs
        self._known = timeline.Timeline()
        self._drawn: tuple[timeline.Timeline, int] = (self._known, 0)
        self._columns: list[int] = []
        self._marks: dict[int, str] = {}
        self.notice = ""
        """What is said in place of how far the marks go."""

    @property
    def known(self) -> timeline.Timeline:
        """What is known of the log."""
        return self._known

    def take(self, known: timeline.Timeline) -> None:
        """More is known of the log."""
        self._known = known
        self.refresh()

    def tell(self, notice: str) -> None:
        """Say this below the line."""
        self.notice = notice
        self.refresh()

    def on_mount(self) -> None:
        """Say what this is."""
        self.border_title = Content("Past")

    def action_node_left(self) -> None:
        """One message back."""
        self.post_message(self.StepRequested(-1))

    def action_node_right(self) -> None:
        """One message on."""
        self.post_message(self.StepRequested(1))

    def action_node_up(self) -> None:
        """A line of time has nothing above it."""

    def action_node_down(self) -> None:
        """A line of time has nothing below it."""

    def action_list_page_up(self) -> None:
        """A tenth of the line back."""
        self._turn(-1)

    def action_list_page_down(self) -> None:
        """A tenth of the line on."""
        self._turn(1)

    def _turn(self, by: int) -> None:
        start, end = self._span
        self.post_message(self.MomentRequested(self._reel.now + by * (end - start) / 10))

    def action_list_oldest(self) -> None:
        """As far back as the log is kept."""
        self.post_message(self.MomentRequested(self._span[0]))

    def action_list_newest(self) -> None:
        """To the newest there is."""
        self.post_message(self.EndRequested())

    def on_click(self, event: events.Click) -> None:
        """Go to the moment under the pointer."""
        offset = event.get_content_offset(self)
        if offset is not None and not self._known.is_empty:
            self.post_message(self.MomentRequested(timeline.column_moment(self._span, offset.x, self.size.width)))

    @property
    def _span(self) -> tuple[float, float]:
        return self._known.span(self._clock.now())

    def render_line(self, y: int) -> Strip:
        """Marks, columns, words."""
        width = self.size.width
        if self._known.is_empty or not width:
            text = "Looking how far back the log is kept" + self._glyphs.more if y == 1 else ""
            return line([(cut(text, width, ""), self.tone("faint"))], width, self.tone("text"))
        self._draw(width)
        here = timeline.column_of(self._span, self._reel.now, width)
        return (self._mark_row, self._column_row, self._words)[min(y, 2)](width, here)

    def _draw(self, width: int) -> None:
        if self._drawn != (self._known, width):
            self._drawn = self._known, width
            self._columns = timeline.density(self._known, self._span, width, len(self._glyphs.spark))
            self._marks = timeline.marked_columns(self._known, self._span, width)

    def _mark_row(self, width: int, here: int) -> Strip:
        sheet = Sheet(width, 1, self.tone("text"))
        sheet.put(here, 0, self._glyphs.down, self.tone("waiting"))
        for column, mark in self._marks.items():
            sheet.put(column, 0, self.sign(mark), self.tone(MARK_TONES.get(mark, "dim")))
        return sheet.strip(0)

    def _column_row(self, width: int, here: int) -> Strip:
        sheet = Sheet(width, 1, self.tone("text"))
        for column, amount in enumerate(self._columns):
            tone = "primary" if column <= here else "faint"
            sheet.put(column, 0, self._glyphs.spark[amount - 1] if amount else " ", self.tone(tone))
        sheet.put(here, 0, self._glyphs.bar, self.tone("waiting"))
        return sheet.strip(0)

    def _words(self, width: int, here: int) -> Strip:
        if width < NARROW:
            return line([(cut(self.notice or self._said(), width, self._glyphs.more), self.tone("strong"))], width,
                        self.tone("text"))  # fmt: skip
        start, end = self._span
        pattern = "%m-%d %H:%M" if end - start > DAY_SECONDS / 2 else "%H:%M:%S"
        left, right = self._clock.at(start, pattern), self._clock.at(end, pattern)
        middle = cut(self.notice or self._said(), max(0, width - len(left) - len(right) - 4), self._glyphs.more)
        gap = max(2, width - len(left) - len(right) - cell_width(middle))
        before = gap // 2
        spans = [
            (left, self.tone("faint")), (" " * before, self.tone("text")), (middle, self.tone("strong")),
            (" " * (gap - before), self.tone("text")), (right, self.tone("faint")),
        ]  # fmt: skip
        return line(spans, width, self.tone("text"))

    def _said(self) -> str:
        reel = self._reel
        slowed = ", slowed: much was said" if reel.is_slowed else ""
        play = f"playing {reel.speed}{self._glyphs.times}{slowed}" if reel.is_playing else "paused"
        # A room may begin without what stood before the kept log.
        partial = "  older than kept is missing" if reel.is_partial else ""
        looking = "" if self._known.is_whole else f"  marks{self._glyphs.more}"
        return f"{self._clock.at(reel.now, '%Y-%m-%d %H:%M:%S')}  {play}{partial}{looking}"

    def sign(self, mark: str) -> str:
        """The sign of a mark."""
        signs = {
            "crash": self._glyphs.state("CRASHED"), "failed": self._glyphs.stages["failed"],
            "asked": self._glyphs.kinds["question"], "restart": self._glyphs.up,
        }  # fmt: skip
        return signs.get(mark, self._glyphs.dot)
