"""Two workspaces as two computers on one stream: one log, and each has what concerns it, in its own words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bus.nats.nats_bus import open_nats_bus
from trinity_tui.core.errors import BusError
from trinity_tui.core.room_fold import Folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bus.conftest import Talk

    from trinity_tui.bus import Consumer
    from trinity_tui.bus.nats.place import Place


async def taken(consumer: Consumer, count: int) -> set[tuple[str, str]]:
    """Who said what, of the next messages."""
    found: set[tuple[str, str]] = set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(count):
            delivery = await consumer.next()
            consumer.ack(delivery)
            found.add((delivery.message.from_, delivery.message.content))
    return found


async def test_each_computers_instances_get_what_is_theirs(tmp_path: Path, place: Place, talk: Talk) -> None:
    first = await open_nats_bus(tmp_path / "one", "test", place)
    second = await open_nats_bus(tmp_path / "two", "test", msgspec.structs.replace(place, computer="C2"))
    try:
        here = first.consumer("builder-1", "builder")
        there = second.consumer("builder-1", "builder")
        await asyncio.wait([here._start, there._start])  # pyright: ignore[reportPrivateUsage] - both must have begun
        positions = await first.publish(
            talk("direct"),
            talk("role", "role:builder"),
            talk("broadcast", "broadcast"),
            talk("to the other", "C2/builder-1", origin="human"),
            talk("to everybody", "ALL"),
            talk("to its coordinator", "C2"),
        )
        positions += await second.publish(talk("back", "C1/builder-1"), talk("theirs", "builder-1"))
        assert positions == list(range(1, 9))
        assert await taken(here, 5) == {
            ("explorer-1", "direct"),
            ("explorer-1", "role"),
            ("explorer-1", "broadcast"),
            ("explorer-1", "to everybody"),
            ("C2/explorer-1", "back"),
        }
        assert await taken(there, 3) == {
            ("C1/explorer-1", "to the other"),
            ("C1/explorer-1", "to everybody"),
            ("explorer-1", "theirs"),
        }
        assert here.next_nowait() is None
        assert there.next_nowait() is None
        seen = {
            item.position: (item.message.from_, item.message.to, item.message.origin)
            async for item in second.read(0)
            if item.message.type == "message"
        }
        assert seen == {
            4: ("C1/explorer-1", "builder-1", "peer"),
            5: ("C1/explorer-1", "ALL", None),
            6: ("C1/explorer-1", "coordinator", None),
            7: ("explorer-1", "C1/builder-1", None),
            8: ("explorer-1", "builder-1", None),
        }
        assert set(await first.lows()) == {"builder-1", "C2/builder-1", "C2"}
    finally:
        await first.aclose()
        await second.aclose()


async def test_what_was_learned_and_how_far_a_reader_is_stands_in_every_computers_log(
    tmp_path: Path, place: Place, talk: Talk
) -> None:
    first = await open_nats_bus(tmp_path / "one", "test", place)
    second = await open_nats_bus(tmp_path / "two", "test", msgspec.structs.replace(place, computer="C2"))
    try:
        there = second.consumer("builder-1", "builder")
        await asyncio.wait([there._start])  # pyright: ignore[reportPrivateUsage] - it must have begun
        (learned, *_) = await first.publish(
            talk("a bug", "broadcast", type="finding", origin="peer"),
            talk("only theirs", "broadcast"),
            talk("for the board there", "role:builder", type="task"),
            talk("up", "human", type="status", from_="coordinator", metadata={"instance": "explorer-1"}),
        )
        (asked,) = await first.publish(talk("yours?", "C2/builder-1"))
        assert await taken(there, 1) == {("C1/explorer-1", "yours?")}
        await second.publish(talk("the end"))
        seen = [(item.position, item.message.from_, item.message.to) async for item in second.read(0, asked)]
        assert seen == [(learned, "C1/explorer-1", "C1")]
        folder = Folder()
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for batch in first.follow(0):
                for item in batch:
                    folder.apply(item)
                way = folder.room.deliveries.by_position.get(asked, "")
                if way and folder.room.deliveries.by_id[way].received_at:
                    break
        assert folder.room.forbidden == 0
    finally:
        await first.aclose()
        await second.aclose()


async def test_two_workspaces_of_one_name_are_told_apart(tmp_path: Path, place: Place) -> None:
    bus = await open_nats_bus(tmp_path / "one", "test", place)
    try:
        with pytest.raises(BusError, match="has a C1 already") as caught:
            await open_nats_bus(tmp_path / "two", "test", place)
        assert "[serve] computer" in caught.value.sentence()
        again = await open_nats_bus(tmp_path / "one", "again", place)
        await again.aclose()
    finally:
        await bus.aclose()
