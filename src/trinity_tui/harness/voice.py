"""How an instance says something: under its own name, in answer to what caused it, and never to keep a loop going."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from trinity_tui.bus import new_message
from trinity_tui.core.errors import StormError, TrinityError
from trinity_tui.harness.causes import Causes
from trinity_tui.harness.one_line import one_line
from trinity_tui.tools.uncut import to_the_end

if TYPE_CHECKING:
    from trinity_tui.bus import Bus, Consumer, Delivery
    from trinity_tui.core.instance import Brief
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

ANSWERED_KEPT = 64
log = logging.getLogger("instance")


class Voice:
    """All an instance says goes through here.

    Args:
        brief: What it was started with.
        bus: The log.
        consumer: What it answers.

    Attributes:
        causes: What caused what is said now.
    """

    def __init__(self, brief: Brief, bus: Bus, consumer: Consumer) -> None:
        self.causes = Causes(brief.storm, time.monotonic)
        self._id = brief.id
        self._bus = bus
        self._consumer = consumer
        self._answered: deque[Position] = deque(maxlen=ANSWERED_KEPT)

    async def publish(self, *messages: Message) -> list[Position]:
        """Append messages; all an instance says of its own accord goes this way.

        Raises:
            StormError: One of them would keep a loop of instances going; none was said.
            TrinityError: The log refused.
        """
        try:
            self.causes.check(messages)
        except StormError as error:
            await self._tell_refused(error)
            raise
        return await self._bus.publish(*messages)

    async def _tell_refused(self, error: StormError) -> None:
        log.warning("%s", error)
        if (report := self.causes.report(error, self._id)) is None:
            return
        try:
            await self._bus.publish(report)
        except TrinityError as trouble:
            log.warning("that a message was not sent is not on record: %s", trouble)

    async def say(self, to: str, kind: str, content: str, **fields: Any) -> Message:
        """Publish a message and return it as it went out.

        Raises:
            StormError: It would keep a loop of instances going.
        """
        message = self.causes.stamp(new_message(self._id, to, kind, content, origin="peer", **fields))
        await self.publish(message)
        log.info("said %s to %s: %s", kind, to, one_line(content))
        return message

    async def answer(self, delivery: Delivery, content: str, kind: str = "answer", **fields: Any) -> None:
        """Answer a message: the answer in the log is its acknowledgement. A pause cuts before it or after it.

        Raises:
            StormError: It would keep a loop of instances going.
        """
        asked = delivery.message
        reply = new_message(
            self._id, asked.from_, kind, content, origin="peer", reply_to=asked.id, thread=asked.thread or asked.id,
            hops=self.causes.hops_after(asked), priority=asked.priority, **fields,
        )  # fmt: skip
        try:
            self.causes.check([reply])
        except StormError as error:
            await self._tell_refused(error)
            raise
        await to_the_end(self._publish_answer(delivery, reply))
        log.info("answered %s: %s", asked.from_, one_line(content))

    async def _publish_answer(self, delivery: Delivery, reply: Message) -> None:
        await self._consumer.answered(delivery, reply)
        self._answered.append(delivery.position)

    def has_answered(self, delivery: Delivery) -> bool:
        """Whether a message of just now is answered."""
        return delivery.position in self._answered
