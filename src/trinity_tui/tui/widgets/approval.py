"""What waits for the person's word: a line that says so, and the dialog in which it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from trinity_tui.core import inbox, typed
from trinity_tui.core.room_fold import DIFF_CHARACTERS
from trinity_tui.tui import request_text
from trinity_tui.tui.cells import line
from trinity_tui.tui.clock import duration
from trinity_tui.tui.safe_text import clean, cut, reveal
from trinity_tui.tui.tones import Toned
from trinity_tui.tui.widgets.dialog import Dialog, Keys

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.strip import Strip

    from trinity_tui.core.room import Room
    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

ASKS: dict[str, str] = {
    "question": "asks you", "parked": "gave up", "storm": "goes round with others",
    "dead": "could not take",
}  # fmt: skip
KEYS: dict[inbox.Kind, Keys] = {
    "approval": (("o", "once"), ("A", "always"), ("x", "reject"), ("n", "next"), ("esc", "later")),
    "question": (("r", "answer"), ("n", "next"), ("esc", "later")),
    "parked": (("s", "start"), ("n", "next"), ("esc", "later")),
    "storm": (("g", "let it go on"), ("n", "next"), ("esc", "later")),
    "dead": (("e", "send again"), ("d", "drop"), ("n", "next"), ("esc", "later")),
}
TEXT_LINES = 8
WIDE = 60
"""From this width on the line also says how many more there are."""


class ApprovalLine(Toned):
    """Says who asks for what, for as long as somebody does."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("approval-line")
        self._glyphs = glyphs
        self._waiting: list[inbox.Item] = []

    def renew(self, room: Room) -> None:
        """What waits may have changed."""
        waiting = inbox.items(room)
        if waiting != self._waiting:
            self._waiting = waiting
            self.display = bool(waiting)
            self.refresh()

    def on_click(self) -> None:
        """Open the dialog."""
        self.post_message(ApprovalRequested())

    def render_line(self, y: int) -> Strip:
        """The oldest, and how many more there are."""
        width, blank = self.size.width, self.tone("text")
        if not self._waiting:
            return line([], width, blank)
        first = self._waiting[0]
        is_wide = width >= WIDE
        others = f" and {len(self._waiting) - 1} more" if is_wide and len(self._waiting) > 1 else ""
        head = f" {clean(first.sender)} {_asks(first)}: "
        key, verb = "a", " decide" if is_wide else ""
        room = width - len(head) - len(others) - len(key + verb) - 3
        what = cut(self._glyphs.text(reveal(first.command) or clean(first.text)), room, self._glyphs.more)
        spans: list[Span] = [(head, self.tone("warning")), (what, self.tone("strong")), (others, self.tone("dim"))]
        return line([*spans, ("  ", blank), (key, self.tone("key")), (verb, self.tone("dim"))], width, blank)


class ApprovalRequested(Message):
    """The person wants to decide what waits."""


class ApprovalDialog(Dialog[None]):
    """One thing after the other, the oldest first."""

    HELP = """\
A request to run something, or to use a tool: `o` allows it this once, `A` always, `x` rejects it with a word, which the
instance is told. What "always" would allow is said; it holds until it is revoked. A question: `r` answers it.
Instances that kept one another busy are paused: `g` lets one go on. An instance that was given up: `s` starts it. What
an instance gave up: `e` sends it again, `d` drops it. `n` shows the next, `esc` leaves them.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        ("o", "decide('once')", "Once"), ("A", "decide('always')", "Always"), ("x", "reject", "Reject"),
        ("r", "answer", "Answer"), ("s", "start", "Start"), ("n", "next", "Next"),
        ("g", "ask('storm', 'resume')", "Go on"), ("e", "ask('dead', 'resend')", "Send again"),
        ("d", "ask('dead', 'drop')", "Drop"),
    ]  # fmt: skip

    HAS_AGES: ClassVar[bool] = True

    class Decided(Message):
        """The person gave the word on a request."""

        def __init__(self, request: str, verdict: str, word: str = "") -> None:
            super().__init__()
            self.request, self.verdict, self.word = request, verdict, word

    class AnswerRequested(Message):
        """The person wants to answer a question."""

        def __init__(self, to: str, reply_to: str) -> None:
            super().__init__()
            self.to, self.reply_to = to, reply_to

    class StartRequested(Message):
        """The person wants an instance that gave up to be started again."""

        def __init__(self, who: str) -> None:
            super().__init__()
            self.who = who

    class CareRequested(Message):
        """The person wants a loop to go on, or a dead letter sent again or dropped."""

        def __init__(self, do: str, about: str) -> None:
            super().__init__()
            self.do, self.about = do, about

    class WholeRequested(Message):
        """Only the beginning of a command is known; all of it has to be shown before it can be allowed."""

        def __init__(self, request: str) -> None:
            super().__init__()
            self.request = request

    def __init__(self, room: Room, clock: Clock) -> None:
        super().__init__("Waiting for you", ())
        self._room = room
        self._clock = clock
        self._passed: set[str] = set()
        """What was decided or put off since the dialog was opened."""
        self._item: inbox.Item | None = None
        """What is shown. Keys act on this, never on what may have come since."""
        self._wholes: dict[str, tuple[str, str]] = {}
        """Command and change, by request, where the room has only their beginning."""

    def on_mount(self) -> None:
        """Show the first one."""
        field = Input(id="reject-word", placeholder="why, or what to do instead; enter rejects", compact=True)
        field.display = False
        self.query_one("#dialog", VerticalScroll).mount(field)
        self._offer()

    def _tell(self) -> None:
        if self._item is not None:
            self.say(self.content())

    def content(self) -> Content:
        """Who asks for what."""
        item = self._item
        if item is None:
            return Content("Nothing waits for your word.")
        ago = f"{duration(self._clock.now() - item.at)} ago" if item.at else ""
        head = Content.assemble((clean(item.sender), "bold $secondary"), f" {_asks(item)}  ", (ago, "$text-faint"))
        parts = [head, Content(""), *(self._request(item) if item.kind == "approval" else [])]
        tone = "$text-dim" if item.kind == "approval" else "$foreground"
        parts += [Content.styled(clean(text), tone) for text in item.text.splitlines()[:TEXT_LINES]]
        return Content("\n").join(parts)

    def _request(self, item: inbox.Item) -> list[Content]:
        command, diff = self._wholes.get(item.id, (item.command, item.diff))
        view = self._room.instances.get(item.sender)
        parts = [request_text.call(command), *request_text.change(diff), Content("")]
        if not self._is_whole(item):
            parts.append(Content.styled("This is only its beginning; all of it is on its way.", "$warning"))
        return [*parts, request_text.always(item, view.role if view is not None else ""), Content("")]

    def _is_whole(self, item: inbox.Item) -> bool:
        is_short = len(item.command) < typed.TEXT_CHARACTERS and len(item.diff) < DIFF_CHARACTERS
        return is_short or item.id in self._wholes

    def whole(self, request: str, result: object) -> None:
        """A request came in full."""
        for message in typed.tables({"result": [result]}, "result"):
            for asked in typed.tables({"message": [message.get("message")]}, "message"):
                for data in typed.tables({"metadata": [asked.get("metadata")]}, "metadata"):
                    self._take(request, data.get("command"), data.get("diff", ""))

    def _take(self, request: str, command: object, diff: object) -> None:
        if isinstance(command, str) and isinstance(diff, str):
            self._wholes[request] = (command, diff)
            self._tell()

    def _pass(self, item: inbox.Item) -> None:
        self._passed.add(item.id)
        self._offer()

    def _offer(self) -> None:
        self._item = next((item for item in inbox.items(self._room) if item.id not in self._passed), None)
        if self._item is None:
            self.dismiss(None)
            return
        keys = KEYS[self._item.kind]
        self.offer(keys if self._item.can_always else tuple(key for key in keys if key[1] != "always"))
        self.say(self.content())
        if not self._is_whole(self._item):
            self.post_message(self.WholeRequested(self._item.id))

    def action_next(self) -> None:
        """Put this one off."""
        if self._item is not None:
            self._pass(self._item)

    def action_decide(self, verdict: str) -> None:
        """Give the word, and go on to the next; what was not shown whole cannot be allowed."""
        item = self._item
        if item is None or item.kind != "approval" or not self._is_whole(item):
            return
        if verdict == "once" or item.can_always:
            self.post_message(self.Decided(item.id, verdict))
            self._pass(item)

    def action_reject(self) -> None:
        """Ask for a word to say with it; an empty one is enough."""
        if self._item is not None and self._item.kind == "approval":
            field = self.query_one("#reject-word", Input)
            field.value, field.display = "", True
            field.focus()
            self.offer((("enter", "reject"), ("esc", "back")))

    @on(Input.Submitted)
    def _rejected(self, event: Input.Submitted) -> None:
        item = self._item
        self._put_away()
        if item is not None and item.kind == "approval":
            self.post_message(self.Decided(item.id, "reject", event.value.strip()))
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
        if item is not None and item.kind == "question":
            self.post_message(self.AnswerRequested(item.sender, item.id))
            self.dismiss(None)

    def action_start(self) -> None:
        """Start it again."""
        item = self._item
        if item is not None and item.kind == "parked":
            self.post_message(self.StartRequested(item.id))
            self._pass(item)

    def action_ask(self, kind: str, do: str) -> None:
        """Have something done about what is shown, if it is of the kind the key is for."""
        item = self._item
        if item is not None and item.kind == kind:
            self.post_message(self.CareRequested(do, item.id))
            self._pass(item)


def _asks(item: inbox.Item) -> str:
    return request_text.asks(item) if item.kind == "approval" else ASKS[item.kind]
