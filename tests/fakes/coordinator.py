"""A coordinator that does nothing but supervise, to be killed: runs a Supervisor until then.

Usage: coordinator.py WORKSPACE SOCKETS SPECS.json; prints one line "up" when everything is taken over and started.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import msgspec

from trinity_tui.core.paths import Workspace
from trinity_tui.core.restart import Rules
from trinity_tui.supervision import InstanceSpec, Supervisor


async def main() -> None:
    """Supervise for ever."""
    workspace, sockets, specs = Workspace(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3])
    supervisor = Supervisor(
        workspace, sockets, lambda event: None, rules=Rules(first_delay_seconds=0.02, longest_delay_seconds=0.1,
                                                            park_failures=1000, window_restarts=1000),
    )  # fmt: skip
    await supervisor.start(msgspec.json.decode(specs.read_bytes(), type=list[InstanceSpec]))
    for name, status in supervisor.statuses().items():
        supervisor.ready(name, status.epoch)
    sys.stdout.write("up\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main())
