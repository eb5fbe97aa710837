"""What is found in the log for a face that asks: from its end back, bounded, and said where that is not all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.bus import new_message, open_bus
from trinity_tui.core.room import FlowRow, Room
from trinity_tui.core.sieve import Traits
from trinity_tui.daemon import history
from trinity_tui.daemon.history import History

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Record


async def test_the_newest_that_name_a_task_are_found_and_whether_these_are_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = open_bus(tmp_path, "coordinator", segment_bytes=200_000)
    task = new_message("human", "lead-1", "task", "look into it", origin="human")
    _, begin = await bus.publish(new_message("lead-1", "human", "chat", "before"), task)
    told: list[str] = [task.id]
    for number in range(5):
        await bus.publish(*(new_message("lead-1", "human", "chat", f"beside it {'x' * 2_000}") for _ in range(150)))
        update = new_message("lead-1", "human", "task_update", f"step {number}", metadata={"task": task.id})
        await bus.publish(update)
        told.append(update.id)
    it = History(bus, Room)

    def is_about(message: Message) -> bool:
        return message.id == task.id or message.metadata.get("task") == task.id

    found, is_whole = await it.naming(task.id, is_about, 100, begin)
    assert [one.message.id for one in found] == told
    assert is_whole
    found, is_whole = await it.naming(task.id, is_about, 3, begin)
    assert [one.message.id for one in found] == told[-3:]
    assert not is_whole
    monkeypatch.setattr(history, "LOOK_SECONDS", 0.0)
    found, is_whole = await it.naming(task.id, is_about, 100, begin)
    assert [one.message.id for one in found] == told[-len(found) :]
    assert 0 < len(found) < len(told), "of so long a log one piece is looked through in no time"
    assert not is_whole
    await bus.aclose()


async def test_a_page_of_what_is_rare_ends_where_its_time_does_and_the_next_ones_find_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = open_bus(tmp_path, "coordinator", segment_bytes=200_000)
    rare: list[str] = []
    for number in range(4):
        await bus.publish(*(new_message("lead-1", "human", "chat", f"beside it {'x' * 2_000}") for _ in range(150)))
        alert = new_message("coordinator", "human", "alert", f"alert {number}")
        await bus.publish(alert)
        rare.append(alert.id)
    it, alerts = History(bus, Room), Traits((b'"alert"',), lambda message: message.type == "alert")
    monkeypatch.setattr(history, "PAGE_SECONDS", 0.0)
    pages = [await it.page(0, alerts, 3)]
    while not pages[-1].is_end:
        pages.append(await it.page(pages[-1].following, alerts, 3))
        assert pages[-1].is_end or pages[-1].following > pages[-2].following
    assert len(pages) > 4, "of so long a log one piece is looked through in no time"
    assert [one.message.id for page in pages for one in page.records] == rare
    monkeypatch.setattr(history, "PAGE_SECONDS", 60.0)
    page = await it.page(0, alerts, 3)
    assert [one.message.id for one in page.records] == rare[:3], "a page stops at its limit"
    page = await it.page(page.following, alerts, 3)
    assert [one.message.id for one in page.records] == rare[3:]
    assert page.is_end
    await bus.aclose()


async def test_of_a_message_that_is_kept_no_more_nothing_is_read_but_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = open_bus(tmp_path, "coordinator", segment_bytes=20_000)
    gone = new_message("lead-1", "human", "chat", "long ago")
    (position,) = await bus.publish(gone)
    for _ in range(50):
        await bus.publish(new_message("lead-1", "human", "chat", "x" * 2_000))
    room, read, seen = Room(), bus.read, list[str]()
    room.flow.append(FlowRow(position, gone.id, gone.from_, gone.to, gone.type, gone.priority, gone.timestamp, ""))

    async def counted(start: int, stop: int | None = None) -> AsyncIterator[Record]:
        async for record in read(start, stop):
            seen.append(record.message.id)
            yield record

    monkeypatch.setattr(bus, "read", counted)
    it = History(bus, lambda: room)
    found = await it.record(gone.id)
    assert found is not None
    assert found.message == gone
    seam = bus.next_seam(position + 1)
    assert seam is not None
    assert await bus.drop_before(seam)
    del seen[:]
    assert await it.record(gone.id) is None
    assert seen == []
    await bus.aclose()
