"""The frame of all full screens: header, tabs, panes, what waits, message bar, keys; and how one goes about in it.

A screen says which panes it has, who is chosen, and what becomes of a change; it is only told of changes while it is
seen, and looks at everything again when it comes back. Textual calls what is named ``on_…`` of every class it meets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input

from trinity_tui.core.address import BROADCAST
from trinity_tui.tui import actions
from trinity_tui.tui.copying import copied
from trinity_tui.tui.painting import Painting
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.safe_text import cut as shorten
from trinity_tui.tui.screens.arrangement import Arrangement
from trinity_tui.tui.standing_notices import StandingNotices
from trinity_tui.tui.widgets.approval_line import ApprovalLine
from trinity_tui.tui.widgets.entry import Entry
from trinity_tui.tui.widgets.find_bar import FindBar
from trinity_tui.tui.widgets.header import Header
from trinity_tui.tui.widgets.hints import Hints
from trinity_tui.tui.widgets.keyed import Keyed
from trinity_tui.tui.widgets.message_bar import MessageBar
from trinity_tui.tui.widgets.searched import Searched
from trinity_tui.tui.widgets.tabs import Tabs
from trinity_tui.tui.widgets.tail import Tail

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.tui.actions import Action
    from trinity_tui.tui.bridge import AreaChanged
    from trinity_tui.tui.screens.shared import Shared

COPIED_CELLS = 40
LEAVING_SECONDS = 1.0
"""So long the coordinator has to hear what the person looked at, before the program ends."""


class Frame(Painting):
    """A full screen as it is seen."""

    TAB = ""
    """Which tab is this one's."""
    PANES: ClassVar[tuple[str, ...]] = ()
    """In the order of ``tab``; the first one is where ``esc`` leads."""
    COLUMN: ClassVar[tuple[str, ...]] = ()
    """Those that share one place where the screen is narrow."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared.bridge.way)
        self.bridge, self.clock, self.glyphs = shared.bridge, shared.clock, shared.glyphs
        self.seats, self.badges = shared.seats, shared.badges
        self.is_plain = shared.is_plain
        clock, glyphs, keys = shared.clock, shared.glyphs, shared.keys
        self._keys = keys
        self._mirror: Mirror | None = None
        self._notice = "opening"
        self._notices = StandingNotices()
        self._is_ready = False
        """Whether the panes are there; the connection may be faster."""
        self._is_stale = False
        """Whether something changed while another screen was seen."""
        self.header = Header(clock, glyphs)
        self.tabs = Tabs(self.TAB, keys, glyphs, shared.badges)
        self.bar = MessageBar(glyphs, shared.drafts, self._people)
        self.approval_line = ApprovalLine(glyphs)
        self.find_bar = FindBar()
        self.hints = Hints(keys)
        self.arrangement = Arrangement(self, self.PANES, self.COLUMN)

    def compose(self) -> ComposeResult:
        """The lines every screen has, around its panes."""
        # Before they are there: later on, all of them would be styled once more.
        self.arrangement.fit(*self.program.size)
        yield self.header
        yield self.tabs
        yield from self.panes()
        yield self.approval_line
        yield self.find_bar
        yield self.bar
        yield self.hints

    # What a screen says of itself ----------------------------------------------------------------------------------

    def panes(self) -> ComposeResult:
        """All its panes, none here; the arrangement says which of them are seen."""
        yield from ()

    @property
    def chosen(self) -> str:
        """The instance keys act on; empty while none is chosen."""
        return ""

    def key_label(self, action: Action) -> str:
        """The keys of an action as the person has them."""
        return action.label_with(self._keys)

    @property
    def names(self) -> list[str]:
        """The instances in the order of their digits."""
        return self.seats.names

    @property
    def refusal(self) -> str:
        """Why nothing can be sent or decided here, whatever its key; empty where it can."""
        is_looking = self._mirror is not None and self._mirror.only_looks
        return "Read-only: this screen only looks, nothing is sent or decided from it." if is_looking else ""

    def _people(self) -> dict[str, str]:
        views = self._mirror.room.instances.values() if self._mirror is not None else ()
        return {view.id: view.role for view in views}

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

    async def leaving(self) -> None:
        """The person leaves the program from here."""

    def visited(self, chosen: str) -> None:
        """The person came here, from a screen where this instance was chosen; it may be none."""

    def visit_thing(self, what: str) -> None:
        """The person came here to see this; what it names, the screen knows."""

    # The mirror ----------------------------------------------------------------------------------------------------

    @property
    def mirror(self) -> Mirror | None:
        """What is known; None until the connection is there."""
        return self._mirror

    @property
    def is_seen(self) -> bool:
        """Whether this is the screen that is looked at, be it below a dialog."""
        stages = (screen for screen in reversed(self.program.screen_stack) if isinstance(screen, Frame))
        return self._is_ready and next(stages, None) is self

    def on_mount(self) -> None:
        """Begin to look."""
        for name in self.PANES:
            self.query_one(f"#{name}").add_class("pane")
        self.find_bar.display = False
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
            for sentence in self._notices.fresh(self._mirror.notices, self.key_label(actions.BY_ID["notice.show"])):
                self.notify(clean(sentence), markup=False, timeout=10)
        elif message.area == "link":
            self._renew_link()
        self.header.renew_soon()
        self.renew(message)

    def _renew_all(self) -> None:
        if self._mirror is not None:
            self.header.renew()
            self.approval_line.renew(self._mirror.room)
        self._renew_rights()
        self.renew_all()
        self._renew_link()

    def _renew_link(self) -> None:
        mirror = self._mirror
        self.header.renew()
        self.set_class(mirror is not None and mirror.lost_at is not None, "-lost")

    def _renew_rights(self) -> None:
        """Offer nothing that would be refused."""
        refusal = self.refusal
        self.bar.refuse(refusal)
        self.hints.look_only(bool(refusal))
        self.approval_line.look_only(bool(refusal))

    # Moving about --------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the panes for the new size; what has the focus keeps it."""
        self.arrangement.fit(event.size.width, event.size.height)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Offer the keys of the place the person is at now."""
        widget = event.widget
        if isinstance(widget, Entry):
            self.hints.show("typing")
            if not self.bar.to:
                self.bar.address(self.chosen or BROADCAST)
        elif isinstance(widget, Input):
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

    @property
    def copied_text(self) -> str:
        """What copying takes here; empty where nothing is chosen."""
        return self.focused.copied() if isinstance(self.focused, (Tail, Keyed)) else self.chosen

    def action_pane_copy(self) -> None:
        """Copy what is chosen."""
        text, is_cut = copied(self.copied_text)
        if text:
            self.program.copy_to_clipboard(text)
            cut = f" Only its first {len(text):,} characters: terminals take no more." if is_cut else ""
            said = shorten(self.glyphs.text(clean(" ".join(text.split()))), COPIED_CELLS, self.glyphs.more)
            self.notify(f"Copied: {said}{cut}", markup=False, timeout=5 if is_cut else 2)

    def action_go_back(self) -> None:
        """End a search, then leave the zoom, then the pane."""
        if isinstance(self.focused, Searched) and self.focused.filter:
            self.focused.search("")
        elif self.arrangement.is_zoomed:
            self.arrangement.zoom()
        else:
            self.arrangement.focus(self.PANES[0])
