"""An answer is written and its acknowledgement is refused by the kernel: it was said, and is not said again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bus.conftest import Opener, Talk


def fill(name: str) -> None:
    """From now on the kernel has no room for what we append to this file."""
    full = os.open("/dev/full", os.O_WRONLY | os.O_CLOEXEC)
    for entry in Path("/proc/self/fd").iterdir():
        if os.path.lexists(entry) and os.readlink(entry).endswith(name):
            os.dup2(full, int(entry.name), inheritable=False)
    os.close(full)


async def test_what_was_said_is_not_said_again_for_want_of_room_to_note_it(opened: Opener, talk: Talk) -> None:
    bus = opened()
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("how much?", type="question"))
    delivery = await consumer.next()
    fill("builder-1/acks.jsonl")
    await consumer.answered(delivery, talk("42", "explorer-1", from_="builder-1", type="answer"))
    assert consumer.next_nowait() is None
    consumer.retry(delivery, "it is done with, so this says nothing")
    assert consumer.depth == 0
