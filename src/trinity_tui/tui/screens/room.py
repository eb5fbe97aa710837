"""The Room: all instances, what they say to each other, what they learned, and the line in which the person writes.

It hands what changed to the widgets that show it, and keys to the bridge as requests. Sizes are in ``screens.sizes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from trinity_tui.core.address import BROADCAST, HUMAN
from trinity_tui.tui import actions, pace
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens.arrangement import PANES, Arrangement
from trinity_tui.tui.screens.errands import Errands
from trinity_tui.tui.widgets.approval import ApprovalLine, ApprovalRequested
from trinity_tui.tui.widgets.find_bar import FindBar
from trinity_tui.tui.widgets.flow import Flow
from trinity_tui.tui.widgets.header import Header
from trinity_tui.tui.widgets.hints import Hints
from trinity_tui.tui.widgets.memory import Memory
from trinity_tui.tui.widgets.message_bar import Entry, MessageBar
from trinity_tui.tui.widgets.output import Output
from trinity_tui.tui.widgets.swarm import Swarm
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual import events
    from textual.app import App, ComposeResult
    from textual.command import Provider
    from textual.timer import Timer
    from textual.widget import Widget

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import AreaChanged, Bridge
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

FOLLOW_SECONDS = 0.15
"""An instance is followed once it has stayed chosen for so long: arrows pass over many."""


def _commands() -> type[Provider]:
    # The palette is needed when it is opened, and takes its time to load.
    from trinity_tui.tui.screens.commands import Commands

    return Commands


class RoomScreen(Screen[None]):
    """The first screen."""

    BINDINGS: ClassVar = actions.bindings(
        ["message", "pane", "go", "instance", "inbox", "help", "command", "coordinator"]
    )
    COMMANDS: ClassVar = {_commands}
    AUTO_FOCUS = "#swarm"

    def __init__(
        self, bridge: Bridge, clock: Clock, glyphs: Glyphs, keys: Mapping[str, str], *, is_animated: bool = True
    ) -> None:
        super().__init__()
        self._bridge = bridge
        self._clock = clock
        self._glyphs = glyphs
        self._keys = keys
        self._mirror: Mirror | None = None
        self._timer: Timer | None = None
        self._due = 0.0
        self._notice = "opening"
        self._told: set[str] = set()
        """The notices that hold and were shown; a new connection brings them again."""
        self._is_ready = False
        """Whether the panes are there; the connection may be faster."""
        self._follow_timer: Timer | None = None
        self._came_from: Widget | None = None
        self.header = Header(clock, glyphs)
        self.swarm = Swarm(clock, glyphs, is_animated=is_animated)
        self.flow = Flow(clock, glyphs)
        self.memory = Memory(clock, glyphs)
        self.output = Output(clock, glyphs)
        self.bar = MessageBar(glyphs)
        self._approval_line = ApprovalLine(glyphs)
        self._find = FindBar()
        self._hints = Hints(keys)
        self.arrangement = Arrangement(self)
        self.errands = Errands(self, bridge, clock, glyphs)

    def compose(self) -> ComposeResult:
        """All panes; the arrangement says which of them are seen."""
        yield self.header
        with Horizontal(id="body"):
            yield self.swarm
            with Vertical(id="side"):
                yield self.flow
                yield self.memory
        yield self.output
        yield self._approval_line
        yield self._find
        yield self.bar
        yield self._hints

    @property
    def program(self) -> App[None]:
        """The app this is a screen of."""
        return cast("App[None]", self.app)  # pyright: ignore[reportUnknownMemberType]  # App has no result type here

    @property
    def mirror(self) -> Mirror | None:
        """What is known; None until the connection is there."""
        return self._mirror

    def on_mount(self) -> None:
        """Begin to look."""
        self.swarm.border_title = "Swarm"
        self._approval_line.display = False
        self._find.display = False
        self.arrangement.fit(*self.program.size)
        self._is_ready = True
        if self._mirror is not None:
            self._show(self._mirror)
        else:
            self.header.say(self._notice)
        self._schedule()

    def on_unmount(self) -> None:
        """What still comes is for nobody."""
        self._is_ready = False

    def open(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror
        if self._is_ready:
            self._show(mirror)

    def _show(self, mirror: Mirror) -> None:
        self.header.show(mirror, self.swarm.traffic)
        for pane in (self.swarm, self.flow, self.memory, self.output):
            pane.show(mirror)
        self._renew_all()

    def say(self, notice: str) -> None:
        """Say this while there is nothing to show."""
        self._notice = notice
        if self._is_ready:
            self.header.say(notice)

    def area_changed(self, message: AreaChanged) -> None:
        """Hand a change to the widgets that show it."""
        if self._mirror is None or not self._is_ready:
            return
        renew = self._renewals().get(message.area)
        if message.area == "instance":
            self.swarm.renew(message.names)
            self._renew_approvals()
        elif message.area == "output" and self.output.instance in message.names:
            self.output.renew()
        elif renew is not None:
            renew()
        self.header.renew_soon()
        self._schedule()

    def _renewals(self) -> Mapping[str, Callable[[], None]]:
        return {
            "greeting": self._renew_all,
            "flow": self._renew_flow,
            "deliveries": self.flow.renew_signs,
            "findings": self.memory.renew,
            "approvals": self._renew_approvals,
            "notices": self._tell_notices,
            "link": self._renew_link,
        }

    def _renew_all(self) -> None:
        self.swarm.renew_all()
        if self._mirror is not None:
            self.header.show(self._mirror, self.swarm.traffic)
        for pane in (self.flow, self.memory, self.output):
            pane.renew()
        self._renew_approvals()
        self._renew_link()
        self.call_after_refresh(self._report_shown)
        self._schedule()

    def _renew_flow(self) -> None:
        self.swarm.renew_traffic()
        self.flow.renew()
        self._report_shown()

    def _renew_approvals(self) -> None:
        if self._mirror is not None:
            self._approval_line.renew(self._mirror.room)

    def _renew_link(self) -> None:
        mirror = self._mirror
        self.header.renew()
        self.set_class(mirror is not None and mirror.greeting is not None and not mirror.connected, "-lost")

    def _tell_notices(self) -> None:
        notices = self._mirror.notices if self._mirror is not None else []
        for notice in notices:
            if notice not in self._told:
                self.notify(clean(notice), markup=False, timeout=10)
        self._told = set(notices)

    def _report_shown(self) -> None:
        if self._is_ready and self.flow.is_on_screen and self.program.app_focus:
            self._bridge.shown(self.flow.newest_position)

    def _schedule(self) -> None:
        """Look again when ``pace`` says so, and not before; a look that is due earlier stays."""
        now = self._clock.now()
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
        """Arrange the panes for the new size; what has the focus keeps it."""
        self.arrangement.fit(event.size.width, event.size.height)
        self.call_after_refresh(self._report_shown)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Offer the keys of the place the person is at now."""
        widget = event.widget
        if isinstance(widget, Entry):
            self._hints.show("typing")
            if not self.bar.to and self.swarm.chosen:
                self.bar.address(self.swarm.chosen)
        elif isinstance(widget, FindBar):
            self._hints.show("finding")
        elif widget.id in PANES:
            self.arrangement.enter(widget.id)
            self.call_after_refresh(self._report_shown)
            self._hints.show(widget.id)

    def action_pane_next(self) -> None:
        """Go to the next pane."""
        self.arrangement.step(1)

    def action_pane_previous(self) -> None:
        """Go to the pane before."""
        self.arrangement.step(-1)

    def action_pane_zoom(self) -> None:
        """Give the pane the whole screen, and back."""
        self.arrangement.zoom()

    def action_pane_open(self) -> None:
        """Open what is chosen."""
        pane = self.focused
        if isinstance(pane, Swarm):
            self.arrangement.focus("output")
        elif isinstance(pane, Tail):
            pane.open_chosen()

    def action_go_back(self) -> None:
        """Leave the zoom, then the pane."""
        if self.arrangement.is_zoomed:
            self.arrangement.zoom()
        else:
            self.arrangement.focus("swarm")

    def action_pane_find(self) -> None:
        """Show only what contains a text."""
        if isinstance(self.focused, Tail):
            self._find.begin(self.focused)

    def write_to(self, name: str, reply_to: str = "") -> None:
        """Put the cursor into the message bar, addressed to this one."""
        if not isinstance(self.focused, Entry):
            self._came_from = self.focused
        self.bar.address(name, reply_to)
        self.bar.entry.focus()

    def action_message_seat(self, digit: int) -> None:
        """Write to the instance with this digit."""
        name = self.swarm.by_key(digit)
        if name:
            self.swarm.choose(name)
            self.write_to(name)
        else:
            self.notify(f"No instance has the digit {digit}.", markup=False)

    def action_message_all(self) -> None:
        """Write to every instance."""
        self.write_to(BROADCAST)

    def action_message_chosen(self) -> None:
        """Write to the chosen instance."""
        if self.swarm.chosen:
            self.write_to(self.swarm.chosen)

    @on(MessageBar.Submitted)
    def _send(self, event: MessageBar.Submitted) -> None:
        reply = {"reply_to": event.reply_to} if event.reply_to else {}
        self._bridge.ask("send", to=event.to, content=event.content, **reply)

    @on(MessageBar.Left)
    def _leave_bar(self) -> None:
        target = self._came_from if self._came_from is not None and self._came_from.is_on_screen else self.swarm
        target.focus()

    @on(Swarm.Chosen)
    def _chosen(self, event: Swarm.Chosen) -> None:
        self.output.choose(event.name)
        if self._follow_timer is not None:
            self._follow_timer.stop()
        self._follow_timer = self.set_timer(FOLLOW_SECONDS, lambda: self._bridge.follow(event.name), name="follow")

    @on(Swarm.OpenRequested)
    def _open_output(self) -> None:
        self.arrangement.focus("output")

    def _state(self) -> str:
        view = self._mirror.room.instances.get(self.swarm.chosen) if self._mirror is not None else None
        return view.state if view is not None else ""

    def _ask_of_chosen(self, do: str) -> None:
        if self.swarm.chosen:
            self._bridge.ask(do, who=self.swarm.chosen)

    def action_instance_restart(self) -> None:
        """Stop the chosen instance and start it again."""
        self._ask_of_chosen("restart")

    def action_instance_toggle(self) -> None:
        """Start the chosen instance, or stop it."""
        self._ask_of_chosen("start" if self._state() in ("OFFLINE", "PARKED") else "stop")

    def action_instance_pause(self) -> None:
        """Pause the chosen instance, or let it go on."""
        self._ask_of_chosen("resume" if self._state() == "PAUSED" else "pause")

    def action_instance_pause_all(self) -> None:
        """Pause every instance, once the person has agreed."""
        self.errands.confirmed(
            "Pause every instance?",
            "Brains and tools stop within a second. p lets one go on again.",
            "pause",
            who="all",
        )

    def action_instance_add(self) -> None:
        """Add an instance."""
        if self._mirror is not None:
            self.errands.add_instance(self._mirror.room, self.swarm.chosen)

    def action_instance_remove(self) -> None:
        """Remove the chosen instance, once the person has agreed."""
        if self._mirror is not None:
            self.errands.remove_instance(self._mirror, self.swarm.chosen)

    def action_coordinator_down(self) -> None:
        """Stop everything, once the person has agreed."""
        self.errands.confirmed(
            "Stop the coordinator and every instance?",
            "What is on record stays. To leave only this screen, press q instead.", "down",
        )  # fmt: skip

    def action_instance_why(self) -> None:
        """Say where the state of the chosen instance comes from, and why it is so."""
        if self._mirror is not None:
            self.errands.show_why(self._mirror, self.swarm.chosen)

    @on(ApprovalRequested)
    def action_inbox_approvals(self) -> None:
        """Decide what waits."""
        if self._mirror is not None:
            self.errands.show_waiting(self._mirror.room)

    def action_help_show(self) -> None:
        """Show the keys, and what this place is for."""
        about = next((node.HELP for node in (self.focused or self).ancestors_with_self if node.HELP), "")
        self.errands.show_help(about, self._keys)

    def action_command_open(self) -> None:
        """Find any command by its name."""
        self.program.action_command_palette()

    @on(Tail.OpenRequested)
    def _open_row(self, event: Tail.OpenRequested) -> None:
        if isinstance(event.pane, Flow):
            self.errands.open_message(event.pane.row(event.index))
        elif isinstance(event.pane, Memory):
            finding = event.pane.finding(event.index)
            self.errands.open_finding(finding, self.flow.find(finding.id))

    def answer(self, to: str, reply_to: str) -> None:
        """The person wants to answer a message."""
        self.write_to(to if to != HUMAN else BROADCAST, reply_to)
