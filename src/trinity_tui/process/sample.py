"""How much processor and memory processes use: one raw pass over ``/proc`` for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Iterable


class Sample(msgspec.Struct, frozen=True):
    """One process over the time since the pass before."""

    cpu_percent: float
    """Of one core."""
    rss_bytes: int


class Sampler:
    """Remembers the last pass, for use is a difference."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, int, float]] = {}

    def sample(self, pids: Iterable[int], now: float) -> dict[int, Sample]:
        """Every process that lives; the first time one is seen it counts as idle.

        Args:
            pids: Which processes.
            now: Monotonic seconds.
        """
        samples: dict[int, Sample] = {}
        seen: dict[int, tuple[int, int, float]] = {}
        for pid in pids:
            stat = procfs.read_stat(pid)
            if stat is None or stat.is_dead:
                continue
            seen[pid] = (stat.start_time, stat.cpu_ticks, now)
            samples[pid] = Sample(self._cpu_percent(stat, now), stat.rss_pages * procfs.PAGE_BYTES)
        self._last = seen
        return samples

    def _cpu_percent(self, stat: procfs.ProcessStat, now: float) -> float:
        start_time, ticks, at = self._last.get(stat.pid, (stat.start_time, stat.cpu_ticks, now))
        if start_time != stat.start_time or now <= at:
            return 0.0
        return round(100.0 * (stat.cpu_ticks - ticks) / procfs.TICKS_PER_SECOND / (now - at), 1)
