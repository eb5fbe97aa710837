"""Listening: a face has what an instance says as it comes, all of it when it comes late, and over coordinators."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from patience import PATIENCE_SECONDS
from speakers import frame, serve_speakers, tell, write_speakers
from trinity_tui.client.connection import Connection
from trinity_tui.core.talk import GAP

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    import pytest

    from fleet import Fleet
    from trinity_tui.core.talk import Talking
    from trinity_tui.core.wire.face import Talk

WHO = "lead-1"


class Screen:
    """A connection that listens to one instance."""

    def __init__(self, fleet: Fleet) -> None:
        self.frames: list[Talk] = []
        self.connection = Connection(fleet.workspace, on_talk=self.frames.append)

    def turn(self, name: str) -> Talking | None:
        talks = self.connection.mirror.talks.get(WHO)
        return talks.turns.get(name) if talks is not None else None

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_so():
                await self.connection.changed.wait()
                self.connection.changed.clear()

    async def until_said(self, turn: str, text: str) -> Talking:
        await self.until(lambda: (found := self.turn(turn)) is not None and found.answer.text == text)
        found = self.turn(turn)
        assert found is not None
        return found


@asynccontextmanager
async def listening(fleet: Fleet) -> AsyncGenerator[Screen]:
    screen = Screen(fleet)
    running = asyncio.create_task(screen.connection.run())
    try:
        # Before it is connected: it listens once it is.
        await screen.connection.listen(WHO)
        await screen.until(lambda: WHO in screen.connection.mirror.talks)
        yield screen
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def said(text: str, at: int = 0) -> str:
    return frame("piece", turn="t", at=at, text=text)


async def test_two_screens_one_of_them_late_and_the_end(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    write_speakers(fleet, names=(WHO,))
    await asyncio.to_thread(serve_speakers, fleet, monkeypatch)
    async with listening(fleet) as first:
        await asyncio.to_thread(tell, fleet, WHO, said("It is "), frame("tool_use", turn="t", call="c", tool="search",
                                summary="x", state="runs"))  # fmt: skip
        await first.until_said("t", "It is ")
        async with listening(fleet) as late:
            talking = await late.until_said("t", "It is ")
            assert [use.state for use in talking.uses.values()] == ["runs"]
            await asyncio.to_thread(tell, fleet, WHO, said("so.", 6))
            for screen in (first, late):
                await screen.until_said("t", "It is so.")
            # Idle: whatever ran is over.
            await asyncio.to_thread(tell, fleet, WHO, frame("activity", activity="idle"))
            for screen in (first, late):
                await screen.until(lambda screen=screen: (turn := screen.turn("t")) is not None and turn.is_over)
        await first.connection.unlisten(WHO)
        count = len(first.frames)
        await asyncio.to_thread(tell, fleet, WHO, said("more", 0))
        async with listening(fleet) as other:
            await other.until_said("t", "more")
        assert len(first.frames) == count


async def test_the_next_coordinator_goes_on_and_what_is_missing_is_seen(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_speakers(fleet, names=(WHO,))
    before = await asyncio.to_thread(serve_speakers, fleet, monkeypatch)
    async with listening(fleet) as screen:
        await asyncio.to_thread(tell, fleet, WHO, said("lost with "))
        await screen.until_said("t", "lost with ")
        before.kill()
        before.wait()
        await asyncio.to_thread(serve_speakers, fleet, monkeypatch)
        await screen.until(lambda: screen.connection.mirror.connected)
        await asyncio.to_thread(tell, fleet, WHO, said("it", 100))
        async with listening(fleet) as late:
            assert (await late.until_said("t", f"{GAP}it")).answer.end == 102
