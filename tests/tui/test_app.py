"""The program around the Room: welcome, a coordinator that is late, colours, terminals without them."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui_demo import FakeConnection, HandClock, app_of, demo, screen_text, until

from trinity_tui.core.errors import ClientError
from trinity_tui.core.preferences import Preferences
from trinity_tui.tui.app import TrinityApp

if TYPE_CHECKING:
    import pytest


async def test_a_folder_without_configuration_is_welcomed_and_one_key_begins(link: FakeConnection) -> None:
    written: list[str] = []

    async def init() -> str:
        if not written:
            written.append("refused")
            raise ClientError("instances.toml cannot be written: Permission denied")
        written.append("instances.toml")
        return "Took over 2 messages of [.harness_messages.json]."

    app = app_of(link, init=init, script=lambda: demo(link.mirror))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        text = screen_text(app)
        assert "Trinity is a control room" in text
        assert "write instances.toml here and start" in text
        await pilot.press("enter")
        await until(lambda: "Permission denied" in screen_text(app))
        await pilot.press("enter")
        await until(lambda: app.screen is app.room and "explorer-1" in screen_text(app))
        await until(lambda: "Took over 2 messages of" in screen_text(app))
        assert written == ["refused", "instances.toml"]


async def test_the_welcome_can_be_left_without_a_trace(link: FakeConnection) -> None:
    async def init() -> str:
        raise AssertionError("not asked for")

    app = app_of(link, init=init)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("q")
        await until(lambda: not app.is_running)
        app.bridge.way.take()
        assert not gc.isenabled()
    assert gc.isenabled(), "the last key still has the right of way"
    assert link.asked == []


async def test_a_coordinator_that_cannot_be_started_is_said_and_tried_again(link: FakeConnection) -> None:
    tries: list[int] = []
    was_read = asyncio.Event()

    async def connect() -> FakeConnection:
        tries.append(1)
        if len(tries) == 1:
            raise ClientError("instances.toml:3: unknown key", 2)
        await was_read.wait()
        demo(link.mirror)
        return link

    app = TrinityApp(Path("/x"), connect, clock=HandClock().clock(), preferences=Preferences(animation="off"))
    async with app.run_test(size=(120, 32)):
        await until(lambda: "instances.toml:3: unknown key" in screen_text(app))
        was_read.set()
        await until(lambda: "explorer-1" in screen_text(app) and "unknown key" not in screen_text(app))
    assert len(tries) == 2


async def test_what_is_told_hides_neither_what_waits_nor_the_draft_nor_the_keys(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        app.notify("somebody is in the way of what is written", timeout=600)
        await until(lambda: len(app.screen.query("Toast")) == 1)
        await pilot.pause()
        assert app.screen.query_one("Toast").region.bottom <= app.size.height - 3
        await pilot.press("0", "a", "ctrl+j", "b", "ctrl+j", "c")
        await until(lambda: app.room.bar.size.height == 3)
        await until(lambda: app.screen.query_one("Toast").region.bottom <= app.room.bar.region.y)


async def test_what_is_told_hides_neither_what_is_asked_nor_the_keys_that_decide(link: FakeConnection) -> None:
    demo(link.mirror).asks("builder-2", "shell", "make " + "test " * 200)
    app = app_of(link)
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("a")
        await until(lambda: app.screen is not app.room)
        for number in range(4):
            app.notify(
                f"{number} is in the way of what is asked, and in so many words that it takes two lines", timeout=600
            )
        await until(lambda: len(app.screen.query("Toast")) == 4)
        shown = ("0 is in the way of what is asked", "builder-2 asks to use shell", "esc later")
        await until(lambda: all(part in screen_text(app) for part in shown))


async def test_every_theme_paints_the_room(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link, preferred=Preferences(theme="daylight"))
    async with app.run_test(size=(120, 32)) as pilot:
        assert app.theme == "daylight"
        # Those nobody wears yet are unpacked once the first picture is there.
        await until(lambda: "tachikoma" in app.wardrobe.names)
        before = app.room.swarm.tone("strong")
        for name in ("tachikoma", "nord", "textual-light", "dracula"):
            app.theme = name
            await pilot.pause()
            assert "explorer-1" in screen_text(app)
        assert app.room.swarm.tone("strong") != before


async def test_no_color_leaves_no_colour_and_every_state_readable(
    link: FakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    demo(link.mirror)
    app = app_of(link)
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.pause()
        text = screen_text(app)
        for word in ("● 4 online", "◐ 3 busy", "◍ 1 degraded", "‖ 1 paused"):
            assert word in text
        compositor = app.room._compositor  # pyright: ignore[reportPrivateUsage]
        styles = {segment.style for strip in compositor.render_strips() for segment in strip if segment.style}
        grey = [
            c for style in styles for c in (style.color, style.bgcolor) if c and c.triplet and len(set(c.triplet)) > 1
        ]
        assert grey == []


async def test_leaving_ends_everything_that_was_started(link: FakeConnection) -> None:
    demo(link.mirror)
    app = app_of(link)
    before = asyncio.all_tasks()
    async with app.run_test(size=(120, 32)) as pilot:
        await until(lambda: bool(app.room.swarm.seats))
        await pilot.press("q")
        await until(lambda: not app.is_running)
    assert {task.get_name() for task in asyncio.all_tasks() - before} & {"connection", "changes", "shown"} == set()


def test_the_screen_loads_neither_the_coordinator_nor_the_bus() -> None:
    program = "import sys, trinity_tui.tui.app; print(*sorted(m for m in sys.modules if m.startswith('trinity_tui.')))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    rooms = {name.split(".")[1] for name in loaded}
    assert rooms == {"core", "tui"}
