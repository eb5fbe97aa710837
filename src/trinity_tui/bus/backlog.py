"""What waits for one consumer, in the order it is to be taken. A rule: time is an argument, nothing is read or written.

Urgent first, whatever waits, by position. The others by priority, then position, where thirty seconds of waiting are
worth one class: so low is not starved, and none of them overtakes urgent.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from trinity_tui.core import message

if TYPE_CHECKING:
    from trinity_tui.core.record import Position

AGE_SECONDS = 30.0
URGENT = 0


class Entry:
    """A message for this consumer that is not done with."""

    __slots__ = ("attempt", "expires", "id", "is_many", "is_prompt", "is_tracked", "key", "length", "position", "rank")

    def __init__(self, position: Position, length: int, id: str, priority: str) -> None:  # noqa: A002 - the field's word
        self.position = position
        self.length = length
        self.id = id
        self.rank = message.rank(priority)
        self.key = 0.0
        self.attempt = 1
        self.expires: float | None = None
        """Seconds since the epoch."""
        self.is_many = False
        """Addressed to more than this consumer."""
        self.is_tracked = True
        """Somebody wants to know that it was delivered."""
        self.is_prompt = False
        """Somebody waits to know it."""


class Backlog:
    """The entries that may be taken, and those that may be later."""

    def __init__(self) -> None:
        self._ready: list[tuple[float, Position, Entry]] = []
        self._later: list[tuple[float, Position, Entry]] = []
        self._gone: set[Position] = set()

    def __len__(self) -> int:
        return len(self._ready) + len(self._later) - len(self._gone)

    def add(self, entry: Entry, now: float, due: float | None = None) -> None:
        """An entry has arrived.

        Args:
            entry: What waits.
            now: Monotonic seconds; it ages from then on.
            due: When it may be taken; at once where not given.
        """
        entry.key = -math.inf if entry.rank == URGENT else now + AGE_SECONDS * entry.rank
        if due is None or due <= now:
            self._enqueue(entry)
        else:
            self.add_again(entry, due)

    def add_again(self, entry: Entry, due: float) -> None:
        """An entry that was taken may be taken again from a time on; it keeps its place in the order."""
        heapq.heappush(self._later, (due, entry.position, entry))

    def _enqueue(self, entry: Entry) -> None:
        heapq.heappush(self._ready, (entry.key, entry.position, entry))

    def discard(self, entry: Entry) -> None:
        """An entry that waits is done with."""
        self._gone.add(entry.position)

    def pop(self, now: float) -> Entry | None:
        """Take the next entry; None where none may be taken yet."""
        self._settle(now)
        return heapq.heappop(self._ready)[-1] if self._ready else None

    def has_urgent(self, now: float) -> bool:
        """Whether the next entry is an urgent one."""
        self._settle(now)
        return bool(self._ready) and self._ready[0][-1].rank == URGENT

    def is_ready(self, now: float) -> bool:
        """Whether an entry may be taken."""
        self._settle(now)
        return bool(self._ready)

    def next_due(self) -> float | None:
        """When the next of the later ones may be taken."""
        return self._later[0][0] if self._later else None

    def _settle(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            self._enqueue(heapq.heappop(self._later)[-1])
        while self._gone and self._ready and self._ready[0][-1].position in self._gone:
            self._gone.remove(heapq.heappop(self._ready)[-1].position)
