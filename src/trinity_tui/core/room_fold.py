"""Folds the log into the room. The coordinator, every screen and a replay fold the same way.

``Folder.apply`` has no clock and no effect: time in a view is the record's time. It ignores and counts what the
authority table forbids, drops an id it has seen, and keeps every collection bounded but the open tasks, so two rooms
at one position are equal (``digest``), also when one of them began from a snapshot.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from trinity_tui.core import authority, limits, typed
from trinity_tui.core.folds import deliveries, findings, instances, tasks, waiting
from trinity_tui.core.folds.changing import Changing
from trinity_tui.core.message import KINDS, UNTRACKED, Message
from trinity_tui.core.room import FlowRow, Room, flow_row

if TYPE_CHECKING:
    from trinity_tui.core.record import Position, Record

FOLD_VERSION = 7
"""Rises when the same records fold to another room; snapshots of another version are of no use."""
FLOW_KEPT = 500
FINGERPRINT_BYTES = 8


class Folder(Changing):
    """Folds records into a room and says what changed."""

    def __init__(self, room: Room | None = None) -> None:
        super().__init__(room)
        seen = bytes(self.room.seen)
        self._seen = {seen[at : at + FINGERPRINT_BYTES] for at in range(0, len(seen), FINGERPRINT_BYTES)}

    def apply(self, record: Record) -> bool:
        """Fold one record; whether it was new (a repeated id, or one already folded, is not)."""
        room, message = self.room, record.message
        if record.position < room.position:
            return False
        room.position = record.position + 1
        if not self._is_new(message.id):
            return False
        room.count += 1
        task = typed.text(message.metadata, "task")
        refused = authority.refusal(message, room.board.holder(task) if task else None)
        if refused is not None:
            room.forbidden += 1
            room.last_forbidden = f"{message.from_}: {refused}"[: typed.TEXT_CHARACTERS]
            return True
        self._fold(record.position, message)
        return True

    def _is_new(self, message_id: str) -> bool:
        fingerprint = hashlib.blake2b(message_id.encode(), digest_size=FINGERPRINT_BYTES).digest()
        if fingerprint in self._seen:
            return False
        ids = self.room.seen
        self._seen.add(fingerprint)
        ids += fingerprint
        if len(ids) > limits.SEEN_IDS * FINGERPRINT_BYTES:
            self._seen.discard(bytes(ids[:FINGERPRINT_BYTES]))
            del ids[:FINGERPRINT_BYTES]
        return True

    def _fold(self, position: Position, message: Message) -> None:
        kind = message.type
        if kind == "receipt":
            deliveries.receipt(self, position, message)
            return
        row = flow_row(position, message)
        self._flow(row)
        if self.room.diary.fold(message, row, self.room.count):
            self.dirty.add("diary")
        if kind in KINDS and kind not in UNTRACKED:
            deliveries.written(self, position, message, row)
        apply = _FOLDS.get(kind)
        if apply is not None:
            apply(self, position, message, row)

    def _flow(self, row: FlowRow) -> None:
        flow = self.room.flow
        flow.append(row)
        if len(flow) > FLOW_KEPT:
            del flow[0]
        self.dirty.add("flow")


_FOLDS = {
    "status": instances.status,
    "finding": findings.finding,
    "memory": findings.memory,
    "approval": waiting.approval,
    "alert": waiting.alert,
    "question": waiting.question,
    "task": tasks.task,
    "task_update": tasks.task,
    "task_complete": tasks.task,
}
