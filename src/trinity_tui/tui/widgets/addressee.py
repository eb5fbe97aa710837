"""How the message bar begins: whom it goes to, what is looked for in what was sent, or why nothing can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from trinity_tui.tui import addressing
from trinity_tui.tui.safe_text import clean, cut

if TYPE_CHECKING:
    from trinity_tui.tui.glyphs import Glyphs

ADDRESS_CELLS = 28
"""The address leaves room for what is written."""


class Addressee(Static):
    """The words before what is written."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="message-to")
        self._glyphs = glyphs
        self._said = Content("")

    def _say(self, *parts: str | tuple[str, str], tone: str = "") -> None:
        said = Content.assemble(f"{self._glyphs.prompt} ", *parts).stylize(tone)
        if not said.is_same(self._said):
            self._said = said
            self.update(said)

    def refuse(self, sentence: str) -> None:
        """Nothing can be written, for this reason."""
        self._say(sentence, tone="$text-dim")

    def look(self, wanted: str, *, is_missing: bool) -> None:
        """This is looked for in what was sent."""
        missing = (" not found", "$warning") if is_missing else ""
        self._say(f"history [{cut(clean(wanted), ADDRESS_CELLS)}]", missing, ": ")

    def miss(self, name: str) -> None:
        """Nobody has this name."""
        self._say((f"no {clean(name)} here: ", "$warning"))

    def address(self, recipients: tuple[str, ...], *, answers: bool, is_draft: bool) -> None:
        """It goes to these; to nobody yet where there are none."""
        if not recipients:
            self._say()
            return
        name = cut(clean(addressing.told(recipients)), ADDRESS_CELLS, self._glyphs.more)
        self._say(("draft ", "$text-faint") if is_draft else "", f"{'answer' if answers else 'to'} {name}: ")
