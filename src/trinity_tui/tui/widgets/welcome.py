"""The first screen of a folder without ``instances.toml``: what this is in three lines, and one key that begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

LINES = (
    "Trinity is a control room: every instance is an agent in a process of its own, and you see all of them at once.",
    "Four will look through this folder, tell each other and you what they find, and do what you ask them to.",
    "They need no model and send nothing away; what they may run, you allow first.",
)


class Welcome(Screen[None]):
    """Three lines and one key."""

    HELP = "`enter` writes `instances.toml` into this folder and starts; `q` leaves without having done anything.\n"
    BINDINGS: ClassVar[list[BindingType]] = [("enter", "begin", "Begin"), ("q", "app.app_leave", "Leave")]

    class BeginRequested(Message):
        """The person wants the file to be written."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._is_begun = False

    def compose(self) -> ComposeResult:
        """One block in the middle."""
        yield Static(self._content(""), id="welcome")

    def refused(self, sentence: str) -> None:
        """It could not be done."""
        self._is_begun = False
        self.query_one("#welcome", Static).update(self._content(sentence))

    def action_begin(self) -> None:
        """Have the file written, once."""
        if not self._is_begun:
            self._is_begun = True
            self.post_message(self.BeginRequested())

    def _content(self, problem: str) -> Content:
        begin = Content.assemble(
            ("enter", "bold $primary"), ("  write instances.toml here and start     ", "$text-dim"),
            ("q", "bold $primary"), ("  leave", "$text-dim"),
        )  # fmt: skip
        parts = [
            Content.styled("T R I N I T Y", "bold $primary"),
            Content.styled(clean(str(self._root)), "$text-faint"),
            Content("\n\n").join([Content(text) for text in LINES]),
            begin,
        ]
        if problem:
            parts.append(Content.styled(clean(problem), "bold $error"))
        return Content("\n\n").join(parts)
