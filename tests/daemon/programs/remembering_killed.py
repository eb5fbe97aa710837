"""Remembers what a log has, again and again, each life killed before the Nth time it touches a file of the memory.

Argument: the workspace's folder. Each line of stdin is an N; a line of stdout says how that life ended. Lives are
forks, as starting an interpreter for each would be most of the work.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from trinity_tui.bus import new_message, open_bus
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.remembering import Remembering

TOUCHING = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect"})


def watch(left: int) -> None:
    """Die before the touch that is one too many, and before a write's last part is on the disk."""

    def touch() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in TOUCHING and "memory" in str(arguments[0]):
            touch()

    sys.addaudithook(hook)
    write = os.write

    def half(descriptor: int, content: bytes) -> int:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if "memory" in path and len(content) > 1:
            touch()
            content = content[: len(content) // 2]
        return write(descriptor, content)

    os.write = half


async def main() -> None:
    """Keep what there is, then one thing more."""
    workspace = Workspace(Path(sys.argv[1]))
    bus = open_bus(workspace.bus, "coordinator")
    memory = Remembering(workspace, bus, "C1", lambda sentence: sys.exit(sentence) if sentence else None, lambda: None)
    running = asyncio.create_task(memory.run())
    await memory.tried.wait()
    (position,) = await bus.publish(new_message("human", "broadcast", "memory", "said last", origin="human"))
    memory.hear([record async for record in bus.read(position)])
    await memory.kept(position)
    running.cancel()
    await asyncio.wait({running})
    await memory.aclose()
    await bus.aclose()


def live(left: int) -> int:
    """One life, and its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    watch(left)
    asyncio.run(main())
    os._exit(0)


for line in sys.stdin:
    sys.stdout.write(f"{live(int(line))}\n")
    sys.stdout.flush()
