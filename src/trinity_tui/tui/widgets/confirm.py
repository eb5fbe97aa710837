"""A question before something that cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from textual.binding import BindingType


class Confirm(Dialog[bool]):
    """Yes or no; no unless it is said.

    Args:
        question: In one sentence.
        consequence: What will happen, and what will not.
    """

    HELP = "`y` does it, anything else leaves everything as it is.\n"
    BINDINGS: ClassVar[list[BindingType]] = [("y", "agree", "Yes"), ("n", "close", "No")]
    DECIDES: ClassVar[frozenset[str]] = frozenset({"y"})

    def __init__(self, question: str, consequence: str) -> None:
        super().__init__("Sure?", (("y", "yes"), ("n", "no")))
        self._question = question
        self._consequence = consequence

    def content(self) -> Content:
        """The question."""
        return Content.assemble((self._question, "bold"), "\n\n", (self._consequence, "$text-dim"))

    def action_agree(self) -> None:
        """Do it."""
        self.dismiss(True)
