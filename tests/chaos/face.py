"""A face that mirrors a room over the socket and keeps writing down where its mirror stands; killed at any instant.

python face.py WORKSPACE RECORD
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from trinity_tui.client.connection import Connection
from trinity_tui.core.paths import Workspace

PAUSE_SECONDS = 0.2


class Standing(msgspec.Struct, frozen=True):
    """What a face knows: the position of its room, and the digest of it."""

    pid: int
    position: int
    digest: str
    instances: dict[str, str]
    """The state it shows of each."""


async def main(workspace: str, record: str) -> None:
    """Mirror for ever."""
    connection = Connection(Workspace(Path(workspace)), read_only=True)
    running = asyncio.create_task(connection.run(), name="connection")
    await connection.follow("explorer-1")
    try:
        while not running.done():
            await connection.changed.wait()
            connection.changed.clear()
            room = connection.mirror.room
            states = {view.id: view.state for view in room.instances.values()}
            beside = f"{record}.{os.getpid()}"
            Path(beside).write_bytes(msgspec.json.encode(Standing(os.getpid(), room.position, room.digest(), states)))
            os.replace(beside, record)
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        running.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
