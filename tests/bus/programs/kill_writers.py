"""Kills writers of one log at random instants while others write, and tells what they had accepted.

Arguments: ROOT KILLS SEED LAYER. LAYER ``bus`` publishes messages up to the limit of a line; ``append`` writes lines of
up to a megabyte below the messages, where a kill does land inside a write. A line is told as accepted after the call
returned. The log is not read here.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import sys
import time
import zlib
from pathlib import Path

from trinity_tui.bus import new_message, open_bus
from trinity_tui.bus.append import Appender
from trinity_tui.bus.carrier import Stats
from trinity_tui.bus.layout import Layout
from trinity_tui.bus.lock import AppendLock

SEGMENT_BYTES = {"bus": 200_000, "append": 8_000_000}
SIZES = {"bus": (10, 3000, 60_000), "append": (10, 60_000, 1_000_000, 1_000_000, 1_000_000)}


async def publish_for_ever(root: Path, said: int, chance: random.Random) -> None:
    """A writer of messages."""
    bus = open_bus(root, "writer", segment_bytes=SEGMENT_BYTES["bus"])
    while True:
        message = new_message("explorer-1", "builder-1", "message", "x" * chance.choice(SIZES["bus"]))
        await bus.publish(message)
        os.write(said, message.id.encode() + b"\n")


def append_for_ever(root: Path, said: int, chance: random.Random) -> None:
    """A writer of lines: an id, stuffing, and a sum over both."""
    layout = Layout(root)
    layout.create()
    lock = AppendLock(layout.lock)
    appender = Appender(layout, lock, SEGMENT_BYTES["append"], Stats())
    number = 0
    while True:
        number += 1
        name = b"%d-%d" % (os.getpid(), number)
        body = name + b" " + b"x" * chance.choice(SIZES["append"])
        line = body + b" %08x\n" % zlib.crc32(body)
        while not lock.try_acquire():
            os.sched_yield()
        outcome = appender.append([line])
        lock.release()
        assert outcome.positions
        os.write(said, name + b"\n")


class Writer:
    """A writing child and the pipe it tells its accepted lines on."""

    def __init__(self, root: Path, layer: str, chance: random.Random) -> None:
        seed = chance.random()
        self.pipe, said = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                if layer == "bus":
                    asyncio.run(publish_for_ever(root, said, random.Random(seed)))
                append_for_ever(root, said, random.Random(seed))
            finally:
                os._exit(1)
        os.close(said)
        self._parts: list[bytes] = []

    def listen(self) -> None:
        """Take in what it has said."""
        while select.select([self.pipe], [], [], 0)[0] and (data := os.read(self.pipe, 65536)):
            self._parts.append(data)

    def kill(self) -> list[str]:
        """Kill it; what it had accepted."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.listen()
        os.close(self.pipe)
        return [name for name in b"".join(self._parts).decode().split("\n")[:-1] if name]


def main(root: str, kills: str, seed: str, layer: str) -> None:
    """Kill, replace, kill."""
    chance = random.Random(int(seed))
    writers = [Writer(Path(root), layer, chance) for _ in range(2)]
    accepted: list[str] = []
    for _ in range(int(kills)):
        deadline = time.monotonic() + chance.uniform(0.01, 0.05)
        while (left := deadline - time.monotonic()) > 0:
            select.select([writer.pipe for writer in writers], [], [], left)
            for writer in writers:
                writer.listen()
        victim = writers.pop(chance.randrange(2))
        accepted += victim.kill()
        writers.append(Writer(Path(root), layer, chance))
    for writer in writers:
        accepted += writer.kill()
    sys.stdout.write(json.dumps(accepted) + "\n")


main(*sys.argv[1:])
