"""A face that mirrors a room over the socket and keeps writing down where its mirror stands; killed at any instant.

python face.py WORKSPACE RECORD
"""

from __future__ import annotations

import asyncio
import os
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.client.connection import Connection
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from trinity_tui.core.room import Room

PAUSE_SECONDS = 0.2


class Standing(msgspec.Struct, frozen=True):
    """What a face knows: the position of its room, and a sum over each of its parts."""

    pid: int
    position: int
    parts: dict[str, str]
    instances: dict[str, str]
    """The state it shows of each."""


def parts_of(room: Room) -> dict[str, str]:
    """Each part of a room in short: equal for equal ones."""
    return {name: f"{zlib.crc32(msgspec.json.encode(getattr(room, name))):08x}" for name in room.__struct_fields__}


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
            Path(beside).write_bytes(msgspec.json.encode(Standing(os.getpid(), room.position, parts_of(room), states)))
            os.replace(beside, record)
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        running.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
