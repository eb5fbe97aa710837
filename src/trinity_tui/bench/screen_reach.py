"""From a message another process appends to the log to its words on the screen, through a real coordinator."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.bench import coordinator_load
from trinity_tui.bench.screen_terminal import SHOW, Terminal
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from collections.abc import Generator

    from trinity_tui.bench.report import Report

SENT = re.compile(rb"t(\d{19})")
PAUSE_SECONDS = 0.2


def measure(report: Report, seconds: float) -> None:
    """Add the figures to a report.

    Args:
        report: Where to.
        seconds: For how long messages are written.
    """
    with coordinator_load.coordinator() as workspace, Terminal(SHOW, str(workspace.root)) as terminal:
        terminal.wait_for("explorer-1")
        with writing(workspace):
            delays = terminal.delays(SENT, seconds)
    report.figure("message by another process to screen, median", 1000 * delays[len(delays) // 2], "ms")
    report.rail("message by another process to screen, p95 (ms)", 1000 * delays[int(0.95 * (len(delays) - 1))], 60)


@contextmanager
def writing(workspace: Workspace) -> Generator[None]:
    """Another process that appends a message with the moment in it, five times a second."""
    child = subprocess.Popen([sys.executable, "-m", "trinity_tui.bench.screen_reach", str(workspace.root)])
    try:
        yield
    finally:
        child.terminate()
        child.wait()


async def _publish(workspace: Workspace) -> None:
    from trinity_tui.bus import new_message, open_bus

    bus = open_bus(workspace.bus, "bench")
    while True:
        await bus.publish(new_message("pub-1", "pub-2", "message", f"t{time.monotonic_ns():019d}"))
        await asyncio.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    asyncio.run(_publish(Workspace(Path(sys.argv[1]))))
