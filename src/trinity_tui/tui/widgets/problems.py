"""What a check of the four tiers found: how grave, where, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from trinity_tui.core.handoff.views import Checks, ProblemView
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

TONES = {"error": "error", "warning": "warning", "note": "faint"}
WORD_CELLS = 8


class Problems(Listing):
    """Problems, the gravest first."""

    HELP = """\
What `trinity handoff check` finds: an `error` is something a fresh instance is told wrongly or not at all, a `warning`
less than it needs or too much, a `note` is worth a look. `enter` shows the line it is about, `e` opens it there.
"""
    TITLE = "Checks"
    EMPTY = "The four tiers are in order."
    PARTS = 2

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("checks", clock, glyphs)
        self._checks: Checks | None = None
        self._shown: list[ProblemView] = []

    def show_checks(self, checks: Checks) -> None:
        """Show what is wrong now; the one that was chosen stays so where it still is."""
        chosen = self.chosen
        self._checks = checks
        self.refilter()
        self.cursor = self._shown.index(chosen) if chosen in self._shown else max(0, self.cursor)
        self.renew()

    def refilter(self) -> None:
        """Find those that have the text."""
        wanted = self.filter.casefold()
        self._shown = [
            one
            for one in (self._checks.problems if self._checks is not None else ())
            if wanted in f"{one.severity} {one.place.file}:{one.line} {one.rule} {one.text}".casefold()
        ]

    @property
    def chosen(self) -> ProblemView | None:
        """The chosen one."""
        return self._shown[self.cursor] if 0 <= self.cursor < len(self._shown) else None

    def total(self) -> int:
        """How many are shown."""
        return len(self._shown)

    def version(self, index: int) -> object:
        """What a row says."""
        return self._shown[index]

    def title_text(self) -> str:
        """The name of the pane, and how many there are."""
        title = super().title_text()
        if self._checks is None:
            return title
        found = [one.severity for one in self._checks.problems]
        counted = [(found.count(word), word) for word in TONES if word in found]
        told = ", ".join(f"{count} {word}{'s' * (count > 1)}" for count, word in counted)
        return f"{title} {self.glyphs.dot} {told}" if told else title

    def foot_text(self) -> str:
        """How many are not shown."""
        return f"and {self._checks.more} more" if self._checks is not None and self._checks.more else ""

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """How grave and where, then what."""
        one, glyphs = self._shown[index], self.glyphs
        if part:
            text = cut(glyphs.text(clean(one.text)), max(0, width - WORD_CELLS - 2), glyphs.more)
            return [(" " * (WORD_CELLS + 2), self.tone("text", on=ground)), (text, self.tone("text", on=ground))]
        place = glyphs.text(clean(f"{one.place.file}:{one.line}"))
        rule = f"  {glyphs.text(clean(one.rule))}"
        rule = rule if cell_width(place) + cell_width(rule) + WORD_CELLS + 4 <= width else ""
        room = max(0, width - WORD_CELLS - 2 - cell_width(rule))
        return [
            (f" {one.severity:<{WORD_CELLS}} ", self.tone(TONES[one.severity], on=ground)),
            (cut(place, room, glyphs.more), self.tone("name", on=ground)),
            (rule, self.tone("faint", on=ground)),
        ]
