"""The dialog in which the person's word is given for what waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input

from trinity_tui.core import inbox
from trinity_tui.tui.asked import Asked
from trinity_tui.tui.waiting.deeds import DeedRequested, keys
from trinity_tui.tui.waiting.matter import Matters
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from textual.binding import BindingType

    from trinity_tui.core.room import Room
    from trinity_tui.tui.clock import Clock

TITLE = "Waiting for you"
WORD = "why, or what to do instead; enter rejects"


class ApprovalDialog(Dialog[None]):
    """One thing after the other, the oldest first."""

    HELP = """\
A request to run something, or to use a tool: `o` allows it this once, `A` always, `x` rejects it with a word, which the
instance is told. What "always" would allow is said; it holds until it is revoked. A question: `r` answers it.
Instances that kept one another busy are paused: `g` lets one go on. An instance that was given up: `s` starts it. What
an instance gave up: `e` sends it again, `d` drops it. `n` shows the next, `esc` leaves them; the Inbox has them all.
Keys that decide are faint and do nothing until there was time to see what they decide.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("o", "decide('once')", "Once"), ("A", "decide('always')", "Always"), ("x", "reject", "Reject"),
        ("r", "answer", "Answer"), ("s", "decide('start')", "Start"), ("n", "next", "Next"),
        ("g", "decide('resume')", "Go on"), ("e", "decide('resend')", "Send again"), ("d", "decide('drop')", "Drop"),
    ]  # fmt: skip

    DECIDES: ClassVar[frozenset[str]] = frozenset("oAxrsged")
    HAS_AGES: ClassVar[bool] = True

    def __init__(self, room: Room, clock: Clock) -> None:
        super().__init__(TITLE, ())
        self._room = room
        self._matters = Matters(lambda: room, clock)
        self._passed: set[str] = set()
        """What was decided or put off since the dialog was opened."""
        self._item: inbox.Item | None = None
        """What is shown. Keys act on this, never on what may have come since."""

    def on_mount(self) -> None:
        """Show the first one."""
        field = Input(id="reject-word", placeholder=WORD, compact=True)
        field.display = False
        self.query_one("#dialog", VerticalScroll).mount(field)
        self._offer()

    def content(self) -> Content:
        """Who asks for what."""
        return Content("Nothing waits for your word.") if self._item is None else self._matters.content(self._item)

    def whole(self, message_id: str, result: object) -> None:
        """A message came in full."""
        if self._matters.take(message_id, result) and self._item is not None:
            self.say(self.content())

    def _pass(self, item: inbox.Item) -> None:
        self._passed.add(item.key)
        self._offer()
        self.hold()

    def _offer(self) -> None:
        self._item = next((item for item in inbox.items(self._room) if item.key not in self._passed), None)
        if self._item is None:
            self.dismiss(None)
            return
        self.entitle(self._title(self._item))
        self.offer((*keys(self._item), ("n", "next"), ("esc", "later")))
        self.say(self.content())
        if self._matters.lacks(self._item):
            # What is to be allowed has to be shown whole first.
            self.post_message(Asked("body", id=self._item.id))

    def _grow_older(self) -> None:
        super()._grow_older()
        if self._item is not None:
            self.entitle(self._title(self._item))

    def _title(self, item: inbox.Item) -> str:
        """Which one of how many it is, those that came since among them."""
        count = len(self._passed | {item.key} | {one.key for one in inbox.items(self._room)})
        return f"{TITLE}: {len(self._passed) + 1} of {count}" if count > 1 else TITLE

    def action_next(self) -> None:
        """Put this one off."""
        if self._item is not None:
            self._pass(self._item)

    def action_decide(self, deed: inbox.Deed) -> None:
        """Have it done about what is shown, and go on to the next; what was not shown whole cannot be allowed."""
        item = self._item
        if item is not None and self._matters.may(item, deed):
            self.post_message(DeedRequested(deed, (item,)))
            self._pass(item)

    def action_reject(self) -> None:
        """Ask for a word to say with it; an empty one is enough."""
        if self._item is not None and self._matters.may(self._item, "reject"):
            field = self.query_one("#reject-word", Input)
            field.value, field.display = "", True
            field.focus()
            self.offer((("enter", "reject"), ("esc", "back")))

    @on(Input.Submitted)
    def _rejected(self, event: Input.Submitted) -> None:
        item = self._item
        self._put_away()
        if item is not None and self._matters.may(item, "reject"):
            self.post_message(DeedRequested("reject", (item,), event.value.strip()))
            self._pass(item)

    def _put_away(self) -> None:
        self.query_one("#reject-word", Input).display = False
        self.query_one("#dialog", VerticalScroll).focus()

    def action_close(self) -> None:
        """Leave the word that was begun; without one, leave what waits."""
        if self.query_one("#reject-word", Input).display:
            self._put_away()
            self._offer()
        else:
            super().action_close()

    def action_answer(self) -> None:
        """Write the answer."""
        item = self._item
        if item is not None and self._matters.may(item, "answer"):
            self.post_message(DeedRequested("answer", (item,)))
            self.dismiss(None)
