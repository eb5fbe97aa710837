"""A full screen with a line above its panes that says what to look for in the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from trinity_tui.tui.screens.stage import Stage
from trinity_tui.tui.widgets.search_line import SearchField, SearchLine

if TYPE_CHECKING:
    from trinity_tui.tui.screens.shared import Shared


class Searching(Stage):
    """A screen one looks for something on.

    Args:
        shared: What all screens work with.
        placeholder: What the line says while it is empty.
        kind: What is typed in.
    """

    def __init__(self, shared: Shared, placeholder: str, kind: type[SearchField] = SearchField) -> None:
        super().__init__(shared)
        self.search = SearchLine(shared.glyphs, placeholder, kind)

    def refuse_search(self, problem: str) -> None:
        """Say what cannot be looked for, once there is a line to say it in; an empty sentence takes it back."""
        if self._is_ready:
            self.search.refuse(problem)

    def action_pane_find(self) -> None:
        """Say what to look for."""
        # At once: what is typed next is part of it.
        self.set_focus(self.search.field)

    @on(SearchField.Left)
    def _leave_search(self) -> None:
        self.arrangement.focus(self.PANES[0])
