"""The Search: one line over messages, chats, tasks, memory, documents and outputs; and from there to the thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from trinity_tui.core.seeking import PLACEHOLDER, parse
from trinity_tui.tui import actions
from trinity_tui.tui.found.inquiry import Inquiry
from trinity_tui.tui.found.lines import found_lines
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.screens.searching import Searching
from trinity_tui.tui.widgets.keyed import Keyed
from trinity_tui.tui.widgets.search_line import SearchField, SearchLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.core.wire.search import Hit
    from trinity_tui.tui.bridge import Answered, Refused
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.screens.shared import Shared
    from trinity_tui.tui.text.listed import Line

TYPING_SECONDS = 0.12
"""Nobody waits for what was typed half."""
NOTHING_YET = """\
Type any words: they are looked for in messages, chats, tasks, memory, documents and what instances printed.
in:memory by:builder-1 to:lead-1 type:finding since:2h narrow it down."""
HOMES = {
    "messages": "room", "chats": "chat", "tasks": "tasks", "memory": "memory", "documents": "docs", "logs": "logs",
}  # fmt: skip
"""By group, the screen on which its things are at home."""


class EverythingField(SearchField):
    """What is looked for."""

    HELP = """\
Type any words; what has all of them is found, wherever it stands. `in:memory` (messages, chats, tasks, documents,
logs), `by:builder-1`, `to:lead-1`, `type:finding`, `since:2h` or `since:2026-11-21` and `before:` narrow it down.
`enter` goes to what was found.
"""


class FoundPane(Keyed):
    """What was found.

    Args:
        asked: What was asked, and what came.
        clock: The time.
        glyphs: The signs this terminal has.
    """

    HELP = """\
What was found, group by group; the newest first, of the memory the best. `enter` goes there: to the message and its
thread, the record, the line of the document. `t` shows the Room as it was when a message was said, `o` looks further
back, `/` changes what is looked for.
"""
    TITLE = "Found"

    def __init__(self, asked: Inquiry, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("found", glyphs)
        self._asked = asked
        self._clock = clock

    @property
    def hit(self) -> Hit | None:
        """What is chosen."""
        hits = self._asked.hits
        return hits[int(self.chosen)] if self.chosen and int(self.chosen) < len(hits) else None

    def lay_out(self, width: int) -> list[Line]:
        """The lines of what was found."""
        asked = self._asked
        lines = found_lines(asked.hits, asked.wanted.words, width, self._clock, self.glyphs)
        self.notice = "" if lines else self._nothing()
        return lines

    def _nothing(self) -> str:
        if self._asked.wanted.is_empty:
            return NOTHING_YET
        if self._asked.is_waiting:
            return f"Looking{self.glyphs.more}"
        return "Nothing has all of that." + ("\no looks further back." if self._asked.has_older else "")


class SearchScreen(Searching):
    """One search over all there is."""

    AUTO_FOCUS = "#search"
    BINDINGS: ClassVar = actions.bindings(["hit"])
    TAB = "screen.search"
    PANES: ClassVar = ("found",)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared, PLACEHOLDER, EverythingField)
        self.asked = Inquiry(shared.bridge, self._came, self.refuse_search)
        self.found = FoundPane(self.asked, shared.clock, shared.glyphs)
        self._is_new = False

    def panes(self) -> ComposeResult:
        """What to look for, and what was found."""
        yield self.search
        yield self.found

    def visited(self, chosen: str) -> None:
        """Type at once; what was looked for before is there."""
        self.search.begin()

    @on(SearchLine.Changed)
    def _typed(self, event: SearchLine.Changed) -> None:
        wanted = parse(event.text)
        self.search.refuse(wanted.problem)
        if not wanted.problem:
            self._is_new = True
            self._delays.soon("typed", TYPING_SECONDS, lambda: self.asked.look_for(event.text.strip(), wanted))

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this screen made."""
        return self.asked.takes(message)

    def _came(self) -> None:
        if not self._is_ready:
            return
        self.found.renew(is_new=self._is_new)
        self._is_new = self._is_new and self.asked.is_waiting
        self.search.refuse("")
        self.search.tell(self._count())
        looked_at = self.asked.looked_at
        back = f"messages back to {self.clock.at(looked_at, '%m-%d %H:%M')}, o older" if looked_at is not None else ""
        self.found.entitle("Found", back)

    def _count(self) -> str:
        if self.asked.wanted.is_empty:
            return ""
        return f"{len(self.asked.hits)} found" + (self.glyphs.more if self.asked.is_waiting else "")

    # Keys ----------------------------------------------------------------------------------------------------------

    def action_pane_open(self) -> None:
        """Go to what is chosen."""
        self.found.open_chosen()

    def action_hit_older(self) -> None:
        """Look further back."""
        if not self.asked.look_further():
            self.notify("Everything that is kept was looked through.", markup=False, timeout=3)

    def action_hit_moment(self) -> None:
        """Show the Room as it was when this was said."""
        hit = self.found.hit
        if hit is None or hit.position is None:
            self.notify("Only what was said in messages and tasks has a moment in the log.", markup=False, timeout=3)
        else:
            self.post_message(GoTo("replay", str(hit.position + 1)))

    @on(Keyed.OpenRequested)
    def _open(self) -> None:
        hit = self.found.hit
        if hit is not None:
            self.post_message(GoTo(HOMES[hit.group], hit.what))
