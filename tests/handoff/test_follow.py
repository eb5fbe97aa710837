"""The documents are followed: others' changes are news, ours are none, a project that comes is seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tiers_ground import clean
from trinity_tui.core.handoff.blocks import Version
from trinity_tui.core.handoff.measures import Event
from trinity_tui.handoff import follow
from trinity_tui.handoff.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


async def seen(news: AsyncIterator[frozenset[Path]], root: Path, wanted: str) -> set[str]:
    """All that is told until this file is."""
    found: set[str] = set()
    async for paths in news:
        found |= {path.relative_to(root).as_posix() for path in paths}
        if wanted in found:
            break
    return found


async def touched(root: Path, name: str) -> asyncio.Task[None]:
    """Somebody changes a file, again and again: when the watcher looks is its own."""

    async def touch() -> None:
        for number in range(10_000):
            (root / name).write_text(f"# {number}\n")
            await asyncio.sleep(0.2)

    return asyncio.create_task(touch())


async def test_others_changes_are_news_and_ours_are_none(tmp_path: Path) -> None:
    clean(tmp_path)
    (tmp_path / "other.md").write_text("not ours to follow")
    sessions = Sessions(tmp_path, "C1")
    sessions.add(Version("C1-one", "## Session: 2026-11-20 - one"))
    news = follow.follow(tmp_path, sessions.is_own)
    task = await touched(tmp_path, "weather/PROJECT_CONTEXT.md")
    try:
        await seen(news, tmp_path, "weather/PROJECT_CONTEXT.md")
        events = [Event("goal", "C1-two", 1.0, key="ship it")]
        assert sessions.add(Version("C1-two", "## Session: 2026-11-21 - two"), events)
        await asyncio.to_thread(sessions.keep)
        (tmp_path / "other.md").write_text("changed")
        (tmp_path / "archive/project_context.md").write_text("# changed")
        found = await seen(news, tmp_path, "archive/project_context.md")
    finally:
        task.cancel()
    assert found <= {"weather/PROJECT_CONTEXT.md", "archive/project_context.md"}


async def test_blocks_of_another_computer_are_news(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path, "C1")
    sessions.add(Version("C1-one", "## Session: 2026-11-20 - one"))
    news = follow.follow(tmp_path, sessions.is_own)
    task = await touched(tmp_path, "coordination/sessions/C2-one.md")
    try:
        assert await seen(news, tmp_path, "coordination/sessions/C2-one.md") == {"coordination/sessions/C2-one.md"}
    finally:
        task.cancel()


def test_what_is_a_document(tmp_path: Path) -> None:
    yes = ["SESSION_LOG.md", "session_briefing.md", "a/PROJECT_CONTEXT.md", "coordination/sessions/C1.jsonl"]
    no = ["README.md", "coordination/sessions/.C1-a.md.new", ".SESSION_LOG.md.swap", "coordination/C1.jsonl"]
    assert all(follow.is_document(tmp_path, tmp_path / name) for name in yes)
    assert not any(follow.is_document(tmp_path, tmp_path / name) for name in no)
