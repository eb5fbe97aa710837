"""The Room: all instances, what they say to each other, what they learned, and the line in which the person writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical

from trinity_tui.tui import pace
from trinity_tui.tui.screens.stage import FOLLOW_SECONDS, Stage
from trinity_tui.tui.widgets.flow import Flow
from trinity_tui.tui.widgets.memory import Memory
from trinity_tui.tui.widgets.output import Output
from trinity_tui.tui.widgets.swarm import Swarm
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.timer import Timer

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import AreaChanged
    from trinity_tui.tui.screens.shared import Shared


class RoomScreen(Stage):
    """The first screen."""

    AUTO_FOCUS = "#swarm"
    TAB = "screen.room"
    PANES: ClassVar = ("swarm", "flow", "memory", "output")
    COLUMN: ClassVar = ("flow", "memory")

    def __init__(self, shared: Shared, *, is_animated: bool = True) -> None:
        super().__init__(shared)
        clock, glyphs = shared.clock, shared.glyphs
        self._timer: Timer | None = None
        self._due = 0.0
        self._follow_timer: Timer | None = None
        self.swarm = Swarm(clock, glyphs, shared.seats, is_animated=is_animated)
        self.flow = Flow(clock, glyphs)
        self.memory = Memory(clock, glyphs)
        self.output = Output(clock, glyphs)

    def panes(self) -> ComposeResult:
        """The swarm, beside it what they say and learned, below it what the chosen one prints."""
        with Horizontal(id="body"):
            yield self.swarm
            with Vertical(id="side"):
                yield self.flow
                yield self.memory
        yield self.output

    @property
    def chosen(self) -> str:
        """The chosen node."""
        return self.swarm.chosen

    def choose(self, name: str) -> None:
        """Choose a node."""
        self.swarm.choose(name)

    def begun(self) -> None:
        """Begin to look."""
        self.swarm.border_title = "Swarm"
        self._schedule()

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        for pane in (self.swarm, self.flow, self.memory, self.output):
            pane.show(mirror)

    def renew(self, message: AreaChanged) -> None:
        """Hand a change to the pane that shows it."""
        match message.area:
            case "instance":
                self.swarm.renew(message.names)
            case "flow":
                self.swarm.renew_traffic()
                self.flow.renew()
                self._report_shown()
            case "deliveries":
                self.flow.renew_signs()
            case "findings":
                self.memory.renew()
            case "output" if self.output.instance in message.names:
                self.output.renew()
            case _:
                pass
        self._schedule()

    def renew_all(self) -> None:
        """Anything may have changed."""
        self.swarm.renew_all()
        if self.mirror is not None:
            self.header.show(self.mirror, self.swarm.traffic)
        for pane in (self.flow, self.memory, self.output):
            pane.renew()
        self.call_after_refresh(self._report_shown)
        self._schedule()

    def on_screen_resume(self) -> None:
        """Go on with what stood still meanwhile."""
        if self.swarm.chosen:
            self.bridge.follow(self.swarm.chosen)
        self._schedule()

    def arranged(self, *, is_narrow: bool, is_tabbed: bool) -> None:
        """Show the swarm as rows where it is narrow, and name in the frames what lies behind them."""
        self.swarm.use_density("row" if is_narrow else None)
        self.flow.stand_beside(after="Memory" if is_tabbed else "")
        self.memory.stand_beside(before="Flow" if is_tabbed else "")

    def _report_shown(self) -> None:
        if self.is_seen and self.flow.is_on_screen and self.program.app_focus:
            self.bridge.shown(self.flow.newest_position)

    def _schedule(self) -> None:
        """Look again when ``pace`` says so, and not before; a look that is due earlier stays."""
        if not self.is_seen:
            return
        now = self.clock.now()
        own = pace.next_look(now, self.swarm.pace)
        due = now + (min(own, pace.FLASH_LOOK_SECONDS) if self.header.is_stale else own)
        if self._timer is not None:
            if now < self._due <= due:
                return
            self._timer.stop()
        self._due = due
        self._timer = self.set_timer(due - now, self._look, name="look")

    def _look(self) -> None:
        self._timer = None
        self.swarm.look()
        self._report_shown()
        self.header.is_ticking = self.swarm.is_ticking
        self.header.renew()
        self._schedule()

    def on_resize(self, event: events.Resize) -> None:
        """Say what is seen in the new size."""
        self.call_after_refresh(self._report_shown)

    def entered(self) -> None:
        """Say what is seen in another pane."""
        self.call_after_refresh(self._report_shown)

    def action_pane_open(self) -> None:
        """Open what is chosen."""
        if isinstance(self.focused, Swarm):
            self.arrangement.focus("output")
        else:
            super().action_pane_open()

    @on(Swarm.Chosen)
    def _chosen(self, event: Swarm.Chosen) -> None:
        self.output.choose(event.name)
        if self._follow_timer is not None:
            self._follow_timer.stop()
        self._follow_timer = self.set_timer(FOLLOW_SECONDS, lambda: self.bridge.follow(event.name), name="follow")

    @on(Swarm.OpenRequested)
    def _open_output(self) -> None:
        self.arrangement.focus("output")

    @on(Tail.OpenRequested)
    def _open_row(self, event: Tail.OpenRequested) -> None:
        if isinstance(event.pane, Flow):
            self.errands.open_message(event.pane.row(event.index))
        elif isinstance(event.pane, Memory):
            finding = event.pane.finding(event.index)
            self.errands.open_finding(finding, self.flow.find(finding.id))
