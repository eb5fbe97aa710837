"""Who a process is: a pid is used again, a pid with its start time and boot is not."""

from __future__ import annotations

import os
import signal as signals

import msgspec

from trinity_tui.process import procfs


class Identity(msgspec.Struct, frozen=True):
    """One process of one boot."""

    pid: int
    start_time: int
    """In clock ticks since boot."""
    boot_id: str


def identify(pid: int) -> Identity | None:
    """Who has this pid now; None when nobody lives there."""
    stat = procfs.read_stat(pid)
    return None if stat is None or stat.is_dead else Identity(pid, stat.start_time, procfs.boot_id())


def alive(identity: Identity) -> bool:
    """Whether that very process lives: neither a zombie nor another one with its pid."""
    stat = procfs.read_stat(identity.pid)
    if stat is None or stat.is_dead or stat.start_time != identity.start_time:
        return False
    return identity.boot_id == procfs.boot_id()


def age_seconds(identity: Identity) -> float:
    """How long the process has been there."""
    uptime = (procfs.read("/proc/uptime") or b"0").split()
    return max(0.0, float(uptime[0]) - identity.start_time / procfs.TICKS_PER_SECOND)


def send(pid: int, start_time: int, signal: int) -> bool:
    """Send a signal to that very process; False when it is gone.

    Raises:
        PermissionError: It has another user's rights by now.
    """
    try:
        descriptor = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
    except ProcessLookupError:
        return False
    except OSError:
        descriptor = -1
    try:
        # The descriptor is held first, so that what is checked is what is signalled.
        stat = procfs.read_stat(pid)
        if stat is None or stat.is_dead or stat.start_time != start_time:
            return False
        if descriptor >= 0:
            signals.pidfd_send_signal(descriptor, signal)
        else:
            os.kill(pid, signal)
    except ProcessLookupError:
        return False
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    return True
