"""The Memory: what is known, found while it is typed; what is new; what contradicts what; and how to correct it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal

from trinity_tui.core.address import BROADCAST
from trinity_tui.core.message import format_time
from trinity_tui.core.room import FlowRow
from trinity_tui.tui import actions
from trinity_tui.tui.memory.ask import PLACEHOLDER, parse
from trinity_tui.tui.memory.corrections import Corrections
from trinity_tui.tui.memory.lines import names_of
from trinity_tui.tui.memory.recollection import PAGE, Recollection
from trinity_tui.tui.screens.frame import LEAVING_SECONDS
from trinity_tui.tui.screens.searching import Searching
from trinity_tui.tui.widgets.keyed import Keyed
from trinity_tui.tui.widgets.remembered import KnownPane, RecordPane
from trinity_tui.tui.widgets.search_line import SearchLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import Answered, AreaChanged, Refused
    from trinity_tui.tui.memory.known import Shown
    from trinity_tui.tui.screens.shared import Shared

TYPING_SECONDS = 0.12
"""Nobody waits for what was typed half."""
CHOOSING_SECONDS = 0.08
"""Arrows pass over many."""
CHANGING_SECONDS = 0.4
THEMES_SECONDS = 30.0
"""What all records say together takes its time to find out, and seldom changes."""
AGES_SECONDS = 30.0
NOT_THERE = "Where nothing else comes to stand here, the log does not have this message any more."


class MemoryScreen(Searching):
    """What they know together."""

    AUTO_FOCUS = "#known"
    BINDINGS: ClassVar = actions.bindings(["memory"])
    TAB = "screen.memory"
    PANES: ClassVar = ("known", "record")
    COLUMN: ClassVar = ("record",)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared, PLACEHOLDER)
        self.asked = Recollection(shared.bridge, shared.clock, self._came, self.refuse_search)
        self.known = KnownPane(self.asked, shared.clock, shared.glyphs, lambda: self.names)
        self.record = RecordPane(self.asked, shared.clock, shared.glyphs)
        self._corrections = Corrections(self, self._corrected)
        self._followed: list[str] = []
        """The records that were gone to from the page of another one."""
        self._wish = ""
        """The record to choose when it is there."""
        self._is_called = False
        """Whether somebody came for a record before the list was there."""
        self._page_id = ""
        """The record whose page is shown."""
        self._is_new = False
        """Whether something else is looked for than what is shown."""
        self._was_left = False
        self._seen_at = 0.0
        """Up to when what came to be known was shown."""

    def panes(self) -> ComposeResult:
        """What to look for, what is known, and one record of it."""
        yield self.search
        with Horizontal(id="body"):
            yield self.known
            yield self.record

    def visit_thing(self, what: str) -> None:
        """Show a record."""
        self._followed = [what]
        # What the list chooses by itself when it comes is not what the person came for.
        self._is_called = not self.known.chosen
        self._ask_record()
        self.arrangement.focus("record")

    def begun(self) -> None:
        """Say how old things are as they grow older."""
        self.known.entitle("Known")
        self.record.entitle("Record")
        self.set_interval(AGES_SECONDS, self._grow_older, name="ages")

    def _grow_older(self) -> None:
        if self.is_seen:
            self.known.renew()
            self.record.renew()

    # What is asked -------------------------------------------------------------------------------------------------

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""

    def renew(self, message: AreaChanged) -> None:
        """What is remembered changed."""
        if message.area == "memory":
            self._delays.before_long("change", CHANGING_SECONDS, self._changed)
            if self.known.shows_themes:
                self._delays.before_long("themes", THEMES_SECONDS, self.asked.look_together)

    def renew_all(self) -> None:
        """Anything may have changed."""
        self._look_again()
        if self.known.shows_themes:
            self.asked.look_together()

    def _changed(self) -> None:
        if len(self.asked.hits) > PAGE and self.known.top:
            # The pages would be other ones, and what is read would be gone.
            self.known.entitle(self._title(), "something is new, home shows it")
        else:
            self._look_again()

    @on(Keyed.BeginReached)
    def _begin_reached(self) -> None:
        if len(self.asked.hits) > PAGE:
            self._look_again()

    def _look_again(self) -> None:
        self.asked.look_again()
        self._ask_record()

    @on(SearchLine.Changed)
    def _typed(self, event: SearchLine.Changed) -> None:
        wanted = parse(event.text)
        self.search.refuse(wanted.problem)
        if not wanted.problem:
            self._is_new = True
            self.known.shows_themes = False
            self._delays.soon("typed", TYPING_SECONDS, lambda: self.asked.look_for(wanted))

    @on(Keyed.EndReached)
    def _end_reached(self, event: Keyed.EndReached) -> None:
        if event.pane is self.known and not self.known.shows_themes:
            self.asked.look_further()

    @on(Keyed.Chosen)
    def _chosen(self, event: Keyed.Chosen) -> None:
        if event.pane is self.known:
            if not self._is_called:
                self._followed.clear()
            self._is_called = False
            self._delays.soon("chosen", CHOOSING_SECONDS, self._ask_record)

    def _ask_record(self) -> None:
        names = self._followed or names_of(self.known.chosen)
        self.asked.show(names[-1] if names else "")

    # What came -----------------------------------------------------------------------------------------------------

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this screen made."""
        return self.asked.takes(message) or message.do == "memory/looked" or self._corrections.takes(message)

    def _corrected(self, key: str) -> None:
        self._wish = key or self._wish
        self._look_again()

    def _came(self, what: str) -> None:
        if not self._is_ready:
            return
        if what == "record":
            self._show_record()
            return
        self.known.renew(is_new=self._is_new and what == "hits")
        self._is_new = self._is_new and what != "hits"
        if self._wish:
            self.known.choose(self._wish)
            self._wish = "" if self.known.chosen == self._wish else self._wish
        is_told = self.asked.wanted.is_empty and not self.known.shows_themes
        if is_told and self.asked.news is not None and self.is_seen:
            self._seen_at = self.asked.news.now
        self.known.entitle(self._title())
        self.search.tell(self.asked.told)

    def _show_record(self) -> None:
        record = self.asked.record
        is_other = record is not None and record.id != self._page_id
        self._page_id = record.id if record is not None else ""
        self.record.renew(is_new=is_other)
        back = "esc goes back" if self._followed else ""
        self.record.entitle(record.kind.capitalize() if record is not None else "Record", back)

    def _title(self) -> str:
        if self.known.shows_themes:
            return "Themes"
        if self.asked.wanted.is_empty:
            return "Known"
        return "Near" if self.asked.is_near else "Found"

    # Whether the person looked -------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """What came meanwhile is new."""
        if self._was_left:
            self._was_left = False
            self._look_again()

    def on_screen_suspend(self) -> None:
        """What was shown is not new the next time."""
        self._was_left = self._was_left or not self.is_seen
        if self._was_left and self._seen_at:
            self.bridge.ask("memory/looked", at=self._seen_at)
            self._seen_at = 0.0

    async def leaving(self) -> None:
        """What was shown is not new the next time."""
        if self._seen_at:
            await self.bridge.tell("memory/looked", LEAVING_SECONDS, at=self._seen_at)

    # Keys ----------------------------------------------------------------------------------------------------------

    def action_pane_open(self) -> None:
        """Open what is chosen."""
        if isinstance(self.focused, Keyed):
            self.focused.open_chosen()

    def action_go_back(self) -> None:
        """Leave what was gone to, then the page, the themes, the search."""
        if self.focused is self.record and self._followed:
            self._followed.pop()
            self._ask_record()
        elif self.focused is self.known and self.known.shows_themes:
            self.action_memory_themes()
        elif self.focused is self.known and not self.asked.wanted.is_empty and not self.arrangement.is_zoomed:
            self.search.field.value = ""
        else:
            super().action_go_back()

    @on(Keyed.OpenRequested)
    def _open(self, event: Keyed.OpenRequested) -> None:
        sort, _, name = event.key.partition(":")
        if sort == "group":
            self.asked.unfold(event.key)
        elif sort == "message":
            self._open_message(name)
        elif event.pane is self.record:
            self._followed.append(name)
            self._ask_record()
        else:
            self.arrangement.focus("record")

    def _open_message(self, name: str) -> None:
        flow = self.mirror.room.flow if self.mirror is not None else []
        row = next((row for row in reversed(flow) if row.id == name), None)
        record = self.asked.record
        said = next((one for one in record.statements if one.id == name), None) if record is not None else None
        if row is None and said is not None:
            row = FlowRow(0, name, said.author, BROADCAST, said.kind, "normal", format_time(said.time), said.text)
        gone = FlowRow(0, name, "", "", "message", "normal", "", NOT_THERE)
        self.errands.open_message(row or gone)

    def action_memory_evidence(self) -> None:
        """Open the message that says it."""
        record = self._record_or_word()
        if record is not None:
            self._open_message(record.sources[0] if record.sources else record.id)

    def action_memory_themes(self) -> None:
        """Show what the records say together, or the records again."""
        self.known.shows_themes = not self.known.shows_themes
        if self.known.shows_themes:
            self.asked.look_together()
        self.known.renew(is_new=True)
        self.known.entitle(self._title())

    def action_memory_add(self) -> None:
        """Have something remembered; what was looked for in vain may be it."""
        self._corrections.add("" if self.asked.hits else self.asked.wanted.text)

    def action_memory_retract(self) -> None:
        """Take the record back, once the person has agreed."""
        record = self._record_or_word()
        if record is not None:
            self._corrections.retract(record)

    def action_memory_holds(self) -> None:
        """Let the person say which of the values holds."""
        record = self._record_or_word()
        if record is not None:
            self._corrections.settle(record)

    def _record_or_word(self) -> Shown | None:
        if self.asked.record is None:
            self.notify("Choose a record first.", markup=False, timeout=3)
        return self.asked.record
