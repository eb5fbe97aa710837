"""The person's orders about tasks: each is answered, whatever else is decided in the same turn, or was before it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trinity_tui.coordinator.orders import Orders
from trinity_tui.core import board_orders
from trinity_tui.core.board import CLOSED_KEPT, Board
from trinity_tui.core.message import Message

if TYPE_CHECKING:
    from trinity_tui.core.board import Move


def said(kind: str, name: str = "", **data: Any) -> Message:
    return Message(
        v=1, id=name, from_="coordinator", to="x", type=kind, priority="normal", timestamp="t", content="do it",
        metadata=data,
    )  # fmt: skip


def board_of(count: int) -> Board:
    made = Board()
    for position in range(count):
        made.proposed(position, said("task", f"task-{position:04}"))
    return made


def fold(board: Board, moves: list[Move]) -> None:
    for position, move in enumerate(moves, len(board.tasks)):
        board.updated(position, said("task_update", task=move.task.id, state=move.state, reason=move.reason))


async def test_more_are_cancelled_at_once_than_the_board_remembers() -> None:
    board = board_of(CLOSED_KEPT + 50)
    orders = Orders(lambda: board, lambda: None)
    given = [
        asyncio.create_task(orders.give(lambda there, name=name: board_orders.cancel(there.tasks[name])))
        for name in list(board.tasks)
    ]
    await asyncio.sleep(0)
    fold(board, orders.take())
    orders.done()
    assert {task.state for task in await asyncio.gather(*given)} == {"CANCELLED"}
