"""What is known of each message's way: ``written → received → read → answered``, or ``failed``, ``expired``, ``dead``.

Known from receipts in the log, never guessed. A message to one has its own marks; of a message to many it is known how
many of those it was for have read it, from the low marks of their receipts.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core import address, typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position

Stage = Literal["written", "received", "read", "answered", "expired", "failed", "dead"]
SIGNS: dict[Stage, str] = {
    "written": "·", "received": "✓", "read": "✓✓", "answered": "↩", "expired": "⌛", "failed": "✗", "dead": "✗",
}  # fmt: skip
KEPT = 5_000
"""How many deliveries a room remembers."""
EVICTED_SHARE = 20
"""The oldest one in so many is forgotten when there are more."""
AWAITED_KEPT = 100
TIME_CHARACTERS = 64


class Marks(msgspec.Struct):
    """How far one instance is with what was addressed to many."""

    received_low: int = 0
    read_low: int = 0


class Delivery(msgspec.Struct):
    """The way of one message."""

    id: str
    position: int
    from_: str
    to: str
    type: str
    written_at: str
    expected: int = 1
    """For how many it was when it was written."""
    received_at: str = ""
    read_at: str = ""
    answered_at: str = ""
    answer: str = ""
    """The id of the answer."""
    ended: Literal["", "expired", "failed", "dead"] = ""
    reason: str = ""
    ack_by: str = ""
    """When its sender wanted to know that it was read."""
    expires_at: str = ""
    readers: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """Of one to many whose sender waits to know: who has read it, and when."""

    @property
    def stage(self) -> Stage:
        """The furthest point that is known, for a message to one."""
        if self.answer:
            return "answered"
        if self.ended:
            return self.ended
        return "read" if self.read_at else "received" if self.received_at else "written"


class Deliveries(msgspec.Struct):
    """The ways of the newest messages, by id."""

    by_id: dict[str, Delivery] = msgspec.field(default_factory=dict[str, Delivery])
    by_position: dict[int, str] = msgspec.field(default_factory=dict[int, str])
    marks: dict[str, Marks] = msgspec.field(default_factory=dict[str, Marks])
    awaited: list[str] = msgspec.field(default_factory=list[str])
    """The newest to many whose readers are noted one by one."""

    def written(self, position: Position, message: Message, expected: int) -> None:
        """A message was appended."""
        if message.id in self.by_id:
            return
        self.by_id[message.id] = Delivery(
            message.id, position, message.from_, message.to, message.type, message.timestamp, expected,
            ack_by=(message.ack_by or "")[:TIME_CHARACTERS], expires_at=(message.expires_at or "")[:TIME_CHARACTERS],
        )  # fmt: skip
        self.by_position[position] = message.id
        if address.is_many(message.to) and _is_awaited(message):
            self.awaited.append(message.id)
            del self.awaited[:-AWAITED_KEPT]
        if len(self.by_id) > KEPT:
            # Many at once: a dictionary that is emptied from its front one by one is walked from its front each time.
            for oldest in list(itertools.islice(self.by_id, max(1, KEPT // EVICTED_SHARE))):
                self.by_position.pop(self.by_id.pop(oldest).position, None)

    def answered(self, message: Message, role: str) -> str | None:
        """A reply was appended; the id of the message it answers, if that one's way is known and it came from there.

        Args:
            message: The reply.
            role: Of who wrote it; empty where it has none.
        """
        asked = self.by_id.get(message.reply_to or "")
        if asked is None or asked.answer or not _may_answer(asked, message.from_, role):
            return None
        asked.answer, asked.answered_at = message.id, message.timestamp
        return asked.id

    def mark(self, message: Message, role: str = "") -> None:
        """A receipt was appended: how far its instance is with what was addressed to many. Marks only rise.

        Args:
            message: The receipt.
            role: Of its instance; empty where it has none.
        """
        name = receiver(message)
        marks = self.marks.setdefault(name, Marks())
        marks.received_low = max(marks.received_low, typed.whole(message.metadata, "received_low"))
        marks.read_low = max(marks.read_low, typed.whole(message.metadata, "read_low"))
        for awaited in self.awaited:
            delivery = self.by_id.get(awaited)
            if delivery is not None and delivery.position < marks.read_low and name not in delivery.readers:
                if address.reaches(delivery.to, delivery.from_, name, role):
                    delivery.readers[name] = message.timestamp

    def end(self, message_id: str, stage: str, reason: str) -> None:
        """The coordinator says how a message ended; a dead one that only its consumer spoke of gets its reason."""
        delivery = self.by_id.get(message_id)
        if delivery is None or stage not in ("expired", "failed", "dead"):
            return
        if stage == "dead" and address.is_many(delivery.to):
            return  # Others may have read it; the dead letter tells of the one who did not.
        if not delivery.ended or (delivery.ended == stage == "dead" and delivery.reason == "dead"):
            delivery.ended, delivery.reason = stage, reason

    def unread(self, delivery: Delivery, recipients: Iterable[str]) -> list[str]:
        """Who of those a message to many was for has not read it."""
        position = delivery.position
        return [name for name in recipients if name not in self.marks or self.marks[name].read_low <= position]

    def receipt(self, message: Message) -> list[str]:
        """A receipt was appended; the ids of the messages to one whose way moved."""
        name = receiver(message)
        moved: list[str] = []
        for step in ("received", "read", "expired", "dead"):
            for position in typed.wholes(message.metadata, step):
                delivery = self.by_id.get(self.by_position.get(position, ""))
                if delivery is not None and delivery.to == name:
                    _advance(delivery, step, message)
                    moved.append(delivery.id)
        return moved

    def reach(self, delivery: Delivery, recipients: Iterable[str]) -> tuple[int, int]:
        """How many of those a message to many was for have received and have read it.

        Args:
            delivery: Of a message to many.
            recipients: Who stands behind the address.
        """
        marks = [self.marks[name] for name in recipients if name in self.marks]
        received = sum(mark.received_low > delivery.position for mark in marks)
        read = sum(mark.read_low > delivery.position for mark in marks)
        return min(received, delivery.expected), min(read, delivery.expected)


def receiver(receipt: Message) -> str:
    """Whose receipt it is: the sender's, or of whom the coordinator speaks, which writes those of links."""
    return typed.text(receipt.metadata, "instance", receipt.from_)


def _is_awaited(message: Message) -> bool:
    return message.ack_by is not None or message.metadata.get("wait") is True


def _may_answer(asked: Delivery, sender: str, role: str) -> bool:
    if sender == asked.from_:
        return False
    has_word = sender in (address.HUMAN, address.COORDINATOR) and address.is_many(asked.to)
    return has_word or address.reaches(asked.to, asked.from_, sender, role)


def _advance(delivery: Delivery, step: str, receipt: Message) -> None:
    if step in ("expired", "dead"):
        if delivery.ended:
            return
        delivery.ended = "expired" if step == "expired" else "dead"
        delivery.reason = typed.text(receipt.metadata, "reason", delivery.ended)
        return
    delivery.received_at = delivery.received_at or receipt.timestamp
    if step == "read":
        delivery.read_at = delivery.read_at or receipt.timestamp
