"""The pane with the page of the chosen task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.tui.tasks.page import page_lines
from trinity_tui.tui.widgets.keyed import Keyed

if TYPE_CHECKING:
    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.board import Task
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs
    from trinity_tui.tui.tasks.page import Told
    from trinity_tui.tui.text.listed import Line


class TaskPage(Keyed):
    """One task with all that is known of it.

    Args:
        clock: The time.
        glyphs: The signs this terminal has.
    """

    HELP = """\
One task: its state and the reason, who has it, what it waits for, what its holder says came of it, and everything that
was said of it. Arrows go through what can be opened, `enter` opens it, `esc` goes back to the board.
"""
    TITLE = "Task"

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("task", glyphs)
        self._clock = clock
        self._item: Task | None = None
        self._mirror: Mirror | None = None
        self._told: Told | None = None
        self.notice = "The chosen task is shown here: why it stands where it does, and what was said of it."

    def show(self, task: Task | None, mirror: Mirror | None, told: Told | None) -> None:
        """Show this task now."""
        before = self._item.id if self._item is not None else ""
        self._item, self._mirror = task, mirror
        self._told = told if told is not None and task is not None and told.id == task.id else None
        self.renew(is_new=task is not None and task.id != before)

    def lay_out(self, width: int) -> list[Line]:
        """The page."""
        if self._item is None or self._mirror is None:
            return []
        return page_lines(self._item, self._mirror, self._told, width, self._clock, self.glyphs)
