"""The last line: what keys do where you are. It reads the registry and the user's keymap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui import actions
from trinity_tui.tui.cells import line
from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.strip import Strip

    from trinity_tui.tui.cells import Span

TYPING = (
    ("enter", "send"),
    ("alt+enter", "new line"),
    ("@", "file, tab completes"),
    ("up", "history"),
    ("esc", "leave, keeps the draft"),
)
STAYING = frozenset({"help.show", "app.leave"})
Hint = tuple[str, str, bool]
"""A key, what it does, and whether it stays where there is little room."""
FINDING = (("enter", "keep"), ("esc", "show all"))


class Hints(Toned):
    """One line of keys."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__("hints")
        self._keys = keys
        """The user's own keys, by action."""
        self._place = "swarm"
        self.offers: list[str] = []
        """Paths that may be meant; shown instead of the keys."""

    def show(self, place: str) -> None:
        """The person is here now: a pane, ``typing`` or ``finding``."""
        if place != self._place or self.offers:
            self._place, self.offers = place, []
            self.refresh()

    def offer(self, names: list[str]) -> None:
        """Show paths that may be meant, until something else is typed."""
        if names != self.offers:
            self.offers = names
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """As many as there is room for; help and leaving stay longest."""
        if self.offers:
            shown = cut("  ".join(clean(name) for name in self.offers), self.size.width - 1)
            return line([(" ", self.tone("text")), (shown, self.tone("dim"))], self.size.width, self.tone("text"))
        hints = self._hints()
        while len(hints) > 1 and 1 + sum(_size(hint) for hint in hints) > self.size.width:
            hints.remove(next((hint for hint in reversed(hints) if not hint[2]), hints[-2]))
        spans: list[Span] = [(" ", self.tone("text"))]
        for key, title, _ in hints:
            spans += self._spans(key, title)
        return line(spans, self.size.width, self.tone("text"))

    def _hints(self) -> list[Hint]:
        if self._place == "typing":
            return [(key, title, False) for key, title in TYPING]
        if self._place == "finding":
            return [(key, title, False) for key, title in FINDING]
        return [
            (self._keys.get(action.id, action.key_label), action.title, action.id in STAYING)
            for action in actions.hints(self._place)
        ]

    def _spans(self, key: str, title: str) -> list[Span]:
        return [(key, self.tone("key")), (f" {title}  ", self.tone("dim"))]


def _size(hint: Hint) -> int:
    return cell_width(hint[0]) + cell_width(hint[1]) + 3
