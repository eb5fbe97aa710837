"""What the kernel tells of processes under ``/proc``: raw reads, nothing kept. A process that is gone is None."""

from __future__ import annotations

import os

import msgspec

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_DEAD_STATES = frozenset("ZXx")
_READ_BYTES = 4096


class ProcessStat(msgspec.Struct, frozen=True):
    """One line of ``/proc/<pid>/stat``, as far as we need it."""

    pid: int
    state: str
    ppid: int
    group: int
    session: int
    cpu_ticks: int
    start_time: int
    """In ticks since boot."""
    rss_pages: int
    reaped_ticks: int = 0
    """Of the children it has waited for."""

    @property
    def is_dead(self) -> bool:
        """Whether only its entry is left (a zombie)."""
        return self.state in _DEAD_STATES


def read_stat(pid: int) -> ProcessStat | None:
    """One process."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # The kernel gives the line at once; to ask for its end would be half as much again, for every process.
        return parse_stat(pid, os.read(descriptor, _READ_BYTES))
    except OSError:
        return None
    finally:
        os.close(descriptor)


def parse_stat(pid: int, content: bytes) -> ProcessStat | None:
    """The line; its second field is a name in brackets that may hold anything, brackets and newlines too."""
    fields = content[content.rfind(b")") + 2 :].split()
    if len(fields) < 22:
        return None
    return ProcessStat(
        pid=pid,
        state=fields[0].decode(),
        ppid=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
        start_time=int(fields[19]),
        rss_pages=int(fields[21]),
        reaped_ticks=int(fields[13]) + int(fields[14]),
    )


def scan() -> dict[int, ProcessStat]:
    """Every process there is."""
    found = (read_stat(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {stat.pid: stat for stat in found if stat is not None}


def ancestors(pid: int) -> list[int]:
    """The parents of a process, the nearest first, itself not among them; empty when it is gone."""
    chain: list[int] = []
    stat = read_stat(pid)
    while stat is not None and stat.ppid > 0 and stat.ppid not in chain:
        chain.append(stat.ppid)
        stat = read_stat(stat.ppid)
    return chain


def children(pid: int) -> list[int] | None:
    """The direct children of a process of one thread; None where the kernel does not list them."""
    content = read(f"/proc/{pid}/task/{pid}/children")
    return None if content is None else [int(child) for child in content.split()]


def variable(pid: int, name: bytes) -> str:
    """A variable of the environment a process was started with; empty where it has none or it is not ours to read."""
    # Of every process there is, at every look: found at once, where going through the variables takes as long as the
    # rest of the look.
    _, _, after = (b"\0" + (read(f"/proc/{pid}/environ") or b"")).partition(b"\0" + name + b"=")
    return after.partition(b"\0")[0].decode("utf-8", "replace")


def shared_bytes(pid: int) -> int:
    """How much of its resident memory is counted in others' too; 0 where the kernel does not say."""
    sizes = {b"Rss:": 0, b"Pss:": 0}
    for line in (read(f"/proc/{pid}/smaps_rollup") or b"").splitlines():
        name, _, value = line.partition(b" ")
        if name in sizes:
            sizes[name] = int(value.split()[0]) * 1024
    return max(0, sizes[b"Rss:"] - sizes[b"Pss:"])


def boot_id() -> str:
    """Which boot this is; pids and start times mean nothing in another."""
    content = read("/proc/sys/kernel/random/boot_id")
    return content.decode().strip() if content else ""


def read(path: str) -> bytes | None:
    """A file of ``/proc``; None when it is not there, not ours, or its process went while we read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        parts: list[bytes] = []
        while part := os.read(descriptor, _READ_BYTES):
            parts.append(part)
        return b"".join(parts)
    except OSError:
        return None
    finally:
        os.close(descriptor)
