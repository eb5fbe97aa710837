"""One watcher tells each who follows of their own files, and all of them look by themselves where there is none."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import aclosing
from typing import TYPE_CHECKING

from patience import PATIENCE_SECONDS, until
from trinity_tui.daemon.root_watch import RootWatch

if TYPE_CHECKING:
    from pathlib import Path

LONG_SECONDS = 600.0


async def test_each_is_told_of_its_own_files_alone(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    watch = RootWatch(tmp_path)
    told: Counter[str] = Counter()

    async def follow(path: Path) -> None:
        async with aclosing(watch.changes([path], LONG_SECONDS)) as changes:
            async for _ in changes:
                told[path.name] += 1

    tasks = [asyncio.create_task(one) for one in (watch.run(), follow(mine), follow(other))]
    try:
        await until(lambda: told.total() == 2, "both look once at first")
        assert told == {"mine": 1, "other": 1}

        def is_told_of_a_change() -> bool:
            mine.write_text(f"{time.monotonic_ns()}")  # Again and again: the watcher may not be there yet.
            (tmp_path / "nobodys").write_text("x")
            return told["mine"] > 1

        await until(is_told_of_a_change)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert told["other"] == 1


async def test_without_a_watcher_all_look_by_themselves(tmp_path: Path) -> None:
    watch = RootWatch(tmp_path / "gone")
    await watch.run()
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        aclosing(watch.changes([tmp_path / "gone" / "mine"], 0.01)) as changes,
    ):
        assert [await anext(changes) for _ in range(3)] == [None, None, None]
