"""Follows a log from a position; on a line of input says how far it is, or all it has read.

Arguments: the bus's folder, the position.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from trinity_tui.bus import open_bus


def say(line: str) -> None:
    """Answer."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Follow until it is killed."""
    bus = open_bus(Path(sys.argv[1]), "reads")
    found: list[str] = []
    position = int(sys.argv[2])
    ended = asyncio.Event()

    async def answer() -> None:
        while question := await asyncio.to_thread(sys.stdin.readline):
            if question.strip() == "what":
                await ended.wait()
                say("|".join(found))
            else:
                say(str(position))

    asking = asyncio.create_task(answer())
    say("ready")
    async for batch in bus.follow(position):
        found += [record.message.content for record in batch]
        position = batch[-1].position
        if found[-1] == "end":
            ended.set()
    await asking


asyncio.run(main())
