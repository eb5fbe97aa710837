"""The Memory through a real coordinator: what is said anywhere appears, and what is done here is so everywhere."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui_demo import screen_text, until

from fleet import CONFIG, wait_until
from trinity_tui.client.connection import Connection
from trinity_tui.core.paths import Workspace
from trinity_tui.core.preferences import Preferences
from trinity_tui.tui.app import TrinityApp

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from textual.pilot import Pilot

    from fleet import Fleet


class Visit:
    """Somebody at the Memory of a workspace."""

    def __init__(self, app: TrinityApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def reads(self, *texts: str) -> None:
        await until(lambda: all(text in screen_text(self.app) for text in texts))

    async def reads_no(self, text: str) -> None:
        await until(lambda: text not in screen_text(self.app))


@asynccontextmanager
async def visiting(fleet: Fleet) -> AsyncGenerator[Visit]:
    async def connect() -> Connection:
        return Connection(Workspace(fleet.root))

    app = TrinityApp(fleet.root, connect, preferences=Preferences(animation="off"))
    async with app.run_test(size=(120, 40)) as pilot:
        visit = Visit(app, pilot)
        await pilot.press("f5")
        yield visit


def write_lines(path: Path) -> None:
    """Two who state another port, and somebody who asks."""
    port = {"subject": "the server", "predicate": "port"}
    said = [
        {"id": "a1", "author": "builder-1", "text": "The server listens on 8001", "value": "8001", **port},
        {"id": "b1", "author": "mechanic", "text": "The server is reached at 8080", "value": "8080", **port},
        {"id": "c1", "author": "araya", "text": "Is the cache shared?", "kind": "question"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in said))


async def test_what_is_said_anywhere_appears_and_what_is_settled_here_is_settled(fleet: Fleet, tmp_path: Path) -> None:
    fleet.write_config(CONFIG, {})
    fleet.serve(ready=False)
    await asyncio.to_thread(wait_until, fleet.status, "a coordinator")
    write_lines(tmp_path / "lines.jsonl")
    async with visiting(fleet) as visit:
        await visit.reads("Nothing is remembered yet.")
        await visit.press("plus", *"We deploy on Fridays", "enter")
        await visit.reads("We deploy on Fridays", "said by   you")
        # Taken in from a file: no message tells of it.
        await asyncio.to_thread(fleet.json, "memory", "import", str(tmp_path / "lines.jsonl"))
        await visit.reads("Is the cache shared?", "⇄ contradicted")
        await visit.press("slash", *"server port", "enter")
        await visit.reads("2 found", "Why it was found", "8001", "8080")
        await visit.press("h")
        await visit.reads("Which holds?")
        await visit.press("y")
        await visit.reads("1 found")
        await visit.reads_no("⇄ contradicted")
        await visit.press("escape", "e")
        await visit.reads("Thread")
        await visit.press("escape", "f1")
        await visit.reads_no("Memory⁴")
    assert (await asyncio.to_thread(fleet.json, "memory", "news"))["counts"]["added"] == 0


async def test_what_is_taken_back_here_is_found_nowhere(fleet: Fleet) -> None:
    fleet.write_config(CONFIG, {})
    fleet.serve(ready=False)
    await asyncio.to_thread(wait_until, fleet.status, "a coordinator")
    await asyncio.to_thread(fleet.json, "memory", "add", "The moon is cheese", "--kind", "finding")
    async with visiting(fleet) as visit:
        await visit.reads("The moon is cheese", "● finding  stands")
        await visit.press("x", "y")
        await visit.reads_no("● finding  stands")
        await visit.reads("Nothing is remembered yet.")
    assert await asyncio.to_thread(fleet.lines, "memory", "search", "moon") == []
