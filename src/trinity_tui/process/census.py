"""All processes at one moment, and which of them belong together.

Three signs make a family: the session a root leads, the marker in the environment it was started with, and descent.
Each alone can be escaped; a family is what any of them finds, and all that descends from it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.process import procfs

if TYPE_CHECKING:
    from trinity_tui.process.procfs import ProcessStat


class Root(msgspec.Struct, frozen=True):
    """Where a family begins; its process may be gone long since."""

    pid: int = 0
    """The leader of the session; 0 where it is not known."""
    start_time: int = 0
    marker: str = ""
    """What the environment of its members holds; empty where it is not known."""


class Census:
    """Takes the census, again and again, and remembers the markers it has read.

    Args:
        variable: The variable of the environment that holds the marker.
        spared: Pids that are in no family, whatever they look like; one's own, to begin with.
    """

    def __init__(self, variable: str, spared: frozenset[int] = frozenset()) -> None:
        self._variable = variable.encode()
        self._spared = spared
        self._markers: dict[tuple[int, int], str] = {}
        self._living: dict[int, ProcessStat] = {}
        self._children: dict[int, list[int]] = {}

    def take(self) -> None:
        """Look at every process."""
        everyone = procfs.scan()
        self._living = {pid: stat for pid, stat in everyone.items() if not stat.is_dead and pid not in self._spared}
        offspring: defaultdict[int, list[int]] = defaultdict(list)
        for stat in self._living.values():
            offspring[stat.ppid].append(stat.pid)
        self._children = offspring
        known = self._markers
        self._markers = {}
        for pid, stat in self._living.items():
            key = (pid, stat.start_time)
            self._markers[key] = known[key] if known.get(key) else procfs.variable(pid, self._variable)

    def family(self, root: Root) -> list[ProcessStat]:
        """The living members."""
        return self._with_descendants({stat.pid for stat in self._living.values() if self._belongs(stat, root)})

    def descendants(self, pid: int) -> list[ProcessStat]:
        """Whoever descends from a process, itself not among them."""
        return self._with_descendants(set(self._children.get(pid, ())))

    def _with_descendants(self, found: set[int]) -> list[ProcessStat]:
        pending = list(found)
        while pending:
            for child in self._children.get(pending.pop(), ()):
                if child not in found:
                    found.add(child)
                    pending.append(child)
        return [self._living[pid] for pid in sorted(found)]

    def marked(self) -> dict[int, str]:
        """Every process with a marker, and what it says."""
        return {pid: marker for (pid, _), marker in self._markers.items() if marker}

    def stat(self, pid: int) -> ProcessStat | None:
        """One process of the census."""
        return self._living.get(pid)

    def _belongs(self, stat: ProcessStat, root: Root) -> bool:
        if root.marker and self._markers.get((stat.pid, stat.start_time)) == root.marker:
            return True
        return root.pid > 0 and stat.session == root.pid and not self._is_taken(root)

    def _is_taken(self, root: Root) -> bool:
        """Whether the root's pid leads another session by now."""
        leader = self._living.get(root.pid)
        return leader is not None and leader.start_time != root.start_time
