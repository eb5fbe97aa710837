"""The dialog in which the person has something remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from trinity_tui.core.memory import KINDS, TEXT_CHARACTERS, Kind
from trinity_tui.core.memory_message import masked
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from textual.binding import BindingType

TAGS_CHARACTERS = 200
MEANINGS: dict[Kind, str] = {
    "fact": "something that is so", "decision": "what was settled, and why", "preference": "how you like things",
    "failure": "what was tried and did not work", "howto": "a way that works", "question": "what nobody knows yet",
    "finding": "what was found in the files",
}  # fmt: skip


class KindChoice(Static, can_focus=True):
    """One kind of the list; left and right go through it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,up", "step(-1)", "Kind before"), ("right,down", "step(1)", "Next kind"), ("enter", "submit", "Remember"),
    ]  # fmt: skip

    class Submitted(Message):
        """The person is done."""

    def __init__(self) -> None:
        super().__init__(id="remember-kind")
        self.kind: Kind = "fact"

    def render(self) -> Content:
        """The kind between two arrows, and what it is."""
        return Content.assemble(
            ("< ", "$text-faint"), (self.kind, "bold"), (" >", "$text-faint"), (f"  {MEANINGS[self.kind]}", "$text-dim")
        )

    def action_step(self, steps: int) -> None:
        """Another one."""
        self.kind = KINDS[(KINDS.index(self.kind) + steps) % len(KINDS)]
        self.refresh()

    def action_submit(self) -> None:
        """As in a field."""
        self.post_message(self.Submitted())


class RememberDialog(Dialog[None]):
    """A kind, a text and tags; it closes when the record is kept.

    Args:
        text: To begin with.
    """

    HELP = """\
`tab` goes to the next field, `left` and `right` choose the kind, `enter` has it remembered, `esc` leaves it.
What looks like a key or a password is masked before it is kept.
"""

    class Requested(Message):
        """The person wants this remembered."""

        def __init__(self, wanted: dict[str, Any]) -> None:
            super().__init__()
            self.wanted = wanted

    def __init__(self, text: str = "") -> None:
        super().__init__("Remember", (("enter", "remember"), ("tab", "next"), ("esc", "close")))
        self._choice = KindChoice()
        self._text = Input(text, id="remember-text", max_length=TEXT_CHARACTERS, compact=True)
        self._tags = Input(id="remember-tags", max_length=TAGS_CHARACTERS, compact=True)
        self._said = Static("", id="remember-said")
        self._is_asking = False

    def on_mount(self) -> None:
        """Put the fields into the frame, and begin with the text."""
        self.query_one("#dialog", VerticalScroll).mount(
            Static("what, in a sentence or two", classes="add-label"), self._text, self._said,
            Static("kind", classes="add-label"), self._choice,
            Static("tags, separated by commas", classes="add-label"), self._tags,
        )  # fmt: skip
        self._text.focus()

    def content(self) -> Content:
        """What it does."""
        return Content.styled("Every instance can find it from then on; none of them can take it back.", "$text-dim")

    @on(Input.Changed, "#remember-text")
    def _look_for_secrets(self) -> None:
        kept = masked(self._text.value)
        is_masked = kept != self._text.value.strip()
        self._say(f"what looks like a secret is masked: {kept}" if is_masked else "", "$warning")

    @on(Input.Submitted)
    @on(KindChoice.Submitted)
    def _request(self) -> None:
        if self._is_asking:
            return
        text = self._text.value.strip()
        if not text:
            self._say("write what is to be remembered", "$error")
            self._text.focus()
            return
        self._is_asking = True
        tags = [tag.strip() for tag in self._tags.value.split(",") if tag.strip()]
        self.post_message(self.Requested({"text": text, "kind": self._choice.kind} | ({"tags": tags} if tags else {})))

    def refused(self, sentence: str) -> None:
        """It was not kept: say why; everything stays as it was written."""
        self._is_asking = False
        self._say(sentence, "$error")
        self._text.focus()

    def _say(self, sentence: str, tone: str) -> None:
        self._said.update(Content.styled(clean(sentence), tone))
