"""How much processor and memory families of processes use: one raw pass over ``/proc`` for all of them.

A family is what leads or shares the root's session, descends from it, or was seen to; who left it before it was seen is
known by the marker in its environment. Processes that are nobody's are remembered and not read again for a while.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.usage import smooth
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from trinity_tui.process.census import Root
    from trinity_tui.process.procfs import ProcessStat

    Who = tuple[int, int]
    """A pid with its start time."""

STRANGER_SECONDS = 30.0
"""After how long it is asked again whether a process is nobody's."""
SHARED_SECONDS = 30.0
"""How often it is looked at what a process shares with others; one process a pass, for the kernel counts pages."""
_INIT = 1


class Sample(msgspec.Struct, frozen=True):
    """One family: what it uses now."""

    cpu_percent: float
    """Of one core, smoothed."""
    memory_bytes: int
    """Resident, less what is known to be shared with others."""
    rss_bytes: int
    """The same, smoothed."""
    age_seconds: float
    """How long its root has been there."""
    processes: int = 1


class _Last(msgspec.Struct, frozen=True):
    """What the pass before saw of a family."""

    ticks: int
    at: float
    cpu_percent: float | None
    memory_bytes: float


class Sampler:
    """Remembers the last pass, for use is a difference.

    Args:
        variable: The variable of the environment that holds the marker.
    """

    def __init__(self, variable: str = "") -> None:
        self._variable = variable.encode()
        self._last: dict[Who, _Last] = {}
        self._owners: dict[Who, int] = {}
        self._strangers: set[int] = set()
        self._asked_at = 0.0
        self._shared: dict[Who, tuple[int, float]] = {}
        """Bytes shared with others, and when that was looked at."""

    def sample(self, roots: Collection[Root], now: float, adopters: Iterable[int] = ()) -> dict[int, Sample]:
        """Every family whose root lives, by the root's pid; the first time one is seen it counts as idle.

        Args:
            roots: Where the families begin.
            now: Monotonic seconds.
            adopters: Who becomes the parent of orphans, besides init: their children are asked for the marker.
        """
        stats = self._read({root.pid for root in roots}, now)
        families = self._families(roots, stats, {_INIT, *adopters})
        self._look_at_shared([stat for family in families.values() for stat in family], now)
        uptime = float((procfs.read("/proc/uptime") or b"0").split()[0])
        samples: dict[int, Sample] = {}
        last: dict[Who, _Last] = {}
        for pid, family in families.items():
            who = (pid, stats[pid].start_time)
            memory = sum(map(self._memory, family))
            last[who] = after = _use(self._last.get(who), family, memory, now)
            age = max(0.0, uptime - stats[pid].start_time / procfs.TICKS_PER_SECOND)
            cpu = round(after.cpu_percent or 0.0, 1)
            samples[pid] = Sample(cpu, memory, round(after.memory_bytes), age, len(family))
        self._last = last
        return samples

    def _read(self, roots: set[int], now: float) -> dict[int, ProcessStat]:
        """Everyone who may be somebody's."""
        known = {pid for pid, _ in self._last}
        if now - self._asked_at >= STRANGER_SECONDS or not roots <= known:
            self._strangers.clear()
            self._asked_at = now
        there = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        self._strangers &= there
        found = (procfs.read_stat(pid) for pid in there - self._strangers)
        return {stat.pid: stat for stat in found if stat is not None and not stat.is_dead}

    def _families(
        self, roots: Iterable[Root], stats: dict[int, ProcessStat], adopters: set[int]
    ) -> dict[int, list[ProcessStat]]:
        families: dict[int, list[ProcessStat]] = {}
        markers: dict[str, int] = {}
        for root in roots:
            stat = stats.get(root.pid)
            if stat is not None and root.start_time in (0, stat.start_time):
                families[root.pid] = []
                markers[root.marker] = root.pid
        owners: dict[Who, int] = {}
        for stat in stats.values():
            owner = self._owner(stat, stats, families, markers, adopters)
            if owner:
                owners[stat.pid, stat.start_time] = owner
                families[owner].append(stat)
            else:
                self._strangers.add(stat.pid)
        self._owners = owners
        return families

    def _owner(
        self,
        stat: ProcessStat,
        stats: dict[int, ProcessStat],
        families: dict[int, list[ProcessStat]],
        markers: dict[str, int],
        adopters: set[int],
    ) -> int:
        """The root a process belongs to; 0 when to none."""
        above: ProcessStat | None = stat
        while above is not None:
            for pid in (above.pid, self._owners.get((above.pid, above.start_time), 0), above.session):
                if pid in families:
                    return pid
            if above.ppid in adopters and self._variable:
                return markers.get(procfs.variable(above.pid, self._variable) or "-", 0)
            above = stats.get(above.ppid)
        return 0

    def _memory(self, stat: ProcessStat) -> int:
        shared, _ = self._shared.get((stat.pid, stat.start_time), (0, 0.0))
        return max(0, stat.rss_pages * procfs.PAGE_BYTES - shared)

    def _look_at_shared(self, members: list[ProcessStat], now: float) -> None:
        there = {(stat.pid, stat.start_time) for stat in members}
        self._shared = {who: seen for who, seen in self._shared.items() if who in there}
        due = min(members, key=lambda stat: self._seen_at(stat), default=None)
        if due is not None and now - self._seen_at(due) >= SHARED_SECONDS:
            self._shared[due.pid, due.start_time] = (procfs.shared_bytes(due.pid), now)

    def _seen_at(self, stat: ProcessStat) -> float:
        return self._shared.get((stat.pid, stat.start_time), (0, float("-inf")))[1]


def _use(before: _Last | None, family: list[ProcessStat], memory_bytes: int, now: float) -> _Last:
    # What a parent has waited for stands in its own line: a child that ended in between is not lost.
    ticks = sum(stat.cpu_ticks + stat.reaped_ticks for stat in family)
    if before is None:
        return _Last(ticks, now, None, memory_bytes)
    seconds = now - before.at
    if seconds <= 0.0:
        return before
    cpu = 100.0 * max(0, ticks - before.ticks) / procfs.TICKS_PER_SECOND / seconds
    percent = cpu if before.cpu_percent is None else smooth(before.cpu_percent, cpu, seconds)
    return _Last(ticks, now, percent, smooth(before.memory_bytes, memory_bytes, seconds))
