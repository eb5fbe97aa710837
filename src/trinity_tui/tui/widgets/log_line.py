"""One printed line, whole: the pane shows what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.text.rows import clean_all
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from trinity_tui.client.printed import Line
    from trinity_tui.tui.logs.cause import Cause


class LogLine(Dialog[None]):
    """A line, and what is known of why it was printed.

    Args:
        line: Which.
        cause: What it was printed for.
    """

    HELP = "The whole line. Where it is known what it was printed for, `e` in the logs opens that message.\n"

    def __init__(self, line: Line, cause: Cause) -> None:
        super().__init__(clean(line.instance))
        self.add_class("-wide")
        self._line = line
        self._cause = cause

    def content(self) -> Content:
        """The line, then the cause."""
        known = f"e opens the message: {self._cause.said}." if self._cause.message else self._cause.said
        return Content.assemble(clean_all(self._line.text), "\n\n", (clean(known), "$text-dim"))
