"""Receipts on their way into the log: where it does not take them, and where it takes them slowly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bus import publish, teller
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Opener, Starter, Talk

    from trinity_tui.bus import FileBus
    from trinity_tui.core.message import Message


async def told(bus: FileBus) -> list[int]:
    """The positions told as received by the first receipt that tells any."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for batch in bus.follow(0):
            for record in batch:
                if found := record.message.metadata.get("received"):
                    return found
    return []


async def test_what_a_full_disk_refused_is_told_later_and_the_refusal_logged_once(
    opened: Opener, talk: Talk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(teller, "_RETRY_SECONDS", 0.001)
    bus = opened()
    consumer = bus.consumer("builder-1", "builder")
    really = bus.publish
    refused = 0

    async def full(*messages: Message) -> list[int]:
        nonlocal refused
        if messages[0].type == "receipt" and refused < 3:
            refused += 1
            raise BusError("the disk is full")
        return await really(*messages)

    monkeypatch.setattr(bus, "publish", full)
    [position] = await bus.publish(talk("one"))
    await consumer.wait()
    assert await told(bus) == [position]
    assert refused == 3
    assert caplog.text.count("the disk is full") == 1


async def test_closing_does_not_wait_for_ever_for_a_lock_that_is_held(
    root: Path, opened: Opener, talk: Talk, program: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "_CLOSE_SECONDS", 0.01)
    monkeypatch.setattr(publish, "CLOSE_SECONDS", 0.01)
    bus = opened()
    consumer = bus.consumer("builder-1", "builder")
    await bus.publish(talk("one"))
    await consumer.wait()
    holder = program("hold_lock", root)
    assert holder.line() == "held"
    await asyncio.wait_for(bus.aclose(), PATIENCE_SECONDS)
    with pytest.raises(BusError, match="closed"):
        await bus.publish(talk("two"))
