"""What a command and all it started may use together; it is looked at while they run.

The kernel's own limits hold one process each. What is together is counted: twice a second, so that who is fast is over
a bound for as long.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.process import procfs
from trinity_tui.tools.written import BLOCK_BYTES, DiskBounds, Written, unlinked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trinity_tui.process.procfs import ProcessStat

LOOK_SECONDS = 0.5
"""How often it is looked whether a command keeps within its bounds."""


class Bounds(msgspec.Struct, frozen=True):
    """What a command and all it started may use together."""

    memory_bytes: int
    """Resident, what they share counted for each, and what they hold in files of memory."""
    processes: int
    disk: DiskBounds | None = None
    """None: what it likes."""


async def overuse(bounds: Bounds, members: Callable[[], Sequence[ProcessStat]]) -> str:
    """Wait until too much is used; of what, as a sentence.

    Args:
        bounds: How much is too much.
        members: Looks who belongs to the command now.
    """
    written = Written(bounds.disk) if bounds.disk is not None else None
    disks = written.devices if written is not None else frozenset[int]()
    shared_at_first = _machines_shared_bytes()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        found = members()
        if len(found) > bounds.processes:
            return f"ended: more than {bounds.processes} processes"
        used = sum(member.rss_pages for member in found) * procfs.PAGE_BYTES
        if used <= bounds.memory_bytes < used + _machines_shared_bytes() - shared_at_first:
            used = _with_held(found, used, disks)
        if used > bounds.memory_bytes:
            return f"ended: more than {bounds.memory_bytes // 2**20} MB of memory"
        pids = [member.pid for member in found]
        if written is not None and (much := await asyncio.to_thread(written.overuse, pids)):
            return much


def _with_held(members: Sequence[ProcessStat], used: int, disks: frozenset[int]) -> int:
    """What is used together with what lies in files of memory; of those what is mapped is in ``used`` already."""
    pids = [member.pid for member in members]
    held = {(one.st_dev, one.st_ino): one.st_blocks * BLOCK_BYTES for one in unlinked(pids) if one.st_dev not in disks}
    mapped = sum(_kilobytes(f"/proc/{pid}/status", b"RssShmem:") for pid in pids) * 1024
    return used - mapped + max(mapped, sum(held.values()))


def _machines_shared_bytes() -> int:
    return _kilobytes("/proc/meminfo", b"Shmem:") * 1024


def _kilobytes(path: str, name: bytes) -> int:
    lines = (line.split() for line in (procfs.read(path) or b"").splitlines() if line.startswith(name))
    return next((int(words[1]) for words in lines), 0)
