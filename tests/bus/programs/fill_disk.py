"""Publishes on a disk that takes only so much, and tells what became of it as JSON: ROOT LIMIT_BYTES.

The limit is the process's own on the size of a file, which any user may set; what it does to a write is what a full
disk does: a short one, then none.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trinity_tui.bus import FileBus, new_message, open_bus
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from trinity_tui.core.message import Message


async def attempt(bus: FileBus, message: Message) -> int | str:
    """The message's position, or why it has none."""
    try:
        return (await bus.publish(message))[0]
    except BusError as error:
        return str(error)


async def main(root: str, limit_bytes: str) -> None:
    """Fill, fail, make room, go on."""
    bus = open_bus(Path(root), "filler")
    messages = [new_message("explorer-1", "builder-1", "message", f"{number} " + "x" * 300) for number in range(20)]
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit_bytes), hard))
    first = await asyncio.gather(*(attempt(bus, message) for message in messages))
    again = await attempt(bus, messages[-1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    refused = [message for message, outcome in zip(messages, first, strict=True) if isinstance(outcome, str)]
    after = await asyncio.gather(*(attempt(bus, message) for message in refused))
    found = [record.message.id async for record in bus.read(0)]
    report = {
        "first": first,
        "again": again,
        "after": after,
        "found": found,
        "ids": [message.id for message in messages],
        "damaged": bus.stats().damaged,
    }
    await bus.aclose()
    sys.stdout.write(json.dumps(report) + "\n")


asyncio.run(main(*sys.argv[1:]))
