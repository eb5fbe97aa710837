"""The place of the panes where one has a column beside it; the style sheet says how wide, and what is seen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical

if TYPE_CHECKING:
    from textual.widget import Widget


class Body(Horizontal):
    """One pane, and a column of others to its right.

    Args:
        first: The pane on the left.
        column: Those on the right, the upper ones first.
    """

    def __init__(self, first: Widget, *column: Widget) -> None:
        super().__init__(first, Vertical(*column, id="side"), id="body")
