"""The death of a process that need not be our child: seen at once through a pidfd, by looking where there is none."""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct

from trinity_tui.process.identity import Identity, alive

LOOK_SECONDS = 0.05
"""How often to look where the kernel has no pidfd."""
REAPED_SECONDS = 0.5
"""How long the parent of a dead process may take to collect it before its status counts as unknown."""
_GET_INFO = 0xC040FF0B
_INFO_EXIT = 1 << 3
_INFO = struct.Struct("=QQ11Ii")
_INFO_BYTES = 64


def open_pidfd(identity: Identity) -> int | None:
    """A descriptor for that very process; None when it is gone or the kernel has none (``alive`` tells which)."""
    try:
        descriptor = os.pidfd_open(identity.pid) if hasattr(os, "pidfd_open") else -1
    except OSError:
        return None
    if descriptor >= 0 and not alive(identity):
        os.close(descriptor)
        return None
    return descriptor if descriptor >= 0 else None


def exit_status(descriptor: int) -> int | None:
    """How the process of this pidfd ended, as ``os.waitpid`` would say; None while it is not collected, or never told.

    The kernel tells it from Linux 6.15 on.
    """
    buffer = bytearray(_INFO_BYTES)
    _INFO.pack_into(buffer, 0, _INFO_EXIT, *([0] * 12), 0)
    try:
        fcntl.ioctl(descriptor, _GET_INFO, buffer)
    except OSError:
        return None
    mask, *_, status = _INFO.unpack_from(buffer)
    return status if mask & _INFO_EXIT else None


async def wait_gone(identity: Identity, descriptor: int | None) -> int | None:
    """Wait for the death of the process.

    Args:
        identity: Who is awaited.
        descriptor: Its pidfd, which stays the caller's; None to look from time to time.

    Returns:
        The status as ``os.waitpid`` would give it; None where nobody could learn it.
    """
    if descriptor is None:
        await _look(identity)
        return None
    # The caller closes its own as soon as it has cancelled us: by the time we are told, that number may be another's.
    ours = os.dup(descriptor)
    try:
        await _readable(ours)
        return await _status(ours)
    finally:
        os.close(ours)


async def _status(descriptor: int) -> int | None:
    loop = asyncio.get_running_loop()
    until = loop.time() + REAPED_SECONDS
    while True:
        status = exit_status(descriptor)
        if status is not None or loop.time() >= until:
            return status
        await asyncio.sleep(0.005)


async def _look(identity: Identity) -> None:
    while True:
        if not alive(identity):
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    seen: asyncio.Future[None] = loop.create_future()

    def note() -> None:
        if not seen.done():
            seen.set_result(None)

    loop.add_reader(descriptor, note)
    try:
        await seen
    finally:
        loop.remove_reader(descriptor)
