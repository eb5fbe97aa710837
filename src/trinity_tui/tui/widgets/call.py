"""One tool call whole: what it was given, how it ended, and as much of what came of it as was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.tui.safe_text import clean, reveal
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from trinity_tui.core.wire.live import ToolUse

MOST_LINES = 400


class CallDialog(Dialog[None]):
    """A tool call."""

    HELP = "What a tool was given and what came of it. Arrows scroll, `esc` closes.\n"

    def __init__(self, instance: str, use: ToolUse, let: str = "") -> None:
        super().__init__(f"{clean(instance)}: {clean(use.tool)}")
        self._use = use
        self._let = let

    def content(self) -> Content:
        """The arguments, the state, the result."""
        use = self._use
        took = f" after {use.seconds:.1f} s" if use.seconds else ""
        let = f" ({clean(self._let)})" if self._let else ""
        lines = use.result.splitlines()
        shown = [Content(f"  {clean(line)}") for line in lines[:MOST_LINES]]
        if len(lines) > MOST_LINES:
            shown.append(Content.styled(f"  {len(lines) - MOST_LINES} more lines", "$text-faint"))
        head = [Content.styled(reveal(use.summary), "bold"), Content.styled(f"{use.state}{took}{let}", "$text-dim")]
        return Content("\n").join([*head, Content(""), *shown])
