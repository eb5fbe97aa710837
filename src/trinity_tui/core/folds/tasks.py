"""The board: tasks proposed and moved, and their ends told in the diary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core import typed

if TYPE_CHECKING:
    from trinity_tui.core.folds.changing import Changing
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.core.room import FlowRow

_ENDS: dict[str, Literal["done", "failed"]] = {"COMPLETED": "done", "FAILED": "failed"}


def task(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """A task is proposed, or moves."""
    board = change.room.board
    before = _state_of(change, message)
    fold = board.proposed if message.type == "task" else board.updated
    fold(position, msgspec.structs.replace(message, content=row.text))
    change.dirty |= {"tasks", "diary"}
    if (after := _state_of(change, message)) != before and after in _ENDS:
        ended = board.tasks[typed.text(message.metadata, "task")]
        change.room.diary.note(_ENDS[after], ended.assignee or ended.held_by, row, ended.title, ended.id)


def _state_of(change: Changing, message: Message) -> str:
    task = change.room.board.tasks.get(typed.text(message.metadata, "task"))
    return task.state if task is not None else ""
