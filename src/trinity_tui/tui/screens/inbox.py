"""The Inbox: what waits for the person, answered where it stands; and what was decided, by whom and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input

from trinity_tui.core.address import HUMAN
from trinity_tui.core.room import FlowRow
from trinity_tui.tui import actions
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.goto import GoTo
from trinity_tui.tui.homes import task_of
from trinity_tui.tui.last_known import as_of, not_known
from trinity_tui.tui.lately import as_content, lately
from trinity_tui.tui.screens.searching import Searching
from trinity_tui.tui.waiting.deeds import KEYS, DeedRequested
from trinity_tui.tui.waiting.matter import Matters
from trinity_tui.tui.widgets.keyed import Keyed
from trinity_tui.tui.widgets.search_line import SearchLine
from trinity_tui.tui.widgets.waiting import MatterPane, WaitingPane, decision_content

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.inbox import Deed, Item
    from trinity_tui.core.room import Room
    from trinity_tui.tui.bridge import AreaChanged, Refused
    from trinity_tui.tui.screens.shared import Shared
    from trinity_tui.tui.widgets.dialog import Keys

AREAS = frozenset({"approvals", "alerts", "deliveries", "instance", "diary", "link"})
AGES_SECONDS = 1.0
LATELY_CELLS = 160
"""So much is told of what somebody said before."""
RENEW_SECONDS = 0.1
"""Deliveries change with every message; what waits seldom does."""


class InboxScreen(Searching):
    """Decide what waits."""

    AUTO_FOCUS = "#waiting"
    BINDINGS: ClassVar = actions.bindings(["inbox"])
    TAB = "screen.inbox"
    PANES: ClassVar = ("waiting", "matter")
    COLUMN: ClassVar = ("matter",)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared, "any words of what waits, or of what was decided")
        self.waiting = WaitingPane(self._room, shared.as_of, shared.glyphs)
        self.matter = MatterPane()
        self._matters = Matters(self._room, shared.as_of)
        self._asked: set[str] = set()
        """The messages that were asked for in full."""
        self._said = Content("")

    def _room(self) -> Room | None:
        return self.mirror.room if self.mirror is not None else None

    def panes(self) -> ComposeResult:
        """What to look for, the list, and one of it."""
        yield self.search
        with Horizontal(id="body"):
            yield self.waiting
            yield self.matter

    def begun(self) -> None:
        """Say how old things are as they grow older."""
        self.set_interval(AGES_SECONDS, self._grow_older, name="ages")

    def _grow_older(self) -> None:
        if self.is_seen and self.waiting.count:
            self._look_again()

    # What is there -------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The instance that waits."""
        item, room = self.waiting.item, self._room()
        return item.sender if item is not None and room is not None and item.sender in room.instances else ""

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""

    def renew(self, message: AreaChanged) -> None:
        """What waits may have changed."""
        if message.area in AREAS:
            self._delays.before_long("renew", RENEW_SECONDS, self._renew)

    def _renew(self) -> None:
        if self._is_ready:
            self._look_again()

    def renew_all(self) -> None:
        """Anything may have changed."""
        self._look_again()

    def _look_again(self) -> None:
        pane = self.waiting
        pane.unknown = not_known(self.mirror)
        pane.renew()
        several = f"{len(pane.marked)} chosen" if pane.marked else ""
        name = "Decided" if pane.shows_history else "Waiting for you"
        parts = (name, str(pane.count) if pane.count else "", as_of(self.mirror, self.clock))
        pane.entitle(f" {self.glyphs.dot} ".join(part for part in parts if part), several)
        self._show()

    def _show(self) -> None:
        item, decision = self.waiting.item, self.waiting.decision
        deeds = item.deeds if item is not None else ()
        self.hints.leave_out(frozenset(f"inbox.{deed}" for deed in KEYS if deed not in deeds))
        said = Content("")
        if item is not None:
            said = Content("\n\n").join(filter(None, (self._matters.content(item), self._lately(item))))
            if self._matters.lacks(item) and item.id not in self._asked:
                self._asked.add(item.id)
                self.bridge.ask("body", id=item.id)
        elif decision is not None:
            said = decision_content(decision, self.clock)
        if said != self._said:
            self._said = said
            self.matter.show(said, self._keys_for(item) if item is not None else ())

    def _lately(self, item: Item) -> Content:
        """How who waits is now, and what it said before."""
        found = lately(item.sender, self.mirror, LATELY_CELLS, self.clock, self.glyphs, item.id) if self.mirror else []
        return as_content(found)

    def _keys_for(self, item: Item) -> Keys:
        """What can be done about it, with the keys of this screen."""
        if self.refusal:
            return ()
        return tuple((self.key_label(actions.BY_ID[f"inbox.{deed}"]), KEYS[deed][1]) for deed in item.deeds)

    @on(Keyed.Chosen)
    def _chosen(self) -> None:
        self._put_word_away()
        self._show()
        self.matter.scroll_home(animate=False)

    def takes(self, message: Answered | Refused) -> bool:
        """Take a message that was asked for in full."""
        if message.do != "body" or message.args.get("id") not in self._asked:
            return False
        if isinstance(message, Answered):
            self._matters.take(message.args["id"], message.result)
            self._show()
        else:
            # Asked again when it is chosen again.
            self._asked.discard(message.args["id"])
        return True

    def visit_thing(self, what: str) -> None:
        """Choose what waits under this id, or was decided."""
        self._look_again()
        for key in self.waiting.keys:
            if what in key.split(":"):
                self.waiting.choose(key)

    # What is done --------------------------------------------------------------------------------------------------

    def _do(self, deed: Deed) -> None:
        items = tuple(item for item in self.waiting.those(deed) if self._matters.may(item, deed))
        if items:
            self.waiting.marked -= {item.key for item in items}
            self.post_message(DeedRequested(deed, items))
        elif not self.waiting.shows_history:
            self.notify("That is not for what is chosen.", markup=False, timeout=3)

    def action_inbox_once(self) -> None:
        """Allow it this once."""
        self._do("once")

    def action_inbox_always(self) -> None:
        """Allow it for good."""
        self._do("always")

    def action_inbox_answer(self) -> None:
        """Write the answer."""
        self._do("answer")

    def action_inbox_start(self) -> None:
        """Start who was given up."""
        self._do("start")

    def action_inbox_resume(self) -> None:
        """Let it go on."""
        self._do("resume")

    def action_inbox_resend(self) -> None:
        """Send them again."""
        self._do("resend")

    def action_inbox_drop(self) -> None:
        """Take them off the list."""
        self._do("drop")

    def action_inbox_seen(self) -> None:
        """They were seen."""
        self._do("seen")

    def action_inbox_mark(self) -> None:
        """Choose one more, or no more."""
        if self.waiting.mark():
            self._look_again()
        else:
            self.notify("Several are chosen of dead letters and alerts only.", markup=False, timeout=3)

    def action_inbox_history(self) -> None:
        """What was decided, or what waits."""
        self.waiting.shows_history = not self.waiting.shows_history
        self.waiting.renew(is_new=True)
        self._look_again()

    def action_inbox_reject(self) -> None:
        """Ask for a word to say with it; an empty one is enough."""
        if self.waiting.those("reject"):
            self.arrangement.focus("matter")
            self.matter.word.value, self.matter.word.display = "", True
            self.matter.word.focus()
            self.matter.scroll_end(animate=False)
        else:
            self._do("reject")

    @on(Input.Submitted, "#reject-word")
    def _rejected(self, event: Input.Submitted) -> None:
        event.stop()
        items = self.waiting.those("reject")
        self._put_word_away()
        if items:
            self.post_message(DeedRequested("reject", items, event.value.strip()))

    def _put_word_away(self) -> None:
        if self.matter.word.display:
            self.matter.word.display = False
            self.arrangement.focus("waiting")

    # Moving about --------------------------------------------------------------------------------------------------

    @on(SearchLine.Changed)
    def _typed(self, event: SearchLine.Changed) -> None:
        self.waiting.wanted = event.text.strip().lower()
        self._look_again()
        self.search.tell(f"{self.waiting.count} found" if self.waiting.wanted else "")

    def action_pane_open(self) -> None:
        """Open the thread of what is chosen."""
        item, decision = self.waiting.item, self.waiting.decision
        if item is not None and item.kind not in ("parked", "storm"):
            self.errands.open_message(
                FlowRow(0, item.id, item.sender, HUMAN, item.kind, "normal", item.timestamp, item.command or item.text)
            )
        elif decision is not None and decision.kind not in ("parked", "storm"):
            self.errands.open_message(
                FlowRow(0, decision.id, decision.sender, HUMAN, decision.kind, "normal", decision.asked_at,
                        decision.text)
            )  # fmt: skip
        elif item is not None and self.mirror is not None:
            self.errands.show_why(self.mirror, item.id)

    def action_inbox_task(self) -> None:
        """Go to the task it is about."""
        item, decision, room = self.waiting.item, self.waiting.decision, self._room()
        chosen = item or decision
        task = task_of(chosen.id, chosen.sender, room) if chosen is not None and room is not None else ""
        if task:
            self.post_message(GoTo("tasks", task))
        else:
            self.notify("No task is known that this is about.", markup=False, timeout=3)

    @on(Keyed.OpenRequested)
    def _open(self) -> None:
        self.action_pane_open()

    def action_go_back(self) -> None:
        """Leave the word, the history, the search, then the zoom and the pane."""
        if self.matter.word.display:
            self._put_word_away()
        elif self.focused is self.waiting and self.waiting.shows_history:
            self.action_inbox_history()
        elif self.focused is self.waiting and self.waiting.wanted and not self.arrangement.is_zoomed:
            self.search.field.value = ""
        else:
            super().action_go_back()
