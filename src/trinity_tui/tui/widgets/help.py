"""The help: what this place is for, and every key that does something here, from the one registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.safe_text import wrap
from trinity_tui.tui.widgets.dialog import CLOSE, Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trinity_tui.tui.actions import Action

HERE = "Here"
KEY_CELLS_MOST = 13
LINES_MOST = 12
"""Of one key: none says as much."""
GAP = "  "


class Help(Dialog[None]):
    """Keys and what they do.

    Args:
        about: What the place is for; keys stand in it between backticks.
        held: What can be done there by a key.
        place: The pane; what only it has is said first.
        own: The person's own keys, by action.
        refusal: Why nothing can be changed from there; empty where it can.
    """

    HELP = "The keys of the screen. Arrows scroll, `esc` closes.\n"

    def __init__(
        self, about: str, held: Iterable[Action], place: str, own: Mapping[str, str], refusal: str = ""
    ) -> None:
        super().__init__("Help", (("up down", "scroll"), *CLOSE))
        self._about = about
        self._refusal = refusal
        self._groups: dict[str, list[tuple[str, str]]] = {HERE: []}
        """The keys and what each does, by group."""
        for action in held:
            group = HERE if action.is_of_here and place in action.places else action.group
            self._groups.setdefault(group, []).append((action.label_with(own), action.help))
        self._cells = 0

    def on_resize(self) -> None:
        """Break the lines where the frame ends."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        cells = self.query_one("#dialog-text", Static).size.width
        if cells != self._cells:
            self._cells = cells
            self.say(self.content())

    def content(self) -> Content:
        """What the place is for, then its own keys, then the others by group."""
        parts = [Content.styled(self._refusal, "$warning")] if self._refusal else []
        parts += [_prose(self._about)] if self._about else []
        labels = (label for rows in self._groups.values() for label, _ in rows)
        key_cells = min(KEY_CELLS_MOST, max((cell_width(label) for label in labels), default=0))
        for group, rows in self._groups.items():
            if rows:
                lines = (self._row(label, text, key_cells) for label, text in rows)
                parts.append(Content("\n").join([Content.styled(group, "bold $accent"), *lines]))
        return Content("\n\n").join(parts)

    def _row(self, label: str, text: str, key_cells: int) -> Content:
        """A key, and beside it what it does, line under line."""
        margin = " " * (key_cells + len(GAP))
        lines = wrap(text, self._cells - len(margin), LINES_MOST) if self._cells > len(margin) else [text]
        return Content.assemble((label.rjust(key_cells), "bold $primary"), GAP, f"\n{margin}".join(lines))


def _prose(text: str) -> Content:
    """A text of the source as one reads it: broken where a sentence ends, keys set apart."""
    flowing = re.sub(r"(?<![.:])\n", " ", text.strip())
    parts = flowing.split("`")
    return Content.assemble(*((part, "bold $text-dim" if at % 2 else "$text-dim") for at, part in enumerate(parts)))
