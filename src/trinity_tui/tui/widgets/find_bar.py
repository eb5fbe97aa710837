"""The line in which the person says what to look for in a pane; it finds while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.widgets import Input

if TYPE_CHECKING:
    from textual.binding import BindingType


class Findable(Protocol):
    """A pane in which something can be looked for."""

    filter: str

    def search(self, text: str) -> None:
        """Look for a text; an empty one ends it."""
        ...

    def focus(self) -> object:
        """Take the person there."""
        ...


class FindBar(Input):
    """What to find, and in which pane."""

    HELP = "Type what to look for. `enter` keeps it and goes back to the pane, `esc` shows everything again.\n"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "give_up", "Show all")]

    def __init__(self) -> None:
        super().__init__(id="find", placeholder="find", compact=True, select_on_focus=False)
        self._pane: Findable | None = None

    def begin(self, pane: Findable) -> None:
        """Look for something in this pane."""
        self._pane = pane
        self.value = pane.filter
        self.display = True
        self.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what contains it."""
        event.stop()
        if self._pane is not None and self.display:
            self._pane.search(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it."""
        event.stop()
        self._end()

    def action_give_up(self) -> None:
        """Show everything again."""
        self.value = ""
        if self._pane is not None:
            self._pane.search("")
        self._end()

    def _end(self) -> None:
        self.display = False
        if self._pane is not None:
            self._pane.focus()
