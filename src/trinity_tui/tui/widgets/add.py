"""The dialog that adds an instance: a role from the list, an id that is proposed, and its persona."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from trinity_tui.core.address import ROLES
from trinity_tui.tui.asked import Asked
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.choice import Choice
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Collection

ID_CHARACTERS = 32
PERSONA_CHARACTERS = 2_000


def proposed(role: str, known: Collection[str]) -> str:
    """An id for one more of a role: the lowest number that is free."""
    return next(name for number in range(1, len(known) + 2) if (name := f"{role}-{number}") not in known)


class AddDialog(Dialog[None]):
    """Three fields; it closes when the coordinator has taken the instance on.

    Args:
        role: The one to begin with.
        known: The ids that are taken.
    """

    HELP = """\
`left` and `right` choose the role, `tab` goes to the next field, `enter` adds the instance, `esc` adds none.
It stays after a restart; `instances.toml` is not changed.
"""

    def __init__(self, role: str, known: Collection[str]) -> None:
        super().__init__("Add an instance", (("enter", "add"), ("tab", "next"), ("esc", "close")))
        self._known = frozenset(known)
        self._choice = Choice("add-role", [(name, "") for name in ROLES], role)
        self._proposed = proposed(self._choice.value, self._known)
        self._is_asking = False

    def on_mount(self) -> None:
        """Put the fields into the frame, and begin with the role."""
        frame = self.query_one("#dialog", VerticalScroll)
        frame.mount(
            Static("role", classes="add-label"),
            self._choice,
            Static("id", classes="add-label"),
            Input(self._proposed, id="add-id", max_length=ID_CHARACTERS, compact=True),
            Static("", id="add-refused"),
            Static("persona, in a sentence", classes="add-label"),
            Input(id="add-persona", max_length=PERSONA_CHARACTERS, compact=True),
        )
        self._choice.focus()

    def content(self) -> Content:
        """What it does."""
        return Content.styled("It starts at once; instances.toml stays as it is.", "$text-dim")

    @on(Choice.Changed)
    def _propose(self) -> None:
        """The id goes with the role as long as the person wrote no other."""
        field = self.query_one("#add-id", Input)
        if field.value == self._proposed:
            self._proposed = field.value = proposed(self._choice.value, self._known)

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _request(self) -> None:
        if self._is_asking:
            return
        self._is_asking = True
        self._say("")
        instance = self.query_one("#add-id", Input).value.strip()
        persona = self.query_one("#add-persona", Input).value
        self.post_message(Asked("add", id=instance, role=self._choice.value, persona=persona))

    def refused(self, sentence: str) -> None:
        """It was not taken on: the sentence stands under the id, and everything else stays as it was written."""
        self._is_asking = False
        self._say(sentence)
        self.query_one("#add-id", Input).focus()

    def _say(self, sentence: str) -> None:
        self.query_one("#add-refused", Static).update(Content.styled(clean(sentence), "$error"))
