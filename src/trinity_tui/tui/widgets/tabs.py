"""The line of tabs: which screens there are, which one is seen, and the key that leads to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.tui import actions
from trinity_tui.tui.cells import line
from trinity_tui.tui.safe_text import width as cell_width
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual import events
    from textual.strip import Strip

    from trinity_tui.tui.cells import Span
    from trinity_tui.tui.glyphs import Glyphs

Form = Literal["both", "title", "key"]
FORMS: tuple[Form, ...] = ("both", "title", "key")
"""What each tab says: the first for which all of them have room; the one that is seen always says its title."""
_SCREENS = tuple(action for action in actions.ACTIONS if action.area == "screen")


class Tab(msgspec.Struct, frozen=True):
    """One tab as it is written; after it a gap."""

    action: actions.Action
    key: str
    title: str
    gap: str

    @property
    def width(self) -> int:
        """In cells, with the gap."""
        return cell_width(self.key + self.title + self.gap)


class Tabs(Toned):
    """One line; a click goes to a screen.

    Args:
        current: The action of the screen this stands on.
        keys: The user's own keys, by action.
        glyphs: The signs this terminal has.
        badges: By action, how much is new behind it.
    """

    def __init__(self, current: str, keys: Mapping[str, str], glyphs: Glyphs, badges: Mapping[str, int]) -> None:
        super().__init__("tabs")
        self._current = current
        self._keys = keys
        self._glyphs = glyphs
        self._badges = badges

    def render_line(self, y: int) -> Strip:
        """The tabs; the one that is seen stands between bars, so that it is told without colour."""
        spans: list[Span] = [(" ", self.tone("text"))]
        for tab in self._tabs():
            is_here = tab.action.id == self._current
            spans += [
                (tab.key, self.tone("faint")),
                (tab.title, self.tone("brand" if is_here else "dim")),
                (tab.gap, self.tone("text")),
            ]
        return line(spans, self.size.width, self.tone("text"))

    def _tabs(self) -> list[Tab]:
        """All of them, as much of each as there is room for."""
        forms = ([self._tab(action, form) for action in _SCREENS] for form in FORMS)
        return next((tabs for tabs in forms if 1 + sum(tab.width for tab in tabs) <= self.size.width + 2), [
            self._tab(action, FORMS[-1]) for action in _SCREENS
        ])  # fmt: skip

    def _tab(self, action: actions.Action, form: Form) -> Tab:
        is_here = action.id == self._current
        key = action.label_with(self._keys) if form != "title" else ""
        title = action.title if form != "key" or is_here else ""
        badge = self._glyphs.badge(self._badges.get(action.id, 0))
        if form == "key" and not is_here:
            return Tab(action, key, badge, " ")
        told = f"[{title}{badge}]" if is_here else f"{title}{badge}"
        return Tab(action, f"{key} " if form == "both" else "", told, " " if form == "key" else "  ")

    def places(self) -> Iterator[tuple[actions.Action, int]]:
        """Each tab, and the column where it begins."""
        start = self.region.x + 1
        for tab in self._tabs():
            yield tab.action, start
            start += tab.width

    async def on_click(self, event: events.Click) -> None:
        """Go to the screen under the pointer."""
        for (action, start), tab in zip(self.places(), self._tabs(), strict=True):
            if start <= event.screen_x < start + tab.width - len(tab.gap):
                await self.run_action(f"app.{action.method}")
                return
