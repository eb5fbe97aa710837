"""``trinity restart --coordinator``: the coordinator that runs ends, this version's takes over, nobody else notices."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from typing import TYPE_CHECKING, Any

from trinity_tui.cli.shared import read_config
from trinity_tui.client import found, launcher
from trinity_tui.core.errors import ClientError
from trinity_tui.process.identity import identify, send
from trinity_tui.process.peer import credentials
from trinity_tui.process.pidfd import open_pidfd, wait_gone

if TYPE_CHECKING:
    from trinity_tui.core.paths import Workspace
    from trinity_tui.process.identity import Identity

LEAVE_SECONDS = 10.0
"""How long a coordinator has to let go of everything; one that hangs is killed then, which stops no instance."""
KILL_SECONDS = 5.0


def replace(workspace: Workspace) -> dict[str, Any]:
    """End the coordinator that runs and start this version's; the pids of both.

    Raises:
        TrinityError: The next one could not work here, so that the present one goes on; or it did not come up.
    """
    from trinity_tui.daemon import formats

    # What the next one would refuse is said while the present one still works.
    read_config(workspace)
    formats.check(workspace)
    place = found.find(workspace)
    before = _listener(place.api) if place is not None else None
    asyncio.run(_hand_over(workspace, before, place.words if place is not None else []))
    after = found.find(workspace)
    return {"before": before.pid if before else None, "pid": after.pid if after else None}


async def _hand_over(workspace: Workspace, before: Identity | None, words: list[str]) -> None:
    if before is not None:
        await _end(before)
    await launcher.ensure(workspace, words)


def _listener(path: str) -> Identity | None:
    """Who listens at a socket, by the word of the kernel: a pid in a file may be somebody else's by now."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(path)
            return identify(credentials(probe).pid)
        except OSError:
            return None


async def _end(coordinator: Identity) -> None:
    descriptor = open_pidfd(coordinator)
    try:
        await _signal_until_gone(coordinator, descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


async def _signal_until_gone(coordinator: Identity, descriptor: int | None) -> None:
    for number, seconds in ((signal.SIGTERM, LEAVE_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        if not send(coordinator.pid, coordinator.start_time, number):
            return
        try:
            async with asyncio.timeout(seconds):
                await wait_gone(coordinator, descriptor)
                return
        except TimeoutError:
            continue
    raise ClientError(f"the coordinator (pid {coordinator.pid}) cannot be ended", 5)
