"""A room while records are folded into it, and what of it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.room import Room

if TYPE_CHECKING:
    from trinity_tui.core.diary import Decision

AREAS = frozenset({"flow", "findings", "tasks", "approvals", "alerts", "deliveries", "links", "usage", "diary"})
"""Of a room, what can change by itself; beside these there is one ``instance:<id>`` for each instance."""


class Changing:
    """What the folds of all kinds work on.

    Args:
        room: Where to begin: an empty room, or a snapshot.

    Attributes:
        dirty: What changed since it was last taken: of ``AREAS``, and ``instance:<id>``.
    """

    def __init__(self, room: Room | None = None) -> None:
        self.room = room if room is not None else Room()
        self.dirty: set[str] = set()

    def take_dirty(self) -> set[str]:
        """What changed since the last call."""
        dirty, self.dirty = self.dirty, set()
        return dirty

    def decided(self, decision: Decision) -> None:
        """Something that had waited for the person waits no more."""
        self.room.diary.decide(decision)
        self.dirty |= {"approvals", "diary"}
