"""One process of a measurement: ``PEER PLACE publish|follow|handle COUNT WINDOW PACE_SECONDS``.

Says ``ready`` on standard output, then, as JSON, what it found. A publisher waits for a line on standard input before
it begins; what it sends before that, to have everything open and imported, carries no time and counts nowhere.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bench.bus_log import CONTENT
from trinity_tui.bench.peers import catalogue
from trinity_tui.bench.peers.ours import NAME
from trinity_tui.bus import new_message
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from trinity_tui.bench.peers.port import Port
    from trinity_tui.core.message import Message

WARM_UP = 10
BACKLOG_WINDOW = 64


class Found(msgspec.Struct):
    """What one process measured; times in seconds, on the machine's monotonic clock."""

    began: float = 0.0
    ended: float = 0.0
    cpu_seconds: float = 0.0
    latencies: list[float] = []
    """Microseconds."""
    batches: int = 0
    """In how many pieces a follower got it all."""
    resident_megabytes: float = 0.0


def _message(sent: int) -> Message:
    return new_message("explorer-1", NAME, "message", CONTENT, metadata={"sent": sent} if sent else {})


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def _publish(port: Port, count: int, window: int, pace_seconds: float) -> Found:
    for _ in range(WARM_UP):
        await port.publish([_message(0)])
    _say("ready")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    found = Found(began=time.monotonic())
    before, due = time.process_time(), time.monotonic()
    for first in range(0, count, window):
        if pace_seconds:
            due += pace_seconds
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        size = min(window, count - first)
        await port.publish([_message(time.monotonic_ns()) for _ in range(size)])
    found.ended, found.cpu_seconds = time.monotonic(), time.process_time() - before
    return found


async def _follow(port: Port, count: int) -> Found:
    await port.subscribe()
    _say("ready")
    found, before = Found(began=time.monotonic()), time.process_time()
    while len(found.latencies) < count:
        batch = await port.receive()
        now = time.monotonic_ns()
        counted = [(now - int(sent)) / 1000 for one in batch if (sent := one.metadata.get("sent"))]
        found.latencies += counted
        found.batches += bool(counted)
    found.ended, found.cpu_seconds = time.monotonic(), time.process_time() - before
    return found


async def _handle(port: Port, count: int) -> Found:
    for first in range(0, count + WARM_UP, BACKLOG_WINDOW):
        size = min(BACKLOG_WINDOW, count + WARM_UP - first)
        await port.publish([_message(1) for _ in range(size)])
    await port.claim()
    for _ in range(WARM_UP):
        await port.handle()
    _say("ready")
    found, before = Found(began=time.monotonic()), time.process_time()
    for _ in range(count):
        await port.handle()
    found.ended, found.cpu_seconds = time.monotonic(), time.process_time() - before
    return found


async def _work(peer: str, place: str, role: str, count: int, window: int, pace_seconds: float) -> Found:
    port = catalogue.open_port(peer, place)
    await port.open()
    try:
        if role == "publish":
            return await _publish(port, count, window, pace_seconds)
        return await (_follow(port, count) if role == "follow" else _handle(port, count))
    finally:
        await port.aclose()


def main(peer: str, place: str, role: str, count: str, window: str, pace_seconds: str) -> None:
    """Do one process's part."""
    found = asyncio.run(_work(peer, place, role, int(count), int(window), float(pace_seconds)))
    stat = procfs.read_stat(os.getpid())
    found.resident_megabytes = stat.rss_pages * procfs.PAGE_BYTES / 1e6 if stat else 0.0
    _say(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main(*sys.argv[1:7])
