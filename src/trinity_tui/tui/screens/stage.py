"""What all full screens have in common: header, tabs, message bar, what waits, errands, and the keys that act on who is
chosen.

A screen says which panes it has, who is chosen, and what becomes of a change; it is only told of changes while it is
seen, and looks at everything again when it comes back. Textual calls what is named ``on_…`` of every class it meets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.screen import Screen
from textual.widgets import TextArea

from trinity_tui.core.address import BROADCAST, HUMAN
from trinity_tui.tui import actions
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens.arrangement import Arrangement
from trinity_tui.tui.screens.errands import Errands
from trinity_tui.tui.widgets.approval import ApprovalLine, ApprovalRequested
from trinity_tui.tui.widgets.find_bar import FindBar
from trinity_tui.tui.widgets.header import Header
from trinity_tui.tui.widgets.hints import Hints
from trinity_tui.tui.widgets.message_bar import Entry, MessageBar
from trinity_tui.tui.widgets.tabs import Tabs
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from textual import events
    from textual.app import App
    from textual.command import Provider
    from textual.widget import Widget

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.bridge import Answered, AreaChanged, Refused
    from trinity_tui.tui.screens.shared import Shared

FOLLOW_SECONDS = 0.15
"""An instance is followed once it has stayed chosen for so long: arrows pass over many."""


def _commands() -> type[Provider]:
    # The palette is needed when it is opened, and takes its time to load.
    from trinity_tui.tui.screens.commands import Commands

    return Commands


class Stage(Screen[None]):
    """A full screen."""

    BINDINGS: ClassVar = actions.bindings(
        ["message", "pane", "go", "instance", "inbox", "help", "command", "coordinator", "answer", "usage"]
    )
    COMMANDS: ClassVar = {_commands}
    TAB = ""
    """Which tab is this one's."""
    PANES: ClassVar[tuple[str, ...]] = ()
    """In the order of ``tab``; the first one is where ``esc`` leads."""
    COLUMN: ClassVar[tuple[str, ...]] = ()
    """Those that share one place where the screen is narrow."""

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.bridge, self.clock, self.glyphs = shared.bridge, shared.clock, shared.glyphs
        self.seats = shared.seats
        clock, glyphs, keys = shared.clock, shared.glyphs, shared.keys
        self._keys = keys
        self._mirror: Mirror | None = None
        self._notice = "opening"
        self._told: set[str] = set()
        """The notices that hold and were shown; a new connection brings them again."""
        self._is_ready = False
        """Whether the panes are there; the connection may be faster."""
        self._is_stale = False
        """Whether something changed while another screen was seen."""
        self._came_from: Widget | None = None
        self.header = Header(clock, glyphs)
        self.tabs = Tabs(self.TAB, keys, glyphs)
        self.bar = MessageBar(glyphs, shared.drafts)
        self.approval_line = ApprovalLine(glyphs)
        self.find_bar = FindBar()
        self.hints = Hints(keys)
        self.arrangement = Arrangement(self, self.PANES, self.COLUMN)
        self.errands = Errands(self, shared.bridge, clock, glyphs)

    # What a screen says of itself ----------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The instance keys act on; empty while none is chosen."""
        return ""

    @property
    def names(self) -> list[str]:
        """The instances in the order of their digits."""
        return self.seats.names

    def choose(self, name: str) -> None:
        """Make this the instance keys act on."""

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on; the panes are there."""

    def renew(self, message: AreaChanged) -> None:
        """Something changed in the mirror."""

    def renew_all(self) -> None:
        """Anything may have changed."""

    def arranged(self, *, is_narrow: bool, is_tabbed: bool) -> None:
        """The panes have another place.

        Args:
            is_narrow: Whether there is room for one pane only, whatever is zoomed.
            is_tabbed: Whether those of the column share one place.
        """

    def begun(self) -> None:
        """The panes are there."""

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request that only this screen understands; whether it was one."""
        return False

    # The mirror ----------------------------------------------------------------------------------------------------

    @property
    def program(self) -> App[None]:
        """The app this is a screen of."""
        return cast("App[None]", self.app)  # pyright: ignore[reportUnknownMemberType]  # App has no result type here

    @property
    def mirror(self) -> Mirror | None:
        """What is known; None until the connection is there."""
        return self._mirror

    @property
    def is_seen(self) -> bool:
        """Whether this is the screen that is looked at, be it below a dialog."""
        stages = (screen for screen in reversed(self.program.screen_stack) if isinstance(screen, Stage))
        return self._is_ready and next(stages, None) is self

    def on_mount(self) -> None:
        """Begin to look."""
        self.approval_line.display = False
        self.find_bar.display = False
        self.arrangement.fit(*self.program.size)
        self._is_ready = True
        if self._mirror is not None:
            self._begin(self._mirror)
        else:
            self.header.say(self._notice)
        self.begun()

    def on_unmount(self) -> None:
        """What still comes is for nobody."""
        self._is_ready = False

    def on_screen_suspend(self) -> None:
        """Another screen, or a dialog, lies over this one."""
        if not self.is_seen:
            self.bar.put_away()

    def on_screen_resume(self) -> None:
        """Look again at what changed meanwhile."""
        self.bar.take_out()
        if self._is_stale:
            self._is_stale = False
            self._renew_all()

    def open(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""
        self._mirror = mirror
        if self._is_ready:
            self._begin(mirror)

    def _begin(self, mirror: Mirror) -> None:
        self.header.show(mirror)
        self.show(mirror)
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
        if not self.is_seen:
            self._is_stale = True
            return
        if message.area == "greeting":
            self._renew_all()
            return
        if message.area in ("approvals", "instance"):
            self.approval_line.renew(self._mirror.room)
        elif message.area == "notices":
            self._tell_notices()
        elif message.area == "link":
            self._renew_link()
        self.header.renew_soon()
        self.renew(message)

    def paint(self, *panes: Widget) -> None:
        """Paint what changed in these now, not with the next frame: how often that is was decided before."""
        self._dirty_widgets.update(panes)
        self._on_timer_update()
        for pane in panes:
            # Nothing of it is left for the frame that its refreshing asked for.
            pane._repaint_required = False  # pyright: ignore[reportPrivateUsage]  # Textual has no other way to say so

    def _renew_all(self) -> None:
        if self._mirror is not None:
            self.header.renew()
            self.approval_line.renew(self._mirror.room)
        self.renew_all()
        self._renew_link()

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

    # Moving about --------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panes for the new size; what has the focus keeps it."""
        self.arrangement.fit(event.size.width, event.size.height)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Offer the keys of the place the person is at now."""
        widget = event.widget
        if isinstance(widget, Entry):
            self.hints.show("typing")
            if not self.bar.to and self.chosen:
                self.bar.address(self.chosen)
        elif isinstance(widget, FindBar):
            self.hints.show("finding")
        elif widget.id in self.PANES:
            self.arrangement.enter(widget.id)
            self.hints.show(widget.id)
            self.entered()

    def entered(self) -> None:
        """The person is in another pane."""

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
        if isinstance(self.focused, Tail):
            self.focused.open_chosen()

    def action_pane_find(self) -> None:
        """Show only what contains a text."""
        if isinstance(self.focused, Tail):
            self.find_bar.begin(self.focused)

    def action_go_back(self) -> None:
        """Leave the zoom, then the pane."""
        if self.arrangement.is_zoomed:
            self.arrangement.zoom()
        else:
            self.arrangement.focus(self.PANES[0])

    # Messages ------------------------------------------------------------------------------------------------------

    def write_to(self, name: str, reply_to: str = "") -> None:
        """Put the cursor into the message bar, addressed to this one."""
        if not isinstance(self.focused, Entry):
            self._came_from = self.focused
        self.bar.address(name, reply_to)
        self.bar.entry.focus()

    def answer(self, to: str, reply_to: str) -> None:
        """The person wants to answer a message."""
        self.write_to(to if to != HUMAN else BROADCAST, reply_to)

    def action_message_seat(self, digit: int) -> None:
        """Write to the instance with this digit."""
        name = self.seats.by_digit(digit)
        if name:
            self.choose(name)
            self.write_to(name)
        else:
            self.notify(f"No instance has the digit {digit}.", markup=False)

    def action_message_all(self) -> None:
        """Write to every instance."""
        self.write_to(BROADCAST)

    def action_message_chosen(self) -> None:
        """Write to the chosen instance."""
        if self.chosen:
            self.write_to(self.chosen)

    @on(MessageBar.Submitted)
    def _send(self, event: MessageBar.Submitted) -> None:
        reply = {"reply_to": event.reply_to} if event.reply_to else {}
        self.bridge.ask("send", to=event.to, content=event.content, **reply)

    @on(MessageBar.PathBegun)
    def _complete(self, event: MessageBar.PathBegun) -> None:
        self.bridge.complete(event.begun)

    def offer(self, begun: str, names: list[str]) -> None:
        """Offer these for a path that was begun."""
        self.hints.offer(self.bar.complete(begun, names))

    @on(TextArea.Changed)
    def _narrow_offers(self) -> None:
        if self.hints.offers:
            word = self.bar.path
            self.hints.offer([name for name in self.hints.offers if word is not None and name.startswith(word)])

    @on(MessageBar.Left)
    def _leave_bar(self) -> None:
        home = self.query_one(f"#{self.PANES[0]}")
        target = self._came_from if self._came_from is not None and self._came_from.is_on_screen else home
        target.focus()

    # The chosen instance -------------------------------------------------------------------------------------------

    def _state(self) -> str:
        view = self._mirror.room.instances.get(self.chosen) if self._mirror is not None else None
        return view.state if view is not None else ""

    def _ask_of_chosen(self, do: str) -> None:
        if self.chosen:
            self.bridge.ask(do, who=self.chosen)

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
            self.errands.add_instance(self._mirror.room, self.chosen)

    def action_instance_remove(self) -> None:
        """Remove the chosen instance, once the person has agreed."""
        if self._mirror is not None:
            self.errands.remove_instance(self._mirror, self.chosen)

    def action_instance_why(self) -> None:
        """Say where the state of the chosen instance comes from, and why it is so."""
        if self._mirror is not None:
            self.errands.show_why(self._mirror, self.chosen)

    def action_instance_brain(self) -> None:
        """Choose what the chosen instance thinks with."""
        if self._mirror is not None:
            self.errands.choose_brain(self._mirror, self.chosen)

    def action_instance_changes(self) -> None:
        """Show what the chosen instance changed in its own worktree."""
        self._ask_of_chosen("changes")

    def action_usage_show(self) -> None:
        """Show what models were used for today."""
        if self._mirror is not None:
            self.errands.show_usage(self._mirror.room)

    def action_answer_stop(self) -> None:
        """Stop what the chosen instance is writing; what there is of it stays."""
        if self.chosen:
            self.bridge.ask("cut", who=self.chosen)

    # The program ---------------------------------------------------------------------------------------------------

    def action_coordinator_down(self) -> None:
        """Stop everything, once the person has agreed."""
        self.errands.confirmed(
            "Stop the coordinator and every instance?",
            "What is on record stays. To leave only this screen, press q instead.", "down",
        )  # fmt: skip

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
