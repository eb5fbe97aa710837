"""The dialog in which the person has something remembered."""

from __future__ import annotations

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from trinity_tui.core.memory import KINDS, TEXT_CHARACTERS, Kind
from trinity_tui.core.memory_message import masked
from trinity_tui.tui.asked import Asked
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.choice import Choice
from trinity_tui.tui.widgets.dialog import Dialog

TAGS_CHARACTERS = 200
MEANINGS: dict[Kind, str] = {
    "fact": "something that is so", "decision": "what was settled, and why", "preference": "how you like things",
    "failure": "what was tried and did not work", "howto": "a way that works", "question": "what nobody knows yet",
    "finding": "what was found in the files",
}  # fmt: skip


class RememberDialog(Dialog[None]):
    """A kind, a text and tags; it closes when the record is kept.

    Args:
        text: To begin with.
    """

    HELP = """\
`tab` goes to the next field, `left` and `right` choose the kind, `enter` has it remembered, `esc` leaves it.
What looks like a key or a password is masked before it is kept.
"""

    def __init__(self, text: str = "") -> None:
        super().__init__("Remember", (("enter", "remember"), ("tab", "next"), ("esc", "close")))
        self._choice = Choice("remember-kind", [(kind, MEANINGS[kind]) for kind in KINDS], "fact")
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
    @on(Choice.Submitted)
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
        self.post_message(Asked("memory/add", text=text, kind=self._choice.value, **({"tags": tags} if tags else {})))

    def refused(self, sentence: str) -> None:
        """It was not kept: say why; everything stays as it was written."""
        self._is_asking = False
        self._say(sentence, "$error")
        self._text.focus()

    def _say(self, sentence: str, tone: str) -> None:
        self._said.update(Content.styled(clean(sentence), tone))
