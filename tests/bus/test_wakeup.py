"""Being woken: by bells where inotify is, by the log's size where it is not, and once a second anyhow."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from patience import PATIENCE_SECONDS
from trinity_tui.bus import bells, inotify, wakeup
from trinity_tui.bus.bells import Ringer
from trinity_tui.bus.inotify import Inotify
from trinity_tui.bus.layout import Layout
from trinity_tui.bus.wakeup import Watcher
from trinity_tui.core.errors import BusError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bus.conftest import Opener, Starter, Talk

    from trinity_tui.bus import Wakeup


class Ears:
    """Counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.heard = asyncio.Event()

    def call(self) -> None:
        self.calls += 1
        self.heard.set()


@pytest.fixture
def paths(root: Path) -> Layout:
    """An empty bus."""
    found = Layout(root)
    found.create()
    return found


@pytest.fixture
def ringer(paths: Layout) -> Iterator[Ringer]:
    """Who rings."""
    found = Ringer(paths.bells)
    yield found
    found.close()


async def test_a_bell_wakes_whose_it_is_and_nobody_else(
    paths: Layout, ringer: Ringer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeup, "SAFETY_SECONDS", 3600.0)
    watcher = Watcher(paths, "inotify", lambda: 0)
    mine, others = Ears(), Ears()
    watcher.listen(["builder-1", "all"], mine.call)
    watcher.listen(["explorer-1", "all"], others.call)
    ringer.ring(["builder-1"])
    await asyncio.wait_for(mine.heard.wait(), PATIENCE_SECONDS)
    assert others.calls == 0
    ringer.ring(["all"])
    await asyncio.wait_for(others.heard.wait(), PATIENCE_SECONDS)
    watcher.forget(mine.call)
    calls = mine.calls
    others.heard.clear()
    ringer.ring(["builder-1", "all"])
    await asyncio.wait_for(others.heard.wait(), PATIENCE_SECONDS)
    assert mine.calls == calls
    watcher.close()


@pytest.mark.parametrize("how", ["inotify", "poll"])
async def test_a_log_that_grew_unheard_is_looked_at(
    paths: Layout, monkeypatch: pytest.MonkeyPatch, how: Wakeup
) -> None:
    monkeypatch.setattr(wakeup, "SAFETY_SECONDS", 0.02)
    end = 0
    watcher = Watcher(paths, how, lambda: end)
    ears = Ears()
    watcher.listen(["log"], ears.call)
    await asyncio.wait_for(ears.heard.wait(), PATIENCE_SECONDS)
    for grown in (5, 9):
        end = grown
        ears.heard.clear()
        await asyncio.wait_for(ears.heard.wait(), PATIENCE_SECONDS)
    assert ears.calls == 3
    watcher.close()


async def test_polling_slows_down_without_news_and_is_quick_again_after_some(
    paths: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later
    enough = asyncio.Event()
    end = 0

    def noted(pause: float, call: object, *arguments: object) -> asyncio.TimerHandle:
        nonlocal end
        pauses.append(pause)
        if len(pauses) == 9:
            end = 1
        if len(pauses) == 12:
            enough.set()
        return call_later(0, call, *arguments)  # pyright: ignore[reportArgumentType, reportUnknownVariableType, reportCallIssue]

    monkeypatch.setattr(loop, "call_later", noted)
    watcher = Watcher(paths, "poll", lambda: end)
    watcher.listen(["log"], lambda: None)
    await enough.wait()
    watcher.close()
    assert pauses[1] == wakeup.POLL_SECONDS
    assert pauses[2:8] == [0.01, 0.02, 0.04, 0.08, 0.16, 0.25]
    assert pauses[9] == wakeup.POLL_SECONDS


async def test_a_log_that_is_gone_calls_everybody_to_find_it_out(
    paths: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> int:
        raise BusError("deleted")

    monkeypatch.setattr(wakeup, "SAFETY_SECONDS", 0.01)
    watcher = Watcher(paths, "inotify", gone)
    ears = Ears()
    watcher.listen(["log"], ears.call)
    await asyncio.wait_for(ears.heard.wait(), PATIENCE_SECONDS)
    watcher.close()


async def test_without_inotify_the_size_is_looked_at(paths: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(_: Inotify) -> None:
        raise OSError(24, os.strerror(24))

    monkeypatch.setattr(Inotify, "__init__", spent)
    watcher = Watcher(paths, "auto", lambda: 0)
    assert watcher.wakeup == "poll"
    watcher.close()
    with pytest.raises(BusError, match="inotify is not to be had"):
        Watcher(paths, "inotify", lambda: 0)


async def test_when_the_watches_are_spent_the_size_is_looked_at(paths: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(_: Inotify, __: Path) -> int:
        raise OSError(28, os.strerror(28))

    end = 0
    watcher = Watcher(paths, "auto", lambda: end)
    assert watcher.wakeup == "inotify"
    first, second = Ears(), Ears()
    watcher.listen(["log"], first.call)
    monkeypatch.setattr(Inotify, "watch", spent)
    watcher.listen(["builder-1"], second.call)
    assert watcher.wakeup == "poll"
    end = 1
    await asyncio.wait_for(asyncio.gather(first.heard.wait(), second.heard.wait()), PATIENCE_SECONDS)
    watcher.close()


def test_a_distant_file_system_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not inotify.is_distant(tmp_path)
    assert inotify.is_distant(tmp_path / "absent")
    monkeypatch.setattr(inotify, "_DISTANT", range(0x1_0000_0000))
    assert inotify.is_distant(tmp_path)


@pytest.mark.parametrize("how", ["inotify", "poll"])
async def test_what_another_process_publishes_is_followed(
    root: Path, opened: Opener, program: Starter, how: Wakeup
) -> None:
    bus = opened(wakeup=how, segment_bytes=4000)
    process = program("publish_some", root, "explorer-1", 100, 4000)
    found: list[tuple[int, str]] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for batch in bus.follow(0):
            found += [(record.position, record.message.content) for record in batch]
            if len(found) == 100:
                break
    said = [process.line().split() for _ in range(100)]
    assert found == [(int(position), f"explorer-1 {number}") for position, number in said]
    assert bus.stats().wakeup == how


async def test_messages_ring_whom_they_are_for(talk: Talk) -> None:
    assert bells.bell_of(talk("…", "builder-1")) == "builder-1"
    assert bells.bell_of(talk("…", "role:builder")) == "role-builder"
    assert bells.bell_of(talk("…", "role:coordinator")) == bells.role_bell("lead")
    assert {bells.bell_of(talk("…", to)) for to in ("broadcast", "all", "ALL")} == {bells.ALL}
    assert bells.bell_of(talk("…", "C2/araya")) is None
    assert bells.bell_of(talk("…", "broadcast", type="status")) is None
    assert bells.bell_of(talk("…", "coordinator", type="receipt")) is None


async def test_a_bell_is_struck_seldom_when_rung_often_and_once_after_the_last(
    ringer: Ringer, paths: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    struck: list[str] = []
    monkeypatch.setattr(bells, "WINDOW_SECONDS", 0.02)
    monkeypatch.setattr(ringer, "_strike", struck.append)
    ringer.ring(["other"])
    for _ in range(100):
        ringer.ring(["builder-1"])
    assert struck.count("builder-1") < 100
    before = len(struck)
    late = ringer._timer  # pyright: ignore[reportPrivateUsage] - the one way to know that there is more to come
    assert late is not None
    assert late.when() <= asyncio.get_running_loop().time() + 0.02
    ringer.close()
    assert struck[before:] == ["builder-1"]


async def test_many_bells_are_rung_with_few_descriptors(ringer: Ringer, paths: Layout) -> None:
    before = len(os.listdir("/proc/self/fd"))
    ringer.ring(f"instance-{number}" for number in range(300))
    assert len(list(paths.bells.iterdir())) == 300
    assert len(os.listdir("/proc/self/fd")) - before <= 64
