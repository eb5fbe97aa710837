"""What is recalled is found in all of the log that is kept, newest first, within a bounded time that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus import new_message
from trinity_tui.bus.file_bus import open_bus
from trinity_tui.harness.thinking import searching
from trinity_tui.harness.thinking.searching import search

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from trinity_tui.bus import Bus
    from trinity_tui.core.message import Message

SEGMENT_BYTES = 16 * 1024


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncGenerator[Bus]:
    """A log of many small parts."""
    made = open_bus(tmp_path / "bus", "test", segment_bytes=SEGMENT_BYTES)
    yield made
    await made.aclose()


def finding(text: str, who: str = "explorer-1") -> Message:
    """Something that was found."""
    return new_message(who, "broadcast", "finding", text)


async def talk(bus: Bus) -> None:
    """Much else that is said."""
    for number in range(60):
        await bus.publish(new_message("oracle-1", "lead-1", "message", f"zebra talk {number} " + "x" * 600))


async def test_a_finding_is_found_however_much_was_said_since(bus: Bus) -> None:
    await bus.publish(finding("the old zebra"))
    await talk(bus)
    await bus.publish(finding("the new zebra"), finding("a giraffe"))
    assert len(await bus.chunks()) > 3
    found = await search(bus, "Zebra?", 10)
    assert ([one.content for one in found.findings], found.until) == (["the new zebra", "the old zebra"], "")


async def test_the_best_come_first_and_of_the_same_only_the_newest(bus: Bus) -> None:
    said = [finding("zebra"), finding("zebra crossing"), finding("zebra"), finding("zebra", "reflector-1")]
    await bus.publish(*said)
    found = (await search(bus, "zebra crossing", 10)).findings
    assert [one.id for one in found] == [said[1].id, said[3].id, said[2].id]
    assert len((await search(bus, "zebra crossing", 2)).findings) == 2


async def test_what_was_taken_back_much_later_is_not_found(bus: Bus) -> None:
    mine, others = finding("zebra one"), finding("zebra two", "reflector-1")
    await bus.publish(mine, others)
    await talk(bus)
    for one in (mine, others):
        taken_back = new_message("explorer-1", "broadcast", "memory", "-", metadata={"op": "retract"}, reply_to=one.id)
        await bus.publish(taken_back)
    assert [one.content for one in (await search(bus, "zebra", 10)).findings] == ["zebra two"]


async def test_where_the_time_is_over_the_newest_was_searched_and_it_is_said_how_far(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SEARCH_SECONDS", 0.0)
    old = finding("the old zebra")
    await bus.publish(old)
    await talk(bus)
    await bus.publish(new := finding("the new zebra"))
    found = await search(bus, "zebra", 10)
    assert [one.content for one in found.findings] == ["the new zebra"]
    assert old.timestamp < found.until <= new.timestamp


async def test_an_empty_log_has_nothing(bus: Bus) -> None:
    assert await search(bus, "zebra", 10) == searching.Searched(())
