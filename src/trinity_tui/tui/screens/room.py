"""The Room: all instances, what they say to each other, what they learned, and the line in which the person writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from trinity_tui.core.room import FlowRow
from trinity_tui.tui import pace
from trinity_tui.tui.next_look import NextLook
from trinity_tui.tui.screens.swarming import Swarming
from trinity_tui.tui.widgets.output import Output
from trinity_tui.tui.widgets.swarm import Swarm

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.geometry import Offset

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import AreaChanged
    from trinity_tui.tui.screens.shared import Shared


class RoomScreen(Swarming):
    """The first screen."""

    AUTO_FOCUS = "#swarm"
    TAB = "screen.room"
    PANES: ClassVar = ("swarm", "flow", "memory", "output")

    def __init__(self, shared: Shared) -> None:
        swarm = Swarm(shared.as_of, shared.glyphs, shared.seats, animation=shared.animation)
        super().__init__(shared, swarm, shared.clock)
        self.output = Output(shared.clock, shared.glyphs)
        self._next = NextLook(self, shared.clock, "look", self._look)

    def panes(self) -> ComposeResult:
        """The swarm, beside it what they say and learned, below it what the chosen one prints."""
        yield from super().panes()
        yield self.output

    def node_spots(self) -> dict[str, Offset]:
        """At the upper right end of each node that is seen."""
        return self.swarm.label_spots() if self.swarm.is_on_screen else {}

    def begun(self) -> None:
        """Begin to look."""
        super().begun()
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
                self._next.with_this(pace.BUSY_UPDATE_SECONDS)
            case "deliveries" if "flow" not in message.beside:
                self.flow.renew_signs()
            case "findings":
                self.memory.renew()
            case "output" if self.output.instance in message.names:
                self.output.renew()
            case "link":
                self.renew_all()
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

    def visit_thing(self, what: str) -> None:
        """Show an instance, or a message with its thread; one that the flow has no more is asked for."""
        if what in self.swarm.seats:
            self.choose(what)
            return
        gone = FlowRow(0, what, "", "", "message", "normal", "", "")
        self.errands.open_message(self.flow.find(what) or gone)

    def _report_shown(self) -> None:
        if self.is_seen and self.flow.is_on_screen and self.program.app_focus:
            self.bridge.shown(self.flow.newest_position)

    def _schedule(self) -> None:
        """Look again when ``pace`` says so, and not before."""
        if not self.is_seen:
            return
        own = pace.next_look(self.clock.now(), self.swarm.pace)
        self._next.within(min(own, pace.FLASH_LOOK_SECONDS) if self.header.is_stale else own)

    def _look(self) -> None:
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

    def action_pane_find(self) -> None:
        """Show only what contains a text; from the swarm, in what they say."""
        if isinstance(self.focused, Swarm):
            self.arrangement.enter("flow")
            self.find_bar.begin(self.flow)
        else:
            super().action_pane_find()

    @on(Swarm.Chosen)
    def _chosen(self, event: Swarm.Chosen) -> None:
        self.output.choose(event.name)
        self.follow_soon(event.name)

    @on(Swarm.OpenRequested)
    def _open_output(self) -> None:
        self.arrangement.focus("output")
