"""What the dialogs have in common: a frame in the middle, a title, keys at its foot, and ``esc`` that closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

Result = TypeVar("Result")
Keys = tuple[tuple[str, str], ...]
"""Keys and what they do."""
CLOSE: Keys = (("esc", "close"),)


class Dialog(ModalScreen[Result], Generic[Result]):
    """A frame over the screen.

    Args:
        title: In the frame's upper edge.
        keys: In its lower edge.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "close", "Close"), ("q", "close", "Close")]

    HAS_AGES: ClassVar[bool] = False
    """Whether it says how long ago something was, and so says it anew every second."""

    def __init__(self, title: str, keys: Keys = CLOSE) -> None:
        super().__init__()
        self._dialog_title = title
        self._keys = keys
        self._said = Content("")

    def compose(self) -> ComposeResult:
        """A frame that scrolls if it has to."""
        with VerticalScroll(id="dialog") as frame:
            frame.border_title = Content(self._dialog_title)
            frame.border_subtitle = _foot(self._keys)
            yield Static(self.content(), id="dialog-text")

    def on_mount(self) -> None:
        """From now on ages grow."""
        if self.HAS_AGES:
            self.set_interval(1.0, self._grow_older, name="ages")

    def _grow_older(self) -> None:
        content = self.content()
        if content != self._said:
            self.say(content)

    def content(self) -> Content:
        """What it says."""
        return Content("")

    def say(self, content: Content) -> None:
        """Say something else."""
        self._said = content
        self.query_one("#dialog-text", Static).update(content)

    def offer(self, keys: Keys) -> None:
        """Offer other keys."""
        self.query_one("#dialog", VerticalScroll).border_subtitle = _foot(keys)

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)


def _foot(keys: Keys) -> Content:
    return Content("  ").join(Content.assemble((key, "bold $primary"), (f" {does}", "$text-dim")) for key, does in keys)
