"""A stretch of the past that is at hand: a room, and the records after it in one row; folded to any place in it.

Going on folds record by record. Going back begins at the nearest room that is kept before the place: the window's
first one, or one that was noted on the way shortly before where it was asked to stop.
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.client.mirror import Mirror
from trinity_tui.core.room import HIDDEN_FROM_FLOW, Room
from trinity_tui.core.wire.face import Batch, Greeting

if TYPE_CHECKING:
    from trinity_tui.core.record import Position, Record

NOTED_BEFORE = 200
"""So many records before the place that is gone to a room is noted: one goes back from there by single messages."""
SLICE_RECORDS = 400
"""So many are folded in one go; a key waits no longer than that takes."""


class Window:
    """A room of the past.

    Args:
        start: Where the first room stands.
        room: That room, as JSON.
        greeting: Of the coordinator, for what the header says; without a room.
    """

    def __init__(self, start: Position, room: bytes, greeting: Greeting) -> None:
        self.start = start
        self.records: list[Record] = []
        self.following: Position = start
        """Where to go on reading."""
        self.mirror = Mirror()
        """The room at ``index``."""
        self.index = 0
        """How many of the records are folded."""
        self._greeting = greeting
        self._kept: list[tuple[int, bytes]] = [(0, room)]
        self._begin(0)

    def add(self, records: list[Record], following: Position) -> None:
        """What comes after what is at hand."""
        self.records += records
        self.following = following

    def index_of(self, position: Position) -> int:
        """How many of the records stand before a position."""
        return bisect.bisect_left(self.records, position, key=lambda record: record.position)

    def index_at(self, stamp: str) -> int:
        """How many of the records are no younger than a time, which is written as theirs."""
        return bisect.bisect_right(self.records, stamp, key=lambda record: record.message.timestamp)

    def shown_before(self, index: int) -> int | None:
        """The last record before an index that the flow shows; None where there is none at hand."""
        places = range(min(index, len(self.records)) - 1, -1, -1)
        return next((at for at in places if self.is_shown(at)), None)

    def shown_from(self, index: int) -> int | None:
        """The first record from an index on that the flow shows; None where there is none at hand."""
        return next((at for at in range(index, len(self.records)) if self.is_shown(at)), None)

    def is_shown(self, index: int) -> bool:
        """Whether the flow shows a record."""
        return self.records[index].message.type not in HIDDEN_FROM_FLOW

    def aim(self, index: int) -> None:
        """Go back, where the place that is gone to lies before where it stands."""
        if index < self.index:
            kept = max(number for number, (at, _) in enumerate(self._kept) if at <= index)
            del self._kept[kept + 1 :]
            self._begin(self._kept[kept][0])

    def fold_towards(self, index: int) -> bool:
        """Fold a slice of what is before an index; whether there is more."""
        noted = index - NOTED_BEFORE
        stop = min(index, self.index + SLICE_RECORDS)
        if self.index < noted <= stop:
            stop = noted
        part = self.records[self.index : stop]
        if part:
            self.mirror.apply(Batch(part[-1].position + 1, part))
        self.index = stop
        if stop == noted and self._kept[-1][0] < noted:
            self._kept.append((noted, msgspec.json.encode(self.mirror.room)))
        return self.index < index

    def forget_before(self) -> None:
        """Begin anew where it stands; what is behind is not at hand any more."""
        self.start = self.mirror.room.position
        self._kept = [(0, msgspec.json.encode(self.mirror.room))]
        del self.records[: self.index]
        self.index = 0

    def _begin(self, index: int) -> None:
        room = next(room for at, room in self._kept if at == index)
        self.mirror = Mirror()
        self.mirror.apply(msgspec.structs.replace(self._greeting, room=msgspec.json.decode(room, type=Room), live=[]))
        self.mirror.link(True)
        self.index = index
