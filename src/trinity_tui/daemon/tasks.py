"""What faces can ask of the board: the tasks, one of them with its history, and the person's word on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import address, board_orders, typed
from trinity_tui.core.address import COORDINATOR
from trinity_tui.core.board import CLOSED
from trinity_tui.core.wire import live
from trinity_tui.daemon.arguments import One, TaskAdd, TaskAssign, TaskCancel, TaskRetry, Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.core.board import Move, Task
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record
    from trinity_tui.daemon.arguments import Args
    from trinity_tui.daemon.house import House
    from trinity_tui.daemon.requests import Requests

HISTORY_MOST = 200
"""Of a task's history, the newest."""


async def tasks(requests: Requests, args: Tasks) -> list[dict[str, Any]]:
    """The tasks of the board, oldest first."""
    there = requests.house.coordinator.room.board.tasks.values()
    return [msgspec.to_builtins(task) for task in there if _fits(task, args.state)]


def _fits(task: Task, state: str) -> bool:
    return task.state not in CLOSED if state == "open" else state in ("", task.state)


async def task(requests: Requests, args: One) -> dict[str, Any]:
    """One task, with the newest of what was said of it, oldest first, and whether that is all of it."""
    house = requests.house
    found = board_orders.find(house.coordinator.room.board, args.id)
    records, is_whole = await house.history.naming(
        found.id, lambda message: _is_about(message, found.id), HISTORY_MOST, found.position
    )
    said = [{"position": record.position, **msgspec.to_builtins(record.message)} for record in records]
    return msgspec.to_builtins(found) | {"history": said, "is_whole": is_whole}


def _is_about(message: Message, task_id: str) -> bool:
    return task_id in (message.id, message.thread, message.reply_to) or typed.text(message.metadata, "task") == task_id


async def add(requests: Requests, args: TaskAdd) -> dict[str, Any]:
    """Put a task on the board for the person."""
    coordinator = requests.house.coordinator
    names = [name.strip() for name in args.after.split(",") if name.strip()]
    after = [board_orders.find(coordinator.room.board, name).id for name in names]
    metadata = {"after": after} if after else {}
    sent, position = await coordinator.person.send(
        args.to, "task", args.text, priority=args.priority, metadata=metadata
    )
    await coordinator.folding.reached(position)
    return {"id": sent.id, "position": position, "to": sent.to}


async def assign(requests: Requests, args: TaskAssign) -> dict[str, Any]:
    """Give a task to somebody else."""
    to = _checked(requests.house, args.to)
    return await _order(requests.house, args.id, lambda task: board_orders.assign(task, to, args.word))


async def cancel(requests: Requests, args: TaskCancel) -> dict[str, Any]:
    """End a task."""
    return await _order(requests.house, args.id, lambda task: board_orders.cancel(task, args.word))


async def retry(requests: Requests, args: TaskRetry) -> dict[str, Any]:
    """Have a task done anew."""
    to = _checked(requests.house, args.to) if args.to else ""
    return await _order(requests.house, args.id, lambda task: board_orders.retry(task, to, args.word))


async def _order(house: House, name: str, move: Callable[[Task], Move]) -> dict[str, Any]:
    return msgspec.to_builtins(await house.coordinator.orders.give(lambda board: move(board_orders.find(board, name))))


def _checked(house: House, to: str) -> str:
    to = address.canonical(to)
    address.check_recipient(to)
    house.coordinator.person.check_there(to)
    return to


def tell_taken(house: House, records: Sequence[Record]) -> None:
    """Have those stop from whom a task was taken; who is not connected finds it in the log before it says anything."""
    for message in (record.message for record in records):
        if message.type == "task_update" and message.from_ == COORDINATOR:
            holder, turn = (typed.text(message.metadata, key) for key in ("taken_from", "turn"))
            if holder and turn:
                house.lanes.send(holder, live.Cut(turn))


TASK_REQUESTS: dict[str, tuple[type[Args], Any, str]] = {
    "tasks": (Tasks, tasks, ""),
    "task": (One, task, ""),
    "task/add": (TaskAdd, add, "add tasks"),
    "task/assign": (TaskAssign, assign, "give tasks to somebody"),
    "task/cancel": (TaskCancel, cancel, "cancel tasks"),
    "task/retry": (TaskRetry, retry, "have tasks done again"),
}
"""As ``requests.REQUESTS``."""
