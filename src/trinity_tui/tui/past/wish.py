"""What is to be done with what is fetched of the past: where one wants to go, and whether enough of it is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from trinity_tui.core.message import format_time

if TYPE_CHECKING:
    from trinity_tui.core.record import Position
    from trinity_tui.tui.past.window import Window


class Wish(NamedTuple):
    """One wish; without a kind it is none."""

    kind: Literal["", "position", "moment", "back", "on", "ahead"] = ""
    """To a position or a moment, back to what was shown before a position, on to what is shown next, or to have what
    comes at hand while it plays."""
    position: Position = 0
    moment: float = 0.0

    @property
    def is_place(self) -> bool:
        """Whether it is a place that is gone to."""
        return self.kind in ("position", "moment", "back")

    def has_come(self, window: Window) -> bool:
        """Whether the place is at hand."""
        if self.kind == "moment":
            return bool(window.records) and window.records[-1].message.timestamp > format_time(self.moment)
        return window.following >= self.position

    def index_in(self, window: Window) -> int:
        """How many records stand before the place."""
        if self.kind == "moment":
            return window.index_at(format_time(self.moment))
        if self.kind == "back":
            last = window.shown_before(window.index_of(self.position))
            return last if last is not None else 0
        return window.index_of(self.position)
