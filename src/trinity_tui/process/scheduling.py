"""What the kernel tells of the turns on a processor that a process's threads were given: raw reads, nothing kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trinity_tui.core.starvation import Look, Thread
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from trinity_tui.process.identity import Identity

NANOSECOND = 1e-9


def look(who: Identity, now: float) -> Look | None:
    """Its threads now; None when it is gone, is not ours to look at, or the kernel does not count (``SCHED_INFO``).

    Args:
        who: Which process.
        now: Monotonic seconds.
    """
    stat = procfs.read_stat(who.pid)
    if stat is None or stat.start_time != who.start_time:
        return None
    found = {thread: _thread(who.pid, thread) for thread in _threads(who.pid)}
    threads = {thread: seen for thread, seen in found.items() if seen is not None}
    return Look(now, who.pid, threads) if who.pid in threads else None


def _threads(pid: int) -> list[int]:
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def _thread(pid: int, thread: int) -> Thread | None:
    place = f"/proc/{pid}/task/{thread}"
    stat = procfs.parse_stat(thread, procfs.read(f"{place}/stat") or b"")
    figures = (procfs.read(f"{place}/schedstat") or b"").split()
    # A kernel that does not count writes zeros; whoever lives has had a turn.
    if stat is None or len(figures) < 3 or figures[2] == b"0":
        return None
    ran, waited, turns = map(int, figures[:3])
    return Thread(stat.state, ran * NANOSECOND, waited * NANOSECOND, turns)
