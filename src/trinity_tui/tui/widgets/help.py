"""The help: what this place is for, and every key with what it does, from the one registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from trinity_tui.tui import actions
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_CELLS = 13


class Help(Dialog[None]):
    """Keys and what they do."""

    HELP = "The keys of the screen. Arrows scroll, `esc` closes.\n"

    def __init__(self, about: str, keys: Mapping[str, str]) -> None:
        super().__init__("Help")
        self._about = about
        self._keys = keys

    def content(self) -> Content:
        """What the place is for, then the keys by group."""
        groups: dict[str, list[Content]] = {}
        for action in actions.ACTIONS:
            label = self._keys.get(action.id, action.key_label)
            row = Content.assemble((label.rjust(KEY_CELLS), "bold $primary"), f"  {action.help}")
            groups.setdefault(action.group, []).append(row)
        parts = [Content.styled(self._about.strip().replace("`", ""), "$text-dim")] if self._about else []
        for group, rows in groups.items():
            parts.append(Content("\n").join([Content.styled(group, "bold $accent"), *rows]))
        return Content("\n\n").join(parts)
