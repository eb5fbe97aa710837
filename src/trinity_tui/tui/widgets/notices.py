"""What is wrong with this machine or its settings: every sentence of the coordinator's that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trinity_tui.tui.glyphs import Glyphs


class NoticesDialog(Dialog[None]):
    """The notices that hold.

    Args:
        notices: Their sentences, as they came.
        glyphs: The signs of the terminal.
    """

    HELP = "What `trinity status` says behind `!`: each sentence until what it is about is mended. `esc` closes.\n"

    def __init__(self, notices: Sequence[str], glyphs: Glyphs) -> None:
        super().__init__("Notices")
        self._notices, self._glyphs = tuple(notices), glyphs

    def content(self) -> Content:
        """One sentence after the other."""
        if not self._notices:
            return Content("There is nothing to be told: the coordinator has no notice.")
        sign = (f"{self._glyphs.notice} ", "bold $warning")
        said = [Content.assemble(sign, self._glyphs.text(clean(notice))) for notice in self._notices]
        return Content("\n\n").join(said)
