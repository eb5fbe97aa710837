"""A conversation is read from the log page by page, whole, and nothing of it comes twice or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from trinity_tui.bus import FileBus, new_message, open_bus
from trinity_tui.daemon import conversations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from trinity_tui.core.message import Message


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[FileBus]:
    """A log of several segments."""
    opened = open_bus(tmp_path / "bus", "reader", segment_bytes=20_000)
    yield opened
    await opened.aclose()


def said(number: int) -> list[Message]:
    """A question, its answer, and what has nothing to do with it."""
    asked = new_message("human", "explorer-1", "chat", f"question {number}")
    return [
        asked,
        new_message("explorer-1", "human", "answer", f"answer {number}", reply_to=asked.id),
        new_message("explorer-1", "lead-1", "message", "not for the person"),
        new_message("explorer-1", "human", "finding", "no talk"),
        *(new_message("lead-1", "builder-1", "message", "x" * 300) for _ in range(5)),
    ]


async def all_pages(bus: FileBus, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: int | None = None
    while True:
        page = await conversations.page(bus, "explorer-1", "explorer", before, limit)
        assert len(page["messages"]) <= limit
        found = page["messages"] + found
        before = page["before"]
        if before is None:
            return found


@pytest.mark.parametrize("limit", [1, 7, 50, 1_000])
async def test_all_pages_together_are_the_conversation(bus: FileBus, limit: int) -> None:
    for number in range(120):
        await bus.publish(*said(number))
    found = await all_pages(bus, limit)
    assert [item["content"] for item in found] == [
        text for number in range(120) for text in (f"question {number}", f"answer {number}")
    ]
    assert found == sorted(found, key=lambda item: item["position"])


async def test_one_page_looks_at_no_more_of_the_log_than_is_sensible(
    bus: FileBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "RECORDS_MOST", 100)
    await bus.publish(new_message("human", "explorer-1", "chat", "long ago"))
    for _ in range(300):
        await bus.publish(new_message("lead-1", "builder-1", "message", "x" * 1_000))
    first = await conversations.page(bus, "explorer-1", "explorer", None, 10)
    assert first["messages"] == []
    assert first["before"] is not None
    assert [item["content"] for item in await all_pages(bus, 10)] == ["long ago"]


async def test_a_long_answer_comes_whole(bus: FileBus) -> None:
    await bus.publish(new_message("explorer-1", "human", "answer", "a" * 200_000))
    page = await conversations.page(bus, "explorer-1", "explorer", None, 10)
    assert len(page["messages"][0]["content"]) == 200_000


async def test_everybody_is_who_talked_with_the_person(bus: FileBus) -> None:
    await bus.publish(
        new_message("human", "broadcast", "chat", "lunch"),
        new_message("lead-1", "human", "answer", "yes"),
        new_message("human", "role:explorer", "chat", "to explorers"),
    )
    of_all = await conversations.page(bus, "broadcast", "", None, 10)
    of_one = await conversations.page(bus, "explorer-1", "explorer", None, 10)
    assert [item["content"] for item in of_all["messages"]] == ["lunch", "yes", "to explorers"]
    assert [item["content"] for item in of_one["messages"]] == ["lunch", "to explorers"]


async def test_an_empty_log_has_no_older_page(bus: FileBus) -> None:
    assert await conversations.page(bus, "explorer-1", "explorer", None, 10) == {"messages": [], "before": None}
