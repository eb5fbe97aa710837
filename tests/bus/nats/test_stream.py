"""What a workspace keeps of its stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

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
