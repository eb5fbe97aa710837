"""The Tasks: the board in columns by state, the page of one task, and the person's word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical

from trinity_tui.core.room import FlowRow
from trinity_tui.tui import actions
from trinity_tui.tui.bridge import Answered
from trinity_tui.tui.memory.known import taken
from trinity_tui.tui.safe_text import clean
from trinity_tui.tui.screens.stage import Stage
from trinity_tui.tui.tasks.page import Told
from trinity_tui.tui.widgets.keyed import Keyed
from trinity_tui.tui.widgets.task_board import TaskBoard
from trinity_tui.tui.widgets.task_dialogs import AddTask, GiveTask, TaskDraft
from trinity_tui.tui.widgets.task_page import TaskPage

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trinity_tui.client.mirror import Mirror
    from trinity_tui.core.board import Task
    from trinity_tui.tui.bridge import AreaChanged, Refused
    from trinity_tui.tui.screens.shared import Shared

CHOOSING_SECONDS = 0.15
"""Arrows pass over many."""
AGES_SECONDS = 30.0
DONE = {
    "task/add": "on the board", "task/assign": "given", "task/cancel": "cancelled", "task/retry": "to be done again",
}  # fmt: skip
OVER = {"COMPLETED": "It is done", "FAILED": "It has failed", "CANCELLED": "It was cancelled"}


class TasksScreen(Stage):
    """What is to be done, by whom, and how it stands."""

    AUTO_FOCUS = "#board"
    BINDINGS: ClassVar = actions.bindings(["task"])
    TAB = "screen.tasks"
    PANES: ClassVar = ("board", "task")
    COLUMN: ClassVar = ("task",)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.board = TaskBoard(shared.as_of, shared.glyphs)
        self.page = TaskPage(shared.as_of, shared.glyphs)
        self._history: Told | None = None
        self._draft = TaskDraft()
        self._wish = ""
        """The task to choose when it is there."""

    def panes(self) -> ComposeResult:
        """The columns, and one task."""
        with Vertical(id="body"):
            yield self.board
            yield self.page

    def begun(self) -> None:
        """Say how long things stand as they do as that grows."""
        self.set_interval(AGES_SECONDS, self._grow_older, name="ages")

    def _grow_older(self) -> None:
        if self.is_seen:
            self.board.renew()

    # What is shown -------------------------------------------------------------------------------------------------

    @property
    def chosen_task(self) -> Task | None:
        """The chosen one."""
        return self._tasks().get(self.board.chosen)

    @property
    def chosen(self) -> str:
        """Who has the chosen task, or had it last: whom keys act on."""
        return (self.chosen_task.assignee or self.chosen_task.held_by) if self.chosen_task is not None else ""

    def _tasks(self) -> dict[str, Task]:
        return self._mirror.room.board.tasks if self._mirror is not None else {}

    def show(self, mirror: Mirror) -> None:
        """Show this mirror from now on."""

    def renew(self, message: AreaChanged) -> None:
        """The tasks changed."""
        if message.area in ("tasks", "link"):
            self.renew_all()
            self._ask_soon()

    def renew_all(self) -> None:
        """Anything may have changed."""
        tasks = self._tasks()
        self.board.show(list(tasks.values()), self._mirror)
        if self._wish in tasks:
            self.board.choose(self._wish)
            self._wish = ""
        self._show_page()

    def _show_page(self) -> None:
        self.page.show(self.chosen_task, self._mirror, self._history)

    @on(TaskBoard.Chosen)
    def _chosen(self) -> None:
        self._show_page()
        self._ask_soon()

    def _ask_soon(self) -> None:
        self._delays.soon("chosen", CHOOSING_SECONDS, self._ask)

    def _ask(self) -> None:
        if self.board.chosen and self.is_seen:
            self.bridge.ask("task", id=self.board.chosen)

    def visit_thing(self, what: str) -> None:
        """Show this task."""
        self._wish = what
        self.renew_all()

    # What came -----------------------------------------------------------------------------------------------------

    def takes(self, message: Answered | Refused) -> bool:
        """Take the end of a request this screen made."""
        if message.do == "task":
            if isinstance(message, Answered):
                self._history = taken(message.result, Told)
                self._show_page()
            return True
        if message.do not in DONE:
            return False
        if isinstance(message, Answered):
            if message.do == "task/add":
                self._draft = TaskDraft()
                self.visit_thing(str(message.result["id"]))
            self.notify(DONE[message.do], markup=False, timeout=3)
        else:
            self.notify(clean(message.sentence), title=message.do, severity="error", markup=False)
        return True

    # Keys ----------------------------------------------------------------------------------------------------------

    def action_pane_find(self) -> None:
        """Show only tasks that contain a text."""
        self.find_bar.begin(self.board)

    def action_pane_open(self) -> None:
        """Open what is chosen."""
        if self.focused is self.page:
            self.page.open_chosen()
        else:
            self.board.open_chosen()

    def action_go_back(self) -> None:
        """Leave the page, or what is looked for."""
        if self.focused is self.board and self.board.filter and not self.arrangement.is_zoomed:
            self.board.search("")
        else:
            super().action_go_back()

    @on(TaskBoard.OpenRequested)
    def _open(self) -> None:
        self.arrangement.focus("task")

    @on(Keyed.OpenRequested)
    def _open_part(self, event: Keyed.OpenRequested) -> None:
        sort, _, name = event.key.partition(":")
        if sort == "task":
            self.board.search("")
            self.board.choose(name)
            return
        said = (
            next((said for said in self._history.history if said.id == name), None)
            if self._history is not None
            else None
        )
        if said is not None:
            self.errands.open_message(
                FlowRow(
                    said.position, said.id, said.from_, said.to, said.type, said.priority, said.timestamp, said.content
                )
            )

    def action_task_add(self) -> None:
        """Put a task on the board."""
        views = self._mirror.room.instances.values() if self._mirror is not None else ()
        self.program.push_screen(AddTask(views, self._tasks().values(), self._draft), self._added)

    def _added(self, wanted: dict[str, str] | None) -> None:
        if wanted is not None:
            self.bridge.ask("task/add", **wanted)

    def action_task_give(self) -> None:
        """Give the chosen task to somebody else, or back to the queue."""
        task = self._task_or_word()
        if task is None or self._mirror is None:
            return
        if self._is_over(task):
            return

        def given(wanted: dict[str, str] | None) -> None:
            if wanted is not None:
                self.bridge.ask("task/assign", id=task.id, **wanted)

        self.program.push_screen(GiveTask(task, self._mirror.room.instances.values()), given)

    def action_task_cancel(self) -> None:
        """End the chosen task, once the person has agreed."""
        task = self._task_or_word()
        if task is None or self._is_over(task):
            return
        holder = f"{clean(task.assignee)} holds it, and stops. " if task.assignee else ""
        self.errands.confirmed(
            f"Cancel this task? {clean(task.title)[:200]}",
            f"{holder}What is said of it afterwards counts for nothing; t has it done again.",
            "task/cancel", id=task.id,
        )  # fmt: skip

    def action_task_retry(self) -> None:
        """Have the chosen task done again."""
        task = self._task_or_word()
        if task is not None:
            self.bridge.ask("task/retry", id=task.id)

    def action_task_thread(self) -> None:
        """Open what was said of the chosen task."""
        task = self._task_or_word()
        if task is not None:
            self.errands.open_message(
                FlowRow(task.position, task.id, task.from_, task.to, "task", task.priority, task.created_at, task.title)
            )

    def _is_over(self, task: Task) -> bool:
        """Whether nothing is left to be done about it but to try it again; then that is said."""
        said = OVER.get(task.state, "")
        if said:
            self.notify(f"{said}; t tries it again.", markup=False, timeout=3)
        return bool(said)

    def _task_or_word(self) -> Task | None:
        if self.chosen_task is None:
            self.notify("Choose a task first; + adds one.", markup=False, timeout=3)
        return self.chosen_task
