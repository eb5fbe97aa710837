"""What the person may do about a task: give it to somebody, end it, have it done anew. Each is a move, or a refusal.

The coordinator puts the move on record; who gets a task that waits is decided by ``core/board.py`` as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core import address
from trinity_tui.core.board import CLOSED, HELD, Move
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from trinity_tui.core.board import Board, Task

WORD_CHARACTERS = 200
SHORTEST = 4
"""Fewer characters of an id name no task."""


def find(board: Board, name: str) -> Task:
    """A task by its id, or by an end or a beginning of it that no other has.

    Raises:
        ClientError: There is none, or there are several (4).
    """
    if name in board.tasks:
        return board.tasks[name]
    is_enough = len(name) >= SHORTEST
    found = [task for key, task in board.tasks.items() if is_enough and (key.endswith(name) or key.startswith(name))]
    if len(found) != 1:
        many = f"{len(found)} tasks are called {name!r}" if found else f"no task {name!r} is on the board"
        raise ClientError(many, 4, "`trinity task list` shows them.")
    return found[0]


def assign(task: Task, to: str, word: str = "") -> Move:
    """Give it to an instance, a role or anyone; who holds it stops.

    Args:
        task: Which.
        to: An address.
        word: Why, of the person's.

    Raises:
        ClientError: It is over, or nothing would change.
    """
    if task.state in CLOSED:
        raise ClientError(f"that task is {task.state}", 1, "`trinity task retry` has it done anew.")
    if to == task.assignee or (to == task.to and task.state not in HELD):
        raise ClientError(f"{spoken(to)} has that task already")
    state = "BLOCKED" if task.state == "BLOCKED" else "QUEUED"
    return Move(task, state, _reason(f"you gave it to {spoken(to)}", word), to=to)


def cancel(task: Task, word: str = "") -> Move:
    """End it; who holds it stops, and what it says afterwards counts for nothing.

    Raises:
        ClientError: It is over.
    """
    if task.state in CLOSED:
        raise ClientError(f"that task is {task.state}: nothing is left to be cancelled")
    return Move(task, "CANCELLED", _reason("cancelled by you", word))


def retry(task: Task, to: str = "", word: str = "") -> Move:
    """Have it done anew, counting no attempt before; one that is blocked goes ahead without what it waits for.

    Raises:
        ClientError: It is at work, or waits already.
    """
    if task.state not in CLOSED and task.state != "BLOCKED":
        raise ClientError(f"that task is {task.state}", 1, "`trinity task assign` gives it to another.")
    done = "you let it go ahead" if task.state == "BLOCKED" else f"you want it again: it was {task.state}"
    return Move(task, "QUEUED", _reason(done, word), to=to, is_again=True)


def spoken(to: str) -> str:
    """Whom an address means, where one of them is to do something."""
    role = address.role_of(to)
    return "anyone" if address.is_many(to) and role is None else f"any {role}" if role is not None else to


def _reason(done: str, word: str) -> str:
    said = " ".join(word.split())[:WORD_CHARACTERS]
    return f"{done}: {said}" if said else done
