"""A task that the coordinator gave to this instance: beginning it, and saying what came of it with its token."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

from trinity_tui.core import typed
from trinity_tui.core.address import COORDINATOR
from trinity_tui.harness.thinking.stopping import Stop

if TYPE_CHECKING:
    from trinity_tui.bus import Delivery
    from trinity_tui.core.message import Message
    from trinity_tui.harness.me import Me

log = logging.getLogger("task")


class Assignment:
    """One assignment.

    Args:
        me: Whose it is.
        delivery: The coordinator's word; its position is the token.

    Attributes:
        task: The task's id.
        text: What is to be done.
        stop: The coordinator's way to have us leave it, while it is begun and not complete.
    """

    def __init__(self, me: Me, delivery: Delivery) -> None:
        self._me = me
        self.delivery = delivery
        self.task = typed.text(delivery.message.metadata, "task")
        self.text = delivery.message.content
        self.stop = Stop(delivery.message.id)

    async def is_held(self) -> bool:
        """Whether the coordinator has not given the task to another, or to us once more, or ended it since."""
        async for record in self._me.bus.read(self.delivery.position + 1):
            message = record.message
            if message.from_ == COORDINATOR and message.type == "task_update":
                if typed.text(message.metadata, "task") == self.task:
                    return False
        return True

    async def begin(self, reason: str = "") -> None:
        """Say that we work on it."""
        # Where a pause cut it and it begins again, the Stop of the new beginning counts.
        self._me.assignments[self.stop.turn] = self.stop
        metadata = {"task": self.task, "token": self.delivery.position, "state": "IN_PROGRESS", "reason": reason}
        await self._me.voice.say(COORDINATOR, "task_update", reason or "begun", metadata=metadata)

    async def complete(self, status: Literal["ok", "failed"], text: str) -> None:
        """Say what came of it, unless it is no longer ours, and acknowledge the assignment."""
        if await self.is_held():
            metadata = {"task": self.task, "token": self.delivery.position, "status": status}
            await self._me.voice.say(COORDINATOR, "task_complete", text, metadata=metadata)
        else:
            log.info("task %s is no longer ours", self.task)
        self.leave()

    def leave(self) -> None:
        """We have nothing more to do with it: acknowledge the assignment."""
        self._me.assignments.pop(self.stop.turn, None)
        self._me.consumer.ack(self.delivery)


def is_assignment(message: Message, instance: str) -> bool:
    """Whether this is the coordinator's word that the instance has a task now."""
    data = message.metadata
    return (
        message.type == "task_update"
        and message.from_ == COORDINATOR
        and typed.text(data, "state") == "ASSIGNED"
        and typed.text(data, "assignee") == instance
    )
