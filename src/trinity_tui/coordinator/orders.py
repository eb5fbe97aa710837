"""The person's word on tasks, put on record in turn with what is decided, so that neither crosses the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trinity_tui.core.board import Board, Move, Task

    Order = Callable[[Board], Move]
    """What is wanted, of the board as it is then; raises ``ClientError`` where it cannot be."""

SAID_SECONDS = 10.0
"""So long it is waited until an order is on record."""


class Orders:
    """What the person wants done about tasks, until it is on record.

    Args:
        board: The tasks as folded.
        nudge: Have the coordinator decide soon.
    """

    def __init__(self, board: Callable[[], Board], nudge: Callable[[], None]) -> None:
        self._board = board
        self._nudge = nudge
        self._wanted: list[tuple[Order, asyncio.Future[Task]]] = []
        self._said: list[tuple[Task, asyncio.Future[Task]]] = []

    async def give(self, order: Order) -> Task:
        """Carry out an order; returns its task as it is once the move is on record.

        Raises:
            ClientError: It cannot be carried out, or the log does not take it yet (5).
        """
        done: asyncio.Future[Task] = asyncio.get_running_loop().create_future()
        self._wanted.append((order, done))
        self._nudge()
        try:
            async with asyncio.timeout(SAID_SECONDS):
                return await asyncio.shield(done)
        except TimeoutError:
            said = "the log takes nothing now; it is done as soon as it does"
            raise ClientError(said, 5, "`trinity status` says why.") from None

    def take(self) -> list[Move]:
        """The moves to be put on record now."""
        moves: list[Move] = []
        wanted, self._wanted = self._wanted, []
        taken: set[str] = set()
        for order, done in wanted:
            try:
                move = order(self._board())
            except ClientError as error:
                done.set_exception(error)
                continue
            if move.task.id in taken:
                # The second word on a task is weighed when the first one is folded.
                self._wanted.append((order, done))
                continue
            taken.add(move.task.id)
            moves.append(move)
            self._said.append((move.task, done))
        if self._wanted:
            self._nudge()
        return moves

    def done(self) -> None:
        """What was taken is on record, and folded."""
        said, self._said = self._said, []
        for task, done in said:
            # A copy: what is decided next, in the same turn, is not what came of the order.
            done.set_result(replace(task))
