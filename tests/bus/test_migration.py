"""A log moved from files to a server and back: every message, content, mark and the room, and nothing twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bus import open_bus
from trinity_tui.bus.migration import Migration
from trinity_tui.bus.nats.nats_bus import open_nats_bus
from trinity_tui.core.errors import BusError
from trinity_tui.core.room_fold import Folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import AnyBus, Talk

    from trinity_tui.bus import Delivery
    from trinity_tui.bus.nats.place import Place

LONG = "long " * 40_000


async def fill(bus: AnyBus, talk: Talk) -> str:
    """Talk with receipts, a task with its token, a long content and a message that failed once; the task's id."""
    consumer = bus.consumer("builder-1", "builder")
    again = talk("said twice")
    positions = await bus.publish(talk("done"), talk("waits"), talk("failed"), talk(LONG), again, again)
    by_content: dict[str, Delivery] = {}
    for _ in range(5):
        delivery = await asyncio.wait_for(consumer.next(), PATIENCE_SECONDS)
        consumer.read(delivery)
        by_content[delivery.message.content] = delivery
    consumer.ack(by_content["done"])
    consumer.ack(by_content["said twice"])
    consumer.retry(by_content["failed"], "no luck")
    task = talk("mend it", "coordinator", type="task")
    await bus.publish(task)
    [token] = await bus.publish(
        talk("mend it", from_="coordinator", type="task_update",
             metadata={"task": task.id, "state": "ASSIGNED", "assignee": "builder-1"})
    )  # fmt: skip
    await bus.publish(
        talk("begun", "coordinator", from_="builder-1", type="task_update",
             metadata={"task": task.id, "token": token, "state": "IN_PROGRESS"})
    )  # fmt: skip
    assert positions == sorted(positions)
    await consumer.aclose()
    return task.id


async def room(bus: AnyBus) -> tuple[list[str], Folder]:
    folder = Folder()
    contents = [item.message.content async for item in bus.read(0) if folder.apply(item)]
    return contents, folder


async def waiting(bus: AnyBus) -> set[tuple[str, int]]:
    """What comes to the consumer, in which attempt, and what its content is in full."""
    consumer = bus.consumer("builder-1", "builder")
    found: set[tuple[str, int]] = set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found) < 4:
            delivery = await consumer.next()
            found.add((await bus.body(delivery.message), delivery.attempt))
    assert consumer.next_nowait() is None
    await consumer.aclose()
    return found


async def test_a_log_goes_to_a_server_and_back(root: Path, place: Place, talk: Talk) -> None:
    files = open_bus(root, "test", segment_bytes=2000)
    task_id = await fill(files, talk)
    nats = await open_nats_bus(root, "test", place)
    try:
        before, of_files = await room(files)
        moved = await Migration(files, nats).run()
        assert (moved.messages, moved.copied, moved.contents, moved.consumers) == (len(before), len(before), 1, 1)
        assert moved.attempts == 1
        after, of_nats = await room(nats)
        assert after == before
        task = of_nats.room.board.tasks[task_id]
        assert (task.state, of_nats.room.forbidden) == ("IN_PROGRESS", of_files.room.forbidden)
        assert of_nats.room.forbidden == 0
        deliveries = [one.stage for one in of_files.room.deliveries.by_id.values()]
        assert [one.stage for one in of_nats.room.deliveries.by_id.values()] == deliveries
        assert nats.generation > files.generation
        again = await Migration(files, nats).run()
        assert (again.copied, again.contents, again.digest) == (0, 0, moved.digest)

        left = {(LONG, 1), ("waits", 1), ("failed", 2), ("mend it", 1)}
        assert await waiting(nats) == left
        await nats.publish(talk("said there", "builder-2"))
        back = await Migration(nats, files).run()
        assert files.generation > nats.generation - 1
        assert back.messages == len((await room(nats))[0])
        assert (await room(files))[0] == (await room(nats))[0]
        assert await waiting(files) == left
    finally:
        await nats.aclose()
        await files.aclose()


async def test_a_move_goes_on_from_what_is_there(root: Path, place: Place, talk: Talk) -> None:
    files = open_bus(root, "test")
    await fill(files, talk)
    nats = await open_nats_bus(root, "test", place)
    try:
        whole = await Migration(files, nats).run()
        for number in range(600):
            await files.publish(talk(str(number), "builder-2"))
        moved = await Migration(files, nats).run()
        assert (moved.messages, moved.copied) == (whole.messages + 600, 600)
        assert (await room(nats))[0] == (await room(files))[0]
    finally:
        await nats.aclose()
        await files.aclose()


async def test_a_stream_with_something_else_is_not_written_into(root: Path, place: Place, talk: Talk) -> None:
    files = open_bus(root, "test")
    nats = await open_nats_bus(root, "test", place)
    try:
        await files.publish(talk("here"))
        await nats.publish(talk("there"))
        with pytest.raises(BusError, match="is not a copy") as caught:
            await Migration(files, nats).run()
        assert "stream that is new" in caught.value.sentence()
        assert [item.message.content async for item in nats.read(0)] == ["there"]
    finally:
        await nats.aclose()
        await files.aclose()
