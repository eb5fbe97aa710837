"""Replay and Search through a real coordinator: what was is shown as it was, and what was said is found."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC
from typing import TYPE_CHECKING

from tui_demo import screen_text, until

from fleet import CONFIG, wait_until
from past_story import plant
from trinity_tui.client.connection import Connection
from trinity_tui.core.paths import Workspace
from trinity_tui.core.preferences import Preferences
from trinity_tui.tui.app import TrinityApp
from trinity_tui.tui.clock import Clock
from trinity_tui.tui.screens.replay import ReplayScreen
from trinity_tui.tui.widgets.detail import Detail

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

    from fleet import Fleet


class Visit:
    """Somebody who looks back."""

    def __init__(self, app: TrinityApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def replay(self) -> ReplayScreen:
        found = self.app.made("replay")
        assert isinstance(found, ReplayScreen)
        return found

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def reads(self, *texts: str) -> None:
        try:
            await until(lambda: all(text in screen_text(self.app) for text in texts))
        except AssertionError as error:
            raise AssertionError(f"{texts} not on\n{screen_text(self.app)}") from error

    def told(self) -> str:
        return " ".join(item.message for item in self.app._notifications)  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def looking_back(fleet: Fleet) -> AsyncGenerator[Visit]:
    fleet.write_config(CONFIG, {})
    await asyncio.to_thread(plant, fleet.root)
    fleet.serve(ready=False)
    await asyncio.to_thread(wait_until, fleet.status, "a coordinator")

    async def connect() -> Connection:
        return Connection(Workspace(fleet.root))

    app = TrinityApp(fleet.root, connect, preferences=Preferences(animation="off"), clock=Clock(zone=UTC))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.room.mirror is not None and app.room.mirror.greeting is not None)
        yield Visit(app, pilot)


async def test_any_moment_is_shown_as_it_was_and_nothing_can_be_done_to_it(fleet: Fleet) -> None:
    async with looking_back(fleet) as visit:
        await visit.press("f9")
        await visit.reads("REPLAY", "Past", "paused", "It never got an old token.")
        # In words: the newest crash, with the room right after it.
        await visit.press("slash", *"when did builder-1 crash", "enter")
        await visit.reads("2026-09-21 14:33:20", "builder-1 crash: b looks further back", "✖ 1 crashed")
        assert "refresh path untested" not in screen_text(visit.app)
        # One message on it is back, one back it is down again.
        await visit.press("right")
        await visit.reads("14:33:26", "● 3 online")
        await visit.press("left")
        await visit.reads("✖ 1 crashed")
        await visit.press("left_square_bracket")
        await visit.reads("2026-09-21 14:24:20", "1 waiting for you")
        await visit.press("shift+right")
        await visit.reads("2026-09-21 14:25:20")
        assert "waiting for you" not in screen_text(visit.app)
        # What acts is refused with a sentence, and asks the coordinator for nothing.
        for key in ("0", "m", "r", "D", "exclamation_mark", "a"):
            await visit.press(key)
        assert visit.told().count("This is the past (2026-09-21 14:25:20)") == 6
        # Before the beginning there is nothing; from there it plays to the end, faster than it was.
        await visit.press("ctrl+left")
        await visit.reads("2026-09-21 14:13:20")
        assert "Older than kept" in visit.told()
        await visit.press("plus", "plus", "plus", "plus", "plus", "space")
        await visit.reads("playing 100×")
        await visit.reads("It never got an old token.")
        await visit.press("escape", "l")
        await visit.reads("[Room]")


async def test_what_was_said_is_found_and_gone_to(fleet: Fleet) -> None:
    async with looking_back(fleet) as visit:
        await visit.press("ctrl+f")
        await visit.reads("Type any words")
        await visit.press(*"refresh")
        await visit.reads("Messages 1", "Chats 1", "Why did the refresh test fail?", "3 found")
        await visit.press(*" in:memry")
        await visit.reads('in: knows no "memry"; did you mean memory?')
        await visit.press(*["backspace"] * 9, "enter")
        await visit.reads("3 found")
        # The moment of a message, then its thread in the Room.
        await visit.press("t")
        await visit.reads("REPLAY", "14:43:20", "refresh path untested")
        await visit.press("ctrl+f", "enter", "enter")
        await until(lambda: isinstance(visit.app.screen, Detail))
        await visit.reads("refresh path untested")
        await visit.press("escape", "ctrl+f", *["backspace"] * 7, *"must not be shown", "enter")
        await visit.reads("the key is [hidden] and must not be shown")


def test_the_command_finds_the_same(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {})
    plant(fleet.root)
    fleet.serve(ready=False)
    wait_until(fleet.status, "a coordinator")
    found = fleet.lines("search", "refresh", "by:explorer-1")
    assert [(hit["group"], hit["text"]) for hit in found if hit["group"] == "messages"] == [
        ("messages", "refresh path untested")
    ]
    done = fleet.trinity("search", "part 99", "in:messages")
    assert "explorer-1 to lead-1" in done.stdout
    assert "part 99 of auth.py read" in done.stdout
    refused = fleet.trinity("search", "x1", "in:nowhere")
    assert refused.returncode == 2
    assert "in: takes one of messages, chats" in refused.stderr
