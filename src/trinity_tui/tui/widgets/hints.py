"""The last line: what keys do where you are. It reads the registry and the user's keymap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trinity_tui.tui import actions
from trinity_tui.tui.cells import line
from trinity_tui.tui.safe_text import clean, cut
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.strip import Strip

    from trinity_tui.tui.actions import Action
    from trinity_tui.tui.cells import Span

TYPING = (
    ("enter", "send"),
    ("alt+enter", "new line"),
    ("@", "file or name"),
    ("/", "command"),
    ("tab", "completes"),
    ("up ^r", "history"),
    ("esc", "leave, keeps the draft"),
)
FINDING = (("enter", "keep"), ("esc", "show all"))
RANKS = {"help.show": 0, "pane.zoom": 3}
"""What stays however little room there is, and what goes first: it is in the help."""


class Hint(NamedTuple):
    """A key as the line offers it.

    Attributes:
        rank: The higher, the sooner it goes where there is little room.
    """

    key: str
    title: str
    rank: int = 1

    @property
    def width(self) -> int:
        """In cells, with what keeps it apart from the next."""
        return cell_width(self.key) + cell_width(self.title) + 3


def fitting(hints: Iterable[Hint], width: int) -> list[Hint]:
    """Those there is room for: of the highest rank the last goes first; one always stays."""
    left = list(hints)
    while len(left) > 1 and 1 + sum(hint.width for hint in left) > width:
        del left[max(range(len(left)), key=lambda at: (left[at].rank, at))]
    return left


def ranked(action: Action) -> int:
    """What only this place has goes after what holds everywhere, and help never."""
    return RANKS.get(action.id, 1 if action.is_of_here else 2)


class Hints(Toned):
    """One line of keys."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__("hints")
        self._keys = keys
        """The user's own keys, by action."""
        self._place = "swarm"
        self._only_looks = False
        self._left_out: frozenset[str] = frozenset()
        self.offers: list[str] = []
        """Paths that may be meant; shown instead of the keys."""

    def show(self, place: str) -> None:
        """The person is here now: a pane, ``typing`` or ``finding``."""
        if place != self._place or self.offers:
            self._place, self.offers = place, []
            self.refresh()

    def look_only(self, only_looks: bool) -> None:
        """Whether what changes something is not offered."""
        if only_looks != self._only_looks:
            self._only_looks = only_looks
            self.refresh()

    def leave_out(self, actions: frozenset[str]) -> None:
        """Do not offer these, by their ids: they are not for what is chosen."""
        if actions != self._left_out:
            self._left_out = actions
            self.refresh()

    def offer(self, names: list[str]) -> None:
        """Show paths that may be meant, until something else is typed."""
        if names != self.offers:
            self.offers = names
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """As many as there is room for."""
        if self.offers:
            shown = cut("  ".join(clean(name) for name in self.offers), self.size.width - 1)
            return line([(" ", self.tone("text")), (shown, self.tone("dim"))], self.size.width, self.tone("text"))
        spans: list[Span] = [(" ", self.tone("text"))]
        for key, title, _ in fitting(self._hints(), self.size.width):
            spans += [(key, self.tone("key")), (f" {title}  ", self.tone("dim"))]
        return line(spans, self.size.width, self.tone("text"))

    def _hints(self) -> list[Hint]:
        if self._place == "typing":
            return [Hint(*typed) for typed in TYPING]
        if self._place == "finding":
            return [Hint(*typed) for typed in FINDING]
        offered = actions.hints(self._place, only_looks=self._only_looks)
        return [
            Hint(action.label_with(self._keys), action.title, ranked(action))
            for action in offered
            if action.id not in self._left_out
        ]
