"""The list of the four tiers: what can be read, what is new of it, what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.handoff.views import Checks
from trinity_tui.tui.documents.items import LOG_KEY, TOLD_KEY, Item, index_of, items
from trinity_tui.tui.node import key_of
from trinity_tui.tui.safe_text import clean, cut, fit
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.handoff.views import Overview
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

LABEL_TONES = {"missing": "faint", "section": "dim", "session": "name", "instance": "name"}
WITH_MINUTES = 36
"""From this width on a row says how long reading it takes."""
NAME_CELLS = 11
NOTE_CELLS = 8
"""In less room a note says nothing."""


class Tiers(Listing):
    """Documents, whom they are told to, sessions."""

    HELP = """\
The four tiers: what an instance knows when it starts. Arrows choose what is shown beside, left and right fold, `enter`
goes there. The mark at the edge of a row says that it changed since you looked, a point that you never saw it; reading
it for a moment takes the mark away, `k` all of them. Then come the errors and warnings of a check, and how many minutes
reading takes. Below a name stands what that instance would be told if it started now. `e` opens what is chosen in your
editor. `/` shows only rows with a text.
"""
    TITLE = "Docs"
    EMPTY = "Reading."

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("tiers", clock, glyphs)
        self._overview: Overview | None = None
        self._checks = Checks()
        self._seats: Mapping[str, int] = {}
        self._folded: set[str] = set()
        self._items: list[Item] = []
        self._chosen = ""
        """The key of the chosen row, which stays chosen when the rows change."""

    # What is shown -------------------------------------------------------------------------------------------------

    def show_overview(self, overview: Overview) -> None:
        """Show what there is now."""
        self._overview = overview
        self._remake()

    def show_checks(self, checks: Checks) -> None:
        """Show what is wrong with it now."""
        self._checks = checks
        self._remake()

    def show_seats(self, seats: Mapping[str, int]) -> None:
        """Show whom it could be told to."""
        if dict(seats) != self._seats:
            self._seats = dict(seats)
            self._remake()

    def refilter(self) -> None:
        """Find the rows that have the text."""
        self._find()

    def _remake(self) -> None:
        self._find()
        self.renew()

    def _find(self) -> None:
        if self._overview is None:
            return
        names = sorted(self._seats, key=lambda name: self._seats[name])
        self._items = items(self._overview, self._checks, names, self._folded, self.clock, self.filter)
        if self._items:
            at = index_of(self._items, self._chosen, max(0, self.cursor))
            self.cursor, self._chosen = at, self._items[at].key

    # Choosing ------------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Item | None:
        """The chosen row."""
        return self._items[self.cursor] if 0 <= self.cursor < len(self._items) else None

    def choose(self, key: str) -> bool:
        """Choose the row of this key, unfolding what hides it; whether there is one."""
        for above in (key.partition("#")[0], LOG_KEY if key.startswith("session:") else "", TOLD_KEY):
            self._folded.discard(above if above != TOLD_KEY or key.startswith(TOLD_KEY) else "")
        self._find()
        index = next((index for index, item in enumerate(self._items) if item.key == key), -1)
        if index >= 0:
            self.choose_row(index)
        return index >= 0

    def choose_row(self, index: int) -> None:
        """Choose a row, and have it seen."""
        if 0 <= index < len(self._items):
            self._chosen = self._items[index].key
        super().choose_row(index)

    def action_node_left(self) -> None:
        """Fold what is below the row, or go to the row above."""
        item = self.chosen
        if item is not None and item.is_open:
            self._folded.add(item.key)
            self._remake()
        elif item is not None and item.depth:
            above = (index for index in range(self.cursor - 1, -1, -1) if self._items[index].depth < item.depth)
            self.choose_row(next(above, 0))

    def action_node_right(self) -> None:
        """Unfold what is below the row."""
        item = self.chosen
        if item is not None and item.is_open is False:
            self._folded.discard(item.key)
            self._remake()

    # Rows ----------------------------------------------------------------------------------------------------------

    def total(self) -> int:
        """How many rows are shown."""
        return len(self._items)

    def version(self, index: int) -> object:
        """What a row says."""
        return self._items[index], index == self.cursor

    def title_text(self) -> str:
        """The name of the pane, and how much of it is new."""
        title = super().title_text()
        overview = self._overview
        if overview is None or self.filter:
            return title
        new = sum(bool(one.news) for one in (*overview.documents, *overview.sessions))
        return f"{title} {self.glyphs.dot} {new} new" if new else title

    def spans(self, index: int, part: int, width: int, ground: str) -> list[Span]:
        """What it is, and what is to be known of it."""
        item = self._items[index]
        right = self._right(item, width)
        room = max(0, width - sum(cell_width(text) for text, _ in right))
        left = self._left(item, room, is_chosen=index == self.cursor)
        return [(text, self.tone(tone, on=ground)) for text, tone in (*left, *right)]

    def _left(self, item: Item, room: int, *, is_chosen: bool) -> list[tuple[str, str]]:
        glyphs = self.glyphs
        sign = {"changed": glyphs.changed, "new": glyphs.bullet, "": " "}[item.news]
        fold = {True: glyphs.down, False: glyphs.to, None: " "}[item.is_open]
        if item.kind == "missing":
            fold = glyphs.state("OFFLINE")
        indent = "  " * max(0, item.depth - 1) + ("  " if item.depth else "")
        parts = [(sign, "accent"), (f"{indent}{fold} ", "faint")]
        if item.stamp:
            parts.append((f"{item.stamp} ", "faint"))
        if item.who:
            parts.append((f"{key_of(self._seats[item.who]):<2}", "key"))
        left = room - sum(cell_width(text) for text, _ in parts)
        label = glyphs.text(clean(item.label))
        if item.stamp:
            label = fit(label, min(NAME_CELLS, max(4, left)), glyphs.more)
        tone = "strong" if is_chosen else LABEL_TONES.get(item.kind, "text")
        parts.append((cut(label, left, glyphs.more), tone))
        left -= cell_width(parts[-1][0])
        note = glyphs.text(clean(item.note)) if left >= NOTE_CELLS else ""
        parts.append((fit(f"  {note}" if note else "", max(0, left), glyphs.more), "faint"))
        return parts

    def _right(self, item: Item, width: int) -> list[tuple[str, str]]:
        glyphs = self.glyphs
        parts: list[tuple[str, str]] = []
        errors, warnings = item.problems
        if errors:
            parts.append((f" {glyphs.state('CRASHED')}{errors}", "error"))
        if warnings:
            parts.append((f" !{warnings}", "warning"))
        if width >= WITH_MINUTES:
            # A section of a minute is no news; a document's minutes are.
            is_said = item.minutes > (item.kind != "document")
            parts.append((f"{item.minutes:>4}m" if is_said else " " * 5 if parts else "", "faint"))
        return [*parts, (" ", "text")] if any(text for text, _ in parts) else []
