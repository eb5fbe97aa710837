"""One of a few things in a dialog, between two arrows: left and right go through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from trinity_tui.tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType


class Choice(Static, can_focus=True):
    """A list of which one thing is shown.

    Args:
        name: Its id.
        values: Each with what it means.
        chosen: The first that is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,up", "step(-1)", "Before"), ("right,down", "step(1)", "Next"), ("enter", "submit", "Done"),
    ]  # fmt: skip

    class Changed(Message):
        """Another one was chosen."""

    class Submitted(Message):
        """The person is done."""

    def __init__(self, name: str, values: Sequence[tuple[str, str]], chosen: str = "") -> None:
        super().__init__(id=name, classes="field")
        self._values = list(values)
        self._at = next((at for at, (value, _) in enumerate(self._values) if value == chosen), 0)

    @property
    def value(self) -> str:
        """What is chosen."""
        return self._values[self._at][0]

    def render(self) -> Content:
        """What is chosen between two arrows, and what it means."""
        value, meaning = self._values[self._at]
        said = f"  {clean(meaning)}" if meaning else ""
        return Content.assemble(
            ("< ", "$text-faint"), (clean(value), "bold"), (" >", "$text-faint"), (said, "$text-dim")
        )

    def action_step(self, steps: int) -> None:
        """Another one."""
        self._at = (self._at + steps) % len(self._values)
        self.refresh()
        self.post_message(self.Changed())

    def action_submit(self) -> None:
        """As in a field."""
        self.post_message(self.Submitted())
