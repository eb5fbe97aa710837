"""Kills a consumer that answers questions, again and again at random instants, then lets one finish.

Arguments: ROOT KILLS SEED, and CARRIER STREAM where it is not files.
Tells, as JSON, how many were asked and how many answerers died while questions were left.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trinity_tui.bus import Bus, new_message, open_bus, open_carrier
from trinity_tui.core.carrier import FILES, Carriage

if TYPE_CHECKING:
    from collections.abc import Coroutine

QUESTIONS = 500
ME = "builder-1"


def forked(work: Coroutine[Any, Any, None]) -> int:
    """Run something in a child."""
    if pid := os.fork():
        work.close()
        return pid
    status = 1
    try:
        asyncio.run(work)
        status = 0
    finally:
        os._exit(status)


CARRIAGE = Carriage(*sys.argv[4:])


async def opened(root: Path, who: str) -> Bus:
    """The log; of files with small segments."""
    if CARRIAGE.carrier == FILES:
        return open_bus(root, who, segment_bytes=300_000)
    return await open_carrier(root, who, CARRIAGE)


async def ask(root: Path, first: int, count: int) -> None:
    """Ask questions, numbered from the first on."""
    bus = await opened(root, "asker")
    questions = [new_message("explorer-1", ME, "question", f"{first + number}?") for number in range(count)]
    await bus.publish(*questions)
    await bus.aclose()


async def answer(root: Path, said: int) -> None:
    """Answer what is not answered; says when it has begun, and when nothing is left."""
    bus = await opened(root, "answerer")
    consumer = bus.consumer(ME, "builder")
    await consumer._caught_up()  # pyright: ignore[reportPrivateUsage] - a start with nothing left has no message to wait for
    os.write(said, b"b")
    while delivery := consumer.next_nowait():
        reply = new_message(ME, "explorer-1", "answer", f"{delivery.message.content}!")
        await consumer.answered(delivery, reply)
    await bus.aclose()
    os.write(said, b"e")


def main(root: str, kills: str, seed: str) -> None:
    """Ask, kill, ask more where all was answered, finish."""
    chance = random.Random(int(seed))
    asked = killed = 0
    is_answered = True
    while killed < int(kills):
        if is_answered:
            os.waitpid(forked(ask(Path(root), asked, QUESTIONS)), 0)
            asked += QUESTIONS
        heard, said = os.pipe()
        pid = forked(answer(Path(root), said))
        os.close(said)
        if chance.random() < 0.8:
            os.read(heard, 1)
        select.select([], [], [], chance.uniform(0, 0.002))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        is_answered = b"e" in os.read(heard, 2)
        killed += not is_answered
        os.close(heard)
    heard, said = os.pipe()
    os.waitpid(forked(answer(Path(root), said)), 0)
    sys.stdout.write(json.dumps({"asked": asked, "killed": killed}) + "\n")


main(*sys.argv[1:4])
