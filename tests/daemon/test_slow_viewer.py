"""A screen that stops reading costs the others nothing, the coordinator next to nothing, and is told what it missed."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from websockets.asyncio.client import unix_connect

from patience import PATIENCE_SECONDS
from trinity_tui.client import found
from trinity_tui.core.wire import PROTOCOL, face
from trinity_tui.process import procfs

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

    from fleet import Fleet

LINES_A_BATCH = 2_000
LINE = "x" * 90
BATCHES = 90
GROWTH_BYTES = 2 * 1024 * 1024
NOISE_BYTES = 1024 * 1024
"""What a coordinator's memory grows by while it does this at all, viewers or none slow."""


@asynccontextmanager
async def viewer(fleet: Fleet, instance: str) -> AsyncGenerator[ClientConnection]:
    place = found.find(fleet.workspace)
    assert place is not None
    async with unix_connect(
        place.api, "ws://localhost/events", max_size=None, compression=None, ping_interval=None, max_queue=4
    ) as socket:
        await socket.send(face.encode(face.Attach(PROTOCOL, found.token(fleet.workspace))))
        await socket.send(face.encode(face.Follow(instance, 1)))
        while not isinstance(face.decode_to_face(await socket.recv()), face.Output):
            continue
        yield socket


class Reading:
    """What one viewer has been shown: no line twice, none out of order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.came = 0
        self.skipped = 0
        self.moved = asyncio.Event()
        self._socket = socket
        self._newest = -1

    async def until(self, last: str) -> None:
        """Read until this line is shown."""
        async for raw in self._socket:
            frame = face.decode_to_face(raw)
            if isinstance(frame, face.Output):
                self.skipped += frame.skipped
                for line in frame.lines:
                    self._take(line)
                self.moved.set()
                if last in frame.lines:
                    return
        raise AssertionError("the connection ended")

    def _take(self, line: str) -> None:
        numbered = re.fullmatch(r"(\d+) x+", line)
        if numbered:
            assert int(numbered[1]) > self._newest
            self._newest = int(numbered[1])
            self.came += 1

    async def has(self, count: int) -> None:
        """Wait until so many numbered lines came."""
        while self.came < count:
            self.moved.clear()
            await self.moved.wait()


def print_batch(path: Path, first: int) -> None:
    with path.open("a") as file:
        file.write("".join(f"{number} {LINE}\n" for number in range(first, first + LINES_A_BATCH)))


def print_line(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(line + "\n")


def rss_bytes(pid: int) -> int:
    text = (procfs.read(f"/proc/{pid}/status") or b"").decode()
    found_ = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found_ is not None
    return int(found_[1]) * 1024


async def test_a_screen_that_stops_reading_is_told_how_many_lines_it_missed(fleet: Fleet) -> None:
    child = await asyncio.to_thread(fleet.serve)
    path = fleet.workspace.instance("lead-1").output_of(fleet.instances()["lead-1"]["epoch"])
    async with viewer(fleet, "lead-1") as slow, viewer(fleet, "lead-1") as quick, asyncio.timeout(PATIENCE_SECONDS):
        shown, missed = Reading(quick), Reading(slow)
        slow.transport.pause_reading()
        reading = asyncio.create_task(shown.until("the end"))
        before = 0
        for number in range(BATCHES):
            print_batch(path, number * LINES_A_BATCH)
            # The quick one sets the pace, so that it alone is never skipped.
            await shown.has((number + 1) * LINES_A_BATCH)
            if number == BATCHES // 3:
                before = rss_bytes(child.pid)
        assert rss_bytes(child.pid) - before < GROWTH_BYTES + NOISE_BYTES
        print_line(path, "the end")
        await reading
        assert shown.skipped == 0
        slow.transport.resume_reading()
        print_line(path, "and more")
        await missed.until("and more")
    assert missed.skipped > 0
    assert missed.came + missed.skipped in (BATCHES * LINES_A_BATCH, BATCHES * LINES_A_BATCH + 1), (
        "the end is a line too"
    )
