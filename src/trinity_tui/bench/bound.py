"""Programs that end with the benchmark, whatever ends it: the kernel kills them when their parent dies."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)
STOP_SECONDS = 5.0


def start(argv: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """Start a program that does not outlive us. To be called from the main thread, which is what the kernel watches."""
    parent = os.getpid()

    def bind() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(argv, preexec_fn=bind, **options)


def stop(process: subprocess.Popen[Any]) -> None:
    """End one by its pid: asked first, then killed."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.communicate()


def cpu_seconds(pid: int) -> float:
    """Processor time of a process's threads; to the nanosecond where the kernel counts so."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return 0.0
    parts = [procfs.read(f"/proc/{pid}/task/{thread}/schedstat") for thread in threads]
    if parts and all(parts):
        return sum(int(part.split()[0]) for part in parts if part) / 1e9
    stat = procfs.read_stat(pid)
    return stat.cpu_ticks / procfs.TICKS_PER_SECOND if stat else 0.0


def waited_seconds(pid: int) -> float:
    """How long a process's first thread was ready and had no processor; 0 where the kernel does not count it."""
    part = procfs.read(f"/proc/{pid}/task/{pid}/schedstat")
    return int(part.split()[1]) / 1e9 if part else 0.0


def resident_megabytes(pid: int) -> float:
    """Memory a process holds."""
    stat = procfs.read_stat(pid)
    return stat.rss_pages * procfs.PAGE_BYTES / 1e6 if stat else 0.0


def wait_until_gone(pids: Sequence[int], seconds: float) -> list[int]:
    """Wait until processes are dead; those that are not in time."""
    until = time.monotonic() + seconds
    while left := [pid for pid in pids if _lives(pid)]:
        if time.monotonic() > until:
            return left
        time.sleep(0.002)
    return []


def _lives(pid: int) -> bool:
    stat = procfs.read_stat(pid)
    return stat is not None and not stat.is_dead
