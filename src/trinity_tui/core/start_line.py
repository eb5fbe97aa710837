"""How many instances may be starting at once, and who is next: the rest of a fleet waits in line.

A start takes most of what the machine has for a moment. Were all of a large fleet starting at once, each would get so
little of it that none became ready in its time, and all would be started over again.
"""

from __future__ import annotations

from itertools import islice

LEAST_AT_ONCE = 16
PER_CORE = 4


def at_once(cores: int) -> int:
    """How many may be starting at the same time on a machine with so many cores."""
    return max(LEAST_AT_ONCE, PER_CORE * cores)


class StartLine:
    """Who is starting, and who waits for that, in the order in which they came.

    Args:
        most: How many may be starting at the same time; at least one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._starting: set[str] = set()
        self._waiting: dict[str, None] = {}

    def wait(self, name: str) -> str:
        """What keeps this one from being started now, as a sentence; empty when it is its turn."""
        if name in self._starting or len(self._starting) + self._ahead_of(name) < self._most:
            return ""
        # Those ahead for whom there is room are about to be starting.
        return f"waits for its turn: {self._most} are starting"

    def _ahead_of(self, name: str) -> int:
        if name not in self._waiting:
            return len(self._waiting)
        return next(place for place, other in enumerate(self._waiting) if other == name)

    def note(self, name: str, *, is_starting: bool, is_waiting: bool) -> None:
        """How it stands now; whoever waits already keeps its place."""
        if is_starting:
            self._starting.add(name)
        else:
            self._starting.discard(name)
        if is_waiting:
            self._waiting.setdefault(name)
        else:
            self._waiting.pop(name, None)

    def next_up(self) -> list[str]:
        """Those in line for whom there is room, first come first."""
        return list(islice(self._waiting, max(0, self._most - len(self._starting))))
