"""The dialog that asks since when lines are to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from trinity_tui.tui.logs.sieve import since
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from trinity_tui.tui.clock import Clock

MOST_CHARACTERS = 20


class SinceDialog(Dialog[float]):
    """A time, or how long ago; it closes with the moment that means, 0 for nothing.

    Args:
        clock: The time.
    """

    HELP = "A time of the last day such as `14:05`, or how long ago such as `10m` or `2h`; nothing shows all again.\n"

    def __init__(self, clock: Clock) -> None:
        super().__init__("Lines since", (("enter", "show"), ("esc", "close")))
        self._clock = clock
        self._field = Input(id="since-text", classes="field", max_length=MOST_CHARACTERS, compact=True)
        self._problem = Static("", id="since-said")

    def on_mount(self) -> None:
        """Put the field into the frame."""
        self.query_one("#dialog", VerticalScroll).mount(self._field, self._problem)
        self._field.focus()

    def content(self) -> Content:
        """What may be written."""
        return Content.styled(
            "14:05, or 10m; nothing shows all. A line that says no time counts as the one before it.", "$text-dim"
        )

    @on(Input.Submitted)
    def _request(self) -> None:
        moment = since(self._field.value, self._clock)
        if moment is None:
            self._problem.update(Content.styled("that is no time: 14:05, or 10m, 2h, 1d", "$error"))
        else:
            self.dismiss(moment)
