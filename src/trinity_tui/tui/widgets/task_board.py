"""The board: cards in columns by state, of which one is chosen; it stays chosen when it goes to another column."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from trinity_tui.tui import actions
from trinity_tui.tui.cells import line
from trinity_tui.tui.last_known import as_of, not_known
from trinity_tui.tui.safe_text import clean, wrap
from trinity_tui.tui.tasks.cards import Column, Look, columns, head, matching
from trinity_tui.tui.tones import Toned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.board import Task
    from trinity_tui.tui.clock import Clock
    from trinity_tui.tui.glyphs import Glyphs

WHEEL_LINES = 3
NOTHING = """\
No task yet.
+ adds one; what you ask the lead for, and the gravest findings, become tasks by themselves."""


class TaskBoard(Toned, can_focus=True):
    """Cards in columns.

    Args:
        clock: The time.
        glyphs: The signs this terminal has.
    """

    HELP = """\
Every task is a card in the column of its state: what is to be done, who has it or may have it, since when, and why it
stands there. Arrows go from card to card, `enter` opens the page of one, `+` adds a task, `h` gives the chosen one to
somebody, `x` cancels it, `t` has it done again, `e` opens what was said of it, `/` shows only what contains a text.
"""
    BINDINGS: ClassVar = actions.bindings(["node", "list"])

    class Chosen(Message):
        """Another task is chosen."""

        def __init__(self, task: str) -> None:
            super().__init__()
            self.task = task

    class OpenRequested(Message):
        """The person wants to see more of the chosen task."""

    def __init__(self, clock: Clock, glyphs: Glyphs) -> None:
        super().__init__("board")
        self._clock = clock
        self.glyphs = glyphs
        self.chosen = ""
        """The id of the chosen task; empty while there is none."""
        self.filter = ""
        self._tasks: Sequence[Task] = ()
        self._mirror: Mirror | None = None
        self._columns: list[Column] = []
        self._count = 0
        """How many tasks are shown."""
        self._tops: list[int] = []
        """Of each column, the first line that is seen."""

    # What is shown -------------------------------------------------------------------------------------------------

    def show(self, tasks: Sequence[Task], mirror: Mirror | None) -> None:
        """These are the tasks now, as this mirror knows them."""
        self._tasks, self._mirror = tasks, mirror
        self.renew()

    def renew(self) -> None:
        """Lay the cards out again; the chosen one stays chosen, wherever it went."""
        place = self._place()
        shown = matching(self._tasks, self.filter) if self.filter else list(self._tasks)
        if all(task.id != self.chosen for task in shown):
            self._choose(self._instead(place, {task.id for task in shown}))
        self._columns = columns(shown, Look(self.size.width, self._clock.now(), self.glyphs, self.chosen))
        self._tops = [*self._tops, *[0] * len(self._columns)][: len(self._columns)]
        self._reveal()
        self._count = len(shown)
        self._entitle()
        self.refresh()

    def _place(self) -> tuple[int, int]:
        """The column and the line of the chosen card."""
        for number, column in enumerate(self._columns):
            for y, item in enumerate(column.lines):
                if item.key and item.key == self.chosen:
                    return number, y
        return 0, 0

    def _instead(self, place: tuple[int, int], there: set[str]) -> str:
        """What to choose where the chosen task is gone: what stands where it stood, else the first."""
        number, y = place
        keys = [item.key for item in self._columns[number].lines[y:]] if number < len(self._columns) else []
        first = next((task.id for task in self._tasks if task.id in there), "")
        return next((key for key in keys if key in there), first)

    def _entitle(self) -> None:
        dot, below = self.glyphs.dot, self._below()
        parts = ["Tasks", as_of(self._mirror, self._clock)]
        if self.filter:
            parts += [clean(self.filter), str(self._count)]
        if below:
            parts.append(f"{below} below")
        self.border_title = Content(f" {dot} ".join(part for part in parts if part))

    def _below(self) -> int:
        """How many cards begin below what is seen."""
        ends = [top + self._height(column) for top, column in zip(self._tops, self._columns, strict=True)]
        seen = {item.key for end, column in zip(ends, self._columns, strict=True) for item in column.lines[:end]}
        return len({item.key for column in self._columns for item in column.lines if item.key} - seen)

    def search(self, text: str) -> None:
        """Show only tasks that contain a text; an empty one shows all."""
        if text != self.filter:
            self.filter = text
            self.renew()

    def choose(self, task: str) -> None:
        """Choose this task, where it is shown."""
        self._choose(task)
        self.renew()

    def _choose(self, task: str) -> None:
        if task != self.chosen:
            self.chosen = task
            self.post_message(self.Chosen(task))

    # Moving --------------------------------------------------------------------------------------------------------

    def _height(self, column: Column) -> int:
        return max(1, self.size.height - (1 if column.title else 0))

    def _reveal(self) -> None:
        for number, column in enumerate(self._columns):
            lines = [y for y, item in enumerate(column.lines) if item.key and item.key == self.chosen]
            height, top = self._height(column), self._tops[number]
            if lines:
                first, last = (0 if lines[0] <= 1 else lines[0]), lines[-1]
                top = min(first, max(top, last - height + 1))
            self._tops[number] = max(0, min(top, len(column.lines) - height))

    def _keys(self, number: int) -> list[str]:
        return list(dict.fromkeys(item.key for item in self._columns[number].lines if item.key))

    def _step(self, by: int) -> None:
        number, _ = self._place()
        keys = self._keys(number) if self._columns else []
        if self.chosen in keys:
            self.choose(keys[max(0, min(keys.index(self.chosen) + by, len(keys) - 1))])

    def _beside(self, by: int) -> None:
        """To the next column in which something is, to the card at the same height."""
        number, y = self._place()
        at = y - self._tops[number] if self._tops else 0
        number += by
        while 0 <= number < len(self._columns):
            items = [(line, item.key) for line, item in enumerate(self._columns[number].lines) if item.key]
            if items:
                wanted = at + self._tops[number]
                self.choose(min(items, key=lambda item: abs(item[0] - wanted))[1])
                return
            number += by

    def action_node_up(self) -> None:
        """The card above."""
        self._step(-1)

    def action_node_down(self) -> None:
        """The card below."""
        self._step(1)

    def action_node_left(self) -> None:
        """The column to the left."""
        self._beside(-1)

    def action_node_right(self) -> None:
        """The column to the right."""
        self._beside(1)

    def action_list_page_up(self) -> None:
        """Some cards up."""
        self._step(-max(1, self.size.height // 5))

    def action_list_page_down(self) -> None:
        """Some cards down."""
        self._step(max(1, self.size.height // 5))

    def action_list_oldest(self) -> None:
        """To the first card of the column."""
        self._step(-len(self._tasks))

    def action_list_newest(self) -> None:
        """To the last card of the column."""
        self._step(len(self._tasks))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show what is above in the column under the pointer."""
        event.stop()
        self._scroll(event.x, -WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show what is below in the column under the pointer."""
        event.stop()
        self._scroll(event.x, WHEEL_LINES)

    def _scroll(self, x: int, lines: int) -> None:
        number = self._column_at(x)
        if number is not None:
            column = self._columns[number]
            most = max(0, len(column.lines) - self._height(column))
            self._tops[number] = max(0, min(self._tops[number] + lines, most))
            self._entitle()
            self.refresh()

    def _column_at(self, x: int) -> int | None:
        there = (number for number, column in enumerate(self._columns) if column.x <= x < column.x + column.width)
        return next(there, None)

    def on_click(self, event: events.Click) -> None:
        """Choose the card under the pointer; a second click opens it."""
        offset = event.get_content_offset(self)
        number = self._column_at(offset.x) if offset is not None else None
        if offset is None or number is None:
            return
        column = self._columns[number]
        y = self._tops[number] + offset.y - (1 if column.title else 0)
        key = column.lines[y].key if 0 <= y < len(column.lines) else ""
        if key:
            self.choose(key)
            if event.chain == 2:
                self.open_chosen()

    def open_chosen(self) -> None:
        """Ask for the page of the chosen task."""
        if self.chosen:
            self.post_message(self.OpenRequested())

    # Painting ------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Say what this is from the first frame."""
        self._entitle()

    def on_resize(self) -> None:
        """Lay the cards out for another size."""
        self.renew()

    def render_line(self, y: int) -> Strip:
        """One line of all columns."""
        if not any(column.lines for column in self._columns):
            return self._empty(y)
        return Strip.join([self._part(number, column, y) for number, column in enumerate(self._columns)])

    def _part(self, number: int, column: Column, y: int) -> Strip:
        text = self.tone("text")
        if column.title and y == 0:
            return line([(part, self.tone(tone)) for part, tone in head(column, self.glyphs)], column.width, text)
        is_last = number == len(self._columns) - 1
        edge = line([(" " if is_last else self.glyphs.frame[5], self.tone("frame"))], 1, text)
        at = self._tops[number] + y - (1 if column.title else 0)
        if at >= len(column.lines):
            return Strip.join([line([], max(0, column.width - 1), text), edge])
        row, key = column.lines[at]
        is_chosen = bool(key) and key == self.chosen
        ground = "chosen" if is_chosen and self.has_focus else ""
        mark = (self.glyphs.bar if is_chosen else " ", self.tone("primary" if self.has_focus else "faint", on=ground))
        spans = [mark, *((part, self.tone(tone, on=ground)) for part, tone in row)]
        body = line(spans, max(1, column.width - 1), self.tone("text", on=ground))
        return Strip.join([body, edge])

    def _empty(self, y: int) -> Strip:
        width = self.size.width
        said = "No task contains that. esc shows all." if self.filter else not_known(self._mirror) or NOTHING
        told = [part for text in said.split("\n") for part in wrap(text, max(1, width - 4), 8, self.glyphs.more)]
        number = y - max(0, (self.size.height - len(told)) // 2 - 1)
        spans = [("  " + told[number], self.tone("faint"))] if 0 <= number < len(told) else []
        return line(spans, width, self.tone("text"))
