"""The dialogs of the board: another task, and to whom one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from trinity_tui.core.board import CLOSED
from trinity_tui.core.message import PRIORITIES
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.widgets.choice import Choice
from trinity_tui.tui.widgets.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.board import Task
    from trinity_tui.core.room import InstanceView

TEXT_CHARACTERS = 2_000
WORD_CHARACTERS = 200
ANYONE = ("all", "whoever has the least to do")


def recipients(views: Iterable[InstanceView]) -> list[tuple[str, str]]:
    """Who a task can be for, each with what that means."""
    there = list(views)
    roles = dict.fromkeys(view.role for view in there if view.role)
    return [
        ANYONE,
        *((f"role:{role}", f"any {role}") for role in roles),
        *((view.id, f"{view.role} {view.state}".strip()) for view in there),
    ]


class TaskDraft(msgspec.Struct):
    """A task that is not on the board yet: it outlives the dialog, so that leaving it drops nothing."""

    text: str = ""
    to: str = ANYONE[0]
    after: str = ""
    """As it was written: words of a task, or its id."""
    priority: str = "normal"


def meant(wanted: str, tasks: Iterable[Task]) -> list[Task]:
    """The open tasks that some words, or an end or a beginning of an id, can mean."""
    words = wanted.lower().split()
    is_open = [task for task in tasks if task.state not in CLOSED]
    by_id = [task for task in is_open if wanted.strip() and (task.id.endswith(wanted) or task.id.startswith(wanted))]
    return by_id or [task for task in is_open if words and all(word in task.title.lower() for word in words)]


class AddTask(Dialog[dict[str, str]]):
    """What is to be done, by whom, after what, and how it presses.

    Args:
        views: The instances there are.
        tasks: Those on the board.
        draft: What was written before and not put on the board; what is written now is kept in it.
    """

    HELP = """\
`tab` goes to the next field, `left` and `right` choose, `enter` puts the task on the board, `esc` leaves it.
What is written stays for the next time. A task for anyone goes to whoever has the least to do.
One that comes after another waits until that one is done: some of its words say which, or the end of its id.
"""

    def __init__(self, views: Iterable[InstanceView], tasks: Iterable[Task], draft: TaskDraft) -> None:
        super().__init__("New task", (("enter", "add"), ("tab", "next"), ("esc", "close")))
        self._tasks = list(tasks)
        self._draft = draft
        self._text = Input(draft.text, id="task-text", classes="field", max_length=TEXT_CHARACTERS, compact=True)
        self._to = Choice("task-to", recipients(views), draft.to)
        self._after = Input(draft.after, id="task-after", classes="field", max_length=TEXT_CHARACTERS, compact=True)
        self._priority = Choice("task-priority", [(name, "") for name in PRIORITIES], draft.priority)
        self._said = Static("", id="task-said")
        self._before = Static("", id="task-before")

    def on_mount(self) -> None:
        """Put the fields into the frame, and begin with the text."""
        self.query_one("#dialog", VerticalScroll).mount(
            Static("what is to be done", classes="add-label"), self._text, self._said,
            Static("by whom", classes="add-label"), self._to,
            Static("after which open task, if any: words of it, or its id", classes="add-label"),
            self._after, self._before,
            Static("priority", classes="add-label"), self._priority,
        )  # fmt: skip
        self._text.focus()

    def content(self) -> Content:
        """What it does."""
        return Content.styled("The coordinator gives it out as soon as somebody can do it.", "$text-dim")

    def on_unmount(self) -> None:
        """However it was left, what is written stays."""
        draft = self._draft
        draft.text, draft.after = self._text.value, self._after.value
        draft.to, draft.priority = self._to.value, self._priority.value

    @on(Input.Changed, "#task-after")
    def _look_for(self) -> None:
        """Say which task is meant while it is written."""
        found = meant(self._after.value, self._tasks)
        if len(found) == 1:
            self._before.update(Content.styled(clean(found[0].title), "$text-dim"))
        elif self._after.value.strip():
            said = f"{len(found)} open tasks: write more of it" if found else "no open task is so called"
            self._before.update(Content.styled(said, "$text-faint"))
        else:
            self._before.update("")

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _request(self) -> None:
        text, found = self._text.value.strip(), meant(self._after.value, self._tasks)
        if not text:
            self._said.update(Content.styled("write what is to be done", "$error"))
            self._text.focus()
        elif self._after.value.strip() and len(found) != 1:
            said = "several open tasks are so called" if found else "no open task is so called"
            self._before.update(Content.styled(said, "$error"))
            self._after.focus()
        else:
            wanted = {"text": text, "to": self._to.value, "priority": self._priority.value}
            self.dismiss(wanted | ({"after": found[0].id} if found else {}))


class GiveTask(Dialog[dict[str, str]]):
    """To whom a task goes, and why.

    Args:
        task: Which.
        views: The instances there are.
    """

    HELP = """\
`left` and `right` choose who gets it, `enter` gives it, `esc` leaves it. Who holds it now stops working on it.
"""

    def __init__(self, task: Task, views: Iterable[InstanceView]) -> None:
        super().__init__("Give the task to", (("enter", "give"), ("tab", "next"), ("esc", "close")))
        self._item = task
        self._to = Choice("task-to", recipients(view for view in views if view.id != task.assignee))
        self._word = Input(id="task-word", classes="field", max_length=WORD_CHARACTERS, compact=True)

    def on_mount(self) -> None:
        """Put the fields into the frame, and begin with the choice."""
        self.query_one("#dialog", VerticalScroll).mount(
            Static("to whom; all is back to the queue", classes="add-label"), self._to,
            Static("why, if you like; it is kept with it", classes="add-label"), self._word,
        )  # fmt: skip
        self._to.focus()

    def content(self) -> Content:
        """What it is about."""
        held = f"\n{clean(self._item.assignee)} holds it, and stops." if self._item.assignee else ""
        return Content.assemble((clean(self._item.title), "bold"), (held, "$text-dim"))

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _request(self) -> None:
        self.dismiss({"to": self._to.value, "word": self._word.value.strip()})
