"""What instances print, as they print it: a window on the ring of all followed lines, through a sieve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from textual.message import Message

from trinity_tui.core.log_lines import clock_of, level_of
from trinity_tui.tui.last_known import not_known
from trinity_tui.tui.logs.older import Older
from trinity_tui.tui.logs.runs import parting
from trinity_tui.tui.logs.sieve import LEVELS, Sieve
from trinity_tui.tui.safe_text import clean, cut, cut_within, fit
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from trinity_tui.client.mirror import Mirror
    from trinity_tui.client.printed import Line, Printed
    from trinity_tui.core.log_lines import Level
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.logs.older import Page
    from trinity_tui.tui.logs.runs import Run

WORDS: dict[Level, str] = {"error": "error", "warning": "warn", "plain": "", "debug": "debug"}
TONES: dict[Level, str] = {"error": "error", "warning": "warning", "plain": "dim", "debug": "faint"}
LEVEL_CELLS = 6
WIDE = 76
"""From this width on a level is a word, below it one letter."""
MIDDLE = 56
"""From this width on most names are shown whole."""
NARROW = 44
"""Below this width the lines of all do without the time."""
CLOCK_CELLS = 9
BEGINNING = "the beginning of what is kept"
FILL_LINES = 2_000
"""So many lines are read back unasked to fill the pane."""


class LogPane(Tail):
    """Lines of one instance, or of all of them in the order of their time."""

    HELP = """\
What instances print, the newest at the bottom, each line with its time where it says one, who printed it, and how grave
its words sound. Left and right choose whose lines; `l` leaves out what is not grave, `t` what was before a
time, `/` what does not contain a text. `end` follows, moving up stops that and counts what is new. `enter` shows a
line whole, `e` opens the message it was printed for, where that is known.
"""
    TITLE = "Logs"

    class InstanceWanted(Message):
        """The person wants the lines of the next instance, or of the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class OlderWanted(Message):
        """The person reads on above the first line that is kept."""

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("log", clock, glyphs)
        self.sieve = Sieve()
        self.older = Older(said=self._parting)
        self._kept: list[Line] = []
        """What is kept and wanted."""
        self._above: list[Line] = []
        """What is shown before it."""
        self._hidden = 0
        """How many of those that are kept stand in it already, or have too little before them to be shown."""
        self._fills = False
        """Whether the page that is on its way was asked for to fill the pane."""

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror
        self.sieve.forget()
        self.renew()

    @property
    def _printed(self) -> Printed | None:
        return self._mirror.printed if self._mirror is not None else None

    # What is wanted ------------------------------------------------------------------------------------------------

    def wants(self, **changes: Any) -> None:
        """Show other lines: ``instance``, ``level``, ``since`` or ``text`` of the wish are these now."""
        wish = msgspec.structs.replace(self.sieve.wish, **changes)
        if wish != self.sieve.wish:
            self.sieve.wants(wish)
            self.older = Older(wish.instance, self._parting)
            self._look()
            self.forget()

    def _parting(self, instance: str, run: Run) -> str:
        said = parting(run, self.clock)
        return said if self.sieve.wish.instance else f"{clean(instance)}: {said}"

    def refilter(self) -> None:
        """Another text is looked for."""
        self.wants(text=self.filter)

    def next_level(self) -> None:
        """Leave out more, or nothing again."""
        self.wants(level=LEVELS[(LEVELS.index(self.sieve.wish.level) + 1) % len(LEVELS)])

    def action_node_left(self) -> None:
        """The lines of the instance before."""
        self.post_message(self.InstanceWanted(-1))

    def action_node_right(self) -> None:
        """The lines of the next instance."""
        self.post_message(self.InstanceWanted(1))

    # What is shown -------------------------------------------------------------------------------------------------

    def renew(self) -> None:
        """There are new lines."""
        self._look()
        super().renew()

    def _look(self) -> None:
        printed = self._printed
        if printed is not None:
            self._kept = self.sieve.look(printed)
            self._above, self._hidden = self.older.above(self._kept, printed)
            self._fill(printed)

    def _fill(self, printed: Printed) -> None:
        """Read back what is missing of those who print much, where what is whole is too little to be of use.

        Of one alone that is the run before: who looks at it just after a crash looks for what it said last.
        """
        is_short = self.follows and self.total() < self.size.height and self.older.count < FILL_LINES
        is_more = self.older.whole_from(printed) or self.sieve.wish.instance and not self.older.is_all
        if is_short and is_more and not self.older.is_asked:
            self._fills = True
            self.post_message(self.OlderWanted())

    def total(self) -> int:
        """How many lines are shown."""
        return len(self._above) + len(self._kept) - self._hidden

    def sequence(self, index: int) -> int:
        """The number of a line: it grows with the time."""
        return self._at(index).number

    def line_at(self, index: int) -> Line | None:
        """One of the lines."""
        return self._at(index) if 0 <= index < self.total() else None

    def _at(self, index: int) -> Line:
        above = self._above
        return above[index] if index < len(above) else self._kept[index - len(above) + self._hidden]

    def add_older(self, page: Page, before: int) -> None:
        """Show what the files have before the first line; what is read stays where it is.

        Args:
            page: What they have.
            before: The offset it was asked for.
        """
        printed = self._printed
        if printed is not None:
            self.follows &= self._fills
            self._fills = False
            self.older.take(page, before, printed, self.sieve.is_wanted)
            self.renew()

    def add_runs(self, page: Page) -> None:
        """It is known which runs there are: go on into the one before."""
        self.older.take_runs(page)
        self.post_message(self.OlderWanted())
        self.renew_title()

    def refuse_older(self, instance: str) -> None:
        """No more is to be had of this one."""
        self.older.refuse(instance)
        self.renew()

    def action_node_up(self) -> None:
        """One row up; above the first one there may be older ones."""
        is_first = bool(self.total()) and self.cursor == self.sequence(0)
        super().action_node_up()
        if is_first:
            self._read_on()

    def scroll_lines(self, lines: int) -> None:
        """Move the view; above the first line that is shown there may be older ones."""
        super().scroll_lines(lines)
        if lines < 0 and not self.top:
            self._read_on()

    def _read_on(self) -> None:
        self._fills = False
        self.post_message(self.OlderWanted())

    def title_text(self) -> str:
        """Which lines these are."""
        wish, dot = self.sieve.wish, f" {self.glyphs.dot} "
        parts = [
            clean(wish.instance) or "Logs of all",
            "" if wish.level == "all" else wish.level,
            f"since {self.clock.at(wish.since)}" if wish.since else "",
            clean(wish.text),
        ]
        return dot.join(part for part in parts if part)

    def foot_text(self) -> str:
        """What is new below, and what never came."""
        skipped = self._printed.skipped if self._printed is not None else 0
        begin = BEGINNING if self.older.is_all and not self.top else ""
        never = f"{skipped} skipped: this screen was too slow, the files have them" if skipped else ""
        return "  ".join(part for part in (never, begin, super().foot_text()) if part)

    def empty_text(self) -> str:
        """What to do while no line is shown."""
        if self.sieve.wish.is_everything:
            return not_known(self._mirror) or "Nobody has printed anything yet. Instances that run print what they do."
        return "No line that is kept is such a one. l, t and / say which are shown; esc shows all again."

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """When, who, how grave, and the line."""
        line = self.line_at(index)
        if line is None:
            return []
        if line.number in self.older.partings:
            return [(self._ruled(line.text, width), self.tone("faint", on=ground))]
        level, said = level_of(line.text), clock_of(line.text)
        text = line.text[said[1] :] if said is not None else line.text
        when = self._when(said, ground) if self._clock_cells(width) else []
        spans = [(" ", self.tone("text", on=ground)), *when, *self._who(line, width, ground)]
        word = WORDS[level]
        word = fit(word, LEVEL_CELLS) if width >= WIDE else fit(word[:1].upper(), 2)
        spans.append((word, self.tone(TONES[level], on=ground)))
        who_cells = 0 if self.sieve.wish.instance else self._who_cells(width)
        used = 1 + self._clock_cells(width) + len(word) + who_cells
        body = cut(self.glyphs.text(clean(text)), max(0, width - used), self.glyphs.more)
        tone = TONES[level] if level != "plain" else "text"
        return [*spans, (body, self.tone(tone, on=ground))]

    def _ruled(self, text: str, width: int) -> str:
        """What parts two runs, as wide as the pane."""
        said = cut(f"{self.glyphs.text(text)} ", max(0, width - 4), self.glyphs.more)
        rule = self.glyphs.frame[4]
        return f" {rule * 2} {said}{rule * max(0, width - 4 - cell_width(said))}"

    def _when(self, said: tuple[int, int] | None, ground: str) -> list[Span]:
        if said is None:
            return [(" " * CLOCK_CELLS, self.tone("faint", on=ground))]
        minutes, seconds = divmod(said[0], 60)
        return [(f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d} ", self.tone("faint", on=ground))]

    def _who(self, line: Line, width: int, ground: str) -> list[Span]:
        if self.sieve.wish.instance:
            return []
        room = self._who_cells(width) - 1
        name = fit(cut_within(self.glyphs.text(clean(line.instance)), room, self.glyphs.more), room)
        return [(f"{name} ", self.tone("name", on=ground))]

    def _clock_cells(self, width: int) -> int:
        """Where there is room for little, who says something tells more than when; ``enter`` tells both."""
        return CLOCK_CELLS if width >= NARROW or self.sieve.wish.instance else 0

    def _who_cells(self, width: int) -> int:
        return 15 if width >= WIDE else 11 if width >= MIDDLE else 9
