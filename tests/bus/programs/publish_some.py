"""Publishes numbered messages one at a time and says each accepted one's position: ROOT WHO COUNT SEGMENT_BYTES."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from trinity_tui.bus import new_message, open_bus


async def main(root: str, who: str, count: str, segment_bytes: str) -> None:
    """Publish and report."""
    bus = open_bus(Path(root), who, segment_bytes=int(segment_bytes))
    for number in range(int(count)):
        [position] = await bus.publish(new_message(who, "broadcast", "message", f"{who} {number}"))
        sys.stdout.write(f"{position} {number}\n")
        sys.stdout.flush()
    await bus.aclose()


asyncio.run(main(*sys.argv[1:]))
