"""What a workspace keeps of its stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.bus import new_message
from trinity_tui.bus.nats.nats_bus import open_nats_bus

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.bus.nats.place import Place


async def test_notes_of_format_1_are_brought_forward_when_the_stream_is_opened(root: Path, place: Place) -> None:
    await (await open_nats_bus(root, "test", place)).aclose()
    path = root / "nats" / "format.json"
    kept = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode(kept | {"format": 1}))
    await (await open_nats_bus(root, "test", place)).aclose()
    assert msgspec.json.decode(path.read_bytes()) == kept | {"format": 2}


async def test_a_read_ends_where_it_was_told_to_when_the_stream_begins_behind_it(root: Path, place: Place) -> None:
    """An empty stream's end is 1: what is said before it is read stands there, and is no part of what is asked for."""
    bus = await open_nats_bus(root, "test", place)
    end = await bus.end()
    assert end == 1
    await bus.publish(new_message("human", "explorer-1", "chat", "meanwhile"))
    assert [item async for item in bus.read(0, end)] == []
    assert [item.position async for item in bus.read(0, end + 1)] == [1]
    await bus.link.jetstream().purge_stream(place.stream, seq=3)
    await bus.publish(new_message("human", "explorer-1", "chat", "after what was given up"))
    assert [item async for item in bus.read(1, 2)] == []
    await bus.aclose()
