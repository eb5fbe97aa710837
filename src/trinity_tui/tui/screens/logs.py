"""The Logs: what one instance prints, or all of them, as it comes; and the message a line was printed for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical

from trinity_tui.core.address import BROADCAST
from trinity_tui.core.room import FlowRow
from trinity_tui.tui import actions
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.logs.cause import cause_of
from trinity_tui.tui.logs.older import Page
from trinity_tui.tui.memory.known import taken
from trinity_tui.tui.screens.stage import Stage
from trinity_tui.tui.widgets.log_line import LogLine
from trinity_tui.tui.widgets.log_pane import LogPane
from trinity_tui.tui.widgets.partners import Partners
from trinity_tui.tui.widgets.since import SinceDialog
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.client.printed import Line
    from trinity_tui.tui.bridge import AreaChanged, Refused
    from trinity_tui.tui.logs.cause import Cause
    from trinity_tui.tui.screens.shared import Shared


class LogsScreen(Stage):
    """What instances print."""

    AUTO_FOCUS = "#log"
    BINDINGS: ClassVar = actions.bindings(["log"])
    TAB = "screen.logs"
    PANES: ClassVar = ("log",)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.log_pane = LogPane(shared.clock, shared.glyphs)
        self.partners = Partners(shared.glyphs)

    def panes(self) -> ComposeResult:
        """Whose lines, and the lines."""
        yield self.partners
        with Vertical(id="body"):
            yield self.log_pane

    # What is shown -------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """Whose lines are shown; empty where it is everybody's."""
        return self.log_pane.sieve.wish.instance

    def choose(self, name: str) -> None:
        """Show the lines of this instance; of everybody where it is none."""
        self.log_pane.wants(instance=name)
        self._renew_names()

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self.partners.show(mirror)
        self.log_pane.show(mirror)

    def renew(self, message: AreaChanged) -> None:
        """Somebody printed something, or somebody came or went."""
        if message.area == "output":
            self.log_pane.renew()
        elif message.area == "link":
            self.renew_all()
        elif message.area == "instance":
            self._renew_names()

    def renew_all(self) -> None:
        """Anything may have changed."""
        self._renew_names()
        self.log_pane.renew()

    def _renew_names(self) -> None:
        self.partners.renew(self.seats.taken, self.chosen or BROADCAST)
        if self.is_seen:
            self.bridge.follow_beside(frozenset(self._there()))

    def _there(self) -> list[str]:
        return list(self._mirror.room.instances) if self._mirror is not None else []

    def on_screen_suspend(self) -> None:
        """Nobody reads it: what comes meanwhile is in the files, and comes when somebody does."""
        if not self.is_seen:
            self.bridge.follow_beside(frozenset())

    def on_screen_resume(self) -> None:
        """Go on where it was left."""
        self._renew_names()
        self.log_pane.renew()

    def visited(self, chosen: str) -> None:
        """Whoever was chosen elsewhere does not narrow what is read here."""

    def visit_thing(self, what: str) -> None:
        """Show the lines of this instance."""
        self.choose(what if what in self._there() else "")

    @on(LogPane.OlderWanted)
    def _older(self) -> None:
        wanted = self.log_pane.older.wanted(self._mirror.printed) if self._mirror is not None else None
        if wanted is not None:
            self.bridge.ask("output", **wanted)

    def takes(self, message: Answered | Refused) -> bool:
        """Take a page of older lines, or which runs there were."""
        if message.do != "output":
            return False
        page = taken(message.result, Page) if isinstance(message, Answered) else None
        if page is None:
            self.log_pane.refuse_older(message.args["instance"])
        elif "before" in message.args:
            self.log_pane.add_older(page, message.args["before"])
        else:
            self.log_pane.add_runs(page)
        return True

    # Keys ----------------------------------------------------------------------------------------------------------

    @on(LogPane.InstanceWanted)
    def _step(self, event: LogPane.InstanceWanted) -> None:
        names = ["", *(name for name in self.names if name in self._there())]
        at = names.index(self.chosen) if self.chosen in names else 0
        self.choose(names[(at + event.by) % len(names)])

    @on(Partners.Chosen)
    def _choose(self, event: Partners.Chosen) -> None:
        self.choose("" if event.who == BROADCAST else event.who)

    def action_go_back(self) -> None:
        """Show more again: what is looked for, since when, how grave, whose, is given up in turn."""
        pane, wish = self.log_pane, self.log_pane.sieve.wish
        if wish.text:
            pane.search("")
        elif wish.since:
            pane.wants(since=0.0)
        elif wish.level != "all":
            pane.wants(level="all")
        elif wish.instance and not self.arrangement.is_zoomed:
            self.choose("")
        else:
            super().action_go_back()

    def action_log_level(self) -> None:
        """Leave out what is not grave, or show all again."""
        self.log_pane.next_level()

    def action_log_since(self) -> None:
        """Ask since when lines are to be shown."""

        def told(moment: float | None) -> None:
            if moment is not None:
                self.log_pane.wants(since=moment)

        self.program.push_screen(SinceDialog(self.clock), told)

    @on(Tail.OpenRequested)
    def _open(self) -> None:
        found = self._line_and_cause()
        if found is not None:
            self.program.push_screen(LogLine(*found))

    def action_log_cause(self) -> None:
        """Open the message the chosen line was printed for."""
        found = self._line_and_cause()
        if found is None or self._mirror is None:
            return
        cause, room = found[1], self._mirror.room
        self.notify(cause.said, markup=False, timeout=5)
        delivery = room.deliveries.by_id.get(cause.message)
        if delivery is None:
            return
        told = FlowRow(
            delivery.position, delivery.id, delivery.from_, delivery.to, delivery.type, "normal",
            delivery.written_at, "",
        )  # fmt: skip
        self.errands.open_message(next((row for row in room.flow if row.id == delivery.id), told))

    def _line_and_cause(self) -> tuple[Line, Cause] | None:
        pane = self.log_pane
        line = pane.line_at(pane.chosen_index())
        if line is None or self._mirror is None:
            return None
        return line, cause_of(line, self._mirror.room)
