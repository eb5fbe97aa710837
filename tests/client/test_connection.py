"""A face's connection: it mirrors what the coordinator has, over every loss of the link, without gap or double."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection

import patience
from patience import PATIENCE_SECONDS
from trinity_tui.client import way
from trinity_tui.client.connection import Connection
from trinity_tui.client.launcher import ensure
from trinity_tui.client.way import Here
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace
from trinity_tui.core.room import Room
from trinity_tui.core.wire import PROTOCOL, face
from trinity_tui.core.wire.face import Greeting

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from fleet import Fleet
    from trinity_tui.client.way import Link


@asynccontextmanager
async def attached(
    fleet: Fleet, *, read_only: bool = False, before: Connection | None = None
) -> AsyncGenerator[Connection]:
    connection = before or Connection(Workspace(fleet.root), read_only=read_only)
    running = asyncio.create_task(connection.run())
    try:
        await until(connection, lambda: connection.mirror.connected)
        yield connection
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(connection: Connection, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await connection.changed.wait()
            connection.changed.clear()


async def settled(fleet: Fleet, *connections: Connection) -> str:
    """The digest all agree on at one position."""

    async def agreed() -> str:
        status = await connections[0].request("status", digest=True)
        found = {(status.get("position"), status.get("digest"))}
        found |= {(one.mirror.room.position, one.mirror.room.digest()) for one in connections}
        return str(status["digest"]) if len(found) == 1 and status else ""

    return await patience.until(agreed, "all agree")


class Watched(Here):
    """The way to a coordinator here, and how often it was asked whether that one died."""

    asked = 0

    def has_died(self) -> bool:
        self.asked += 1
        return super().has_died()


class ByHand(Here):
    """A way whose links are given and taken by the test."""

    def __init__(self) -> None:
        super().__init__(Workspace(Path("nowhere")))
        self.is_open = asyncio.Event()
        self.is_taken = asyncio.Event()

    @asynccontextmanager
    async def link(self) -> AsyncGenerator[Link]:
        await self.is_open.wait()
        yield ByHandLink(self.is_taken)

    def token(self) -> str:
        return ""


@dataclass
class ByHandLink:
    is_taken: asyncio.Event

    async def send(self, message: bytes) -> None:
        pass

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield face.encode(Greeting(PROTOCOL, "shop", "/shop", "C1", 1, 1, 0, room=Room()))
        await self.is_taken.wait()


async def test_a_link_that_is_back_at_once_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    hand = ByHand()
    screen = Connection(hand)
    mirror = screen.mirror
    running = asyncio.create_task(screen.run())

    async def lose() -> None:
        hand.is_open.clear()
        hand.is_taken.set()
        await until(screen, lambda: not mirror.connected)
        hand.is_taken.clear()

    async def find() -> None:
        hand.is_open.set()
        await until(screen, lambda: mirror.connected)

    try:
        assert not mirror.is_told
        monkeypatch.setattr("trinity_tui.client.connection.MISSED_SECONDS", 3_600.0)
        await find()
        await lose()
        assert (mirror.link_reason, mirror.lost_at, mirror.is_told) == (
            "the coordinator closed the connection",
            None,
            True,
        )
        await find()
        assert mirror.parted_at is None
        monkeypatch.setattr("trinity_tui.client.connection.MISSED_SECONDS", 0.0)
        await lose()
        # Nobody has to try in vain for it: an attempt may take minutes.
        await until(screen, lambda: mirror.lost_at is not None)
        assert not mirror.is_told
        await find()
        assert (mirror.lost_at, mirror.is_told) == (None, True)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_two_screens_and_the_coordinator_agree(running_fleet: Fleet) -> None:
    async with attached(running_fleet) as one, attached(running_fleet) as other:
        sent = await one.request("send", to="explorer-1", content="search: refresh", type="question")
        await until(other, lambda: any(row.reply_to == sent["id"] for row in other.mirror.room.flow))
        await settled(running_fleet, one, other)
        assert other.mirror.room.deliveries.by_id[sent["id"]].stage == "answered"


async def test_a_link_that_was_lost_goes_on_without_gap_or_double(fleet: Fleet) -> None:
    first = await asyncio.to_thread(fleet.serve)
    async with attached(fleet) as screen:
        await settled(fleet, screen)
        first.kill()
        first.wait()
        await until(screen, lambda: not screen.mirror.connected)
        assert screen.mirror.link_reason
        with pytest.raises(ClientError, match="not sent"):
            await screen.request("send", to="explorer-1", content="into the void")
        (fleet.root / "shop" / "meanwhile.py").write_text("def meanwhile(seen=[]):\n    return seen\n")
        await asyncio.to_thread(fleet.serve)
        await until(screen, lambda: screen.mirror.connected)
        async with attached(fleet) as fresh:
            await settled(fleet, screen, fresh)
        ids = [row.id for row in screen.mirror.room.flow]
        assert len(ids) == len(set(ids))


async def test_what_only_a_dead_coordinator_knew_is_not_shown_on_by_the_next(fleet: Fleet) -> None:
    fleet.write_config(instances={"lead-1": "lead"})
    first = await asyncio.to_thread(fleet.serve)
    async with attached(fleet) as screen:
        await until(screen, lambda: screen.mirror.room.instances["lead-1"].state == "ONLINE")
    greeting, room = screen.mirror.greeting, screen.mirror.room
    assert greeting is not None
    unsaid = replace(room.instances["lead-1"], since="2026-01-01T00:00:00Z")
    shown = replace(room, instances={"lead-1": unsaid})
    # As the dead one would have said it last, while the log took nothing.
    screen.mirror.apply(replace(greeting, room=shown, position=room.position, as_recorded=False))
    screen.mirror.link(connected=False, reason="it died")
    first.kill()
    first.wait()
    # Who attaches before the first look is told anew anyway.
    await asyncio.to_thread(fleet.serve)
    async with attached(fleet, before=screen), attached(fleet) as fresh:
        await settled(fleet, screen, fresh)


async def test_a_coordinator_that_was_stopped_is_not_shown_as_one_without_news(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way, "PING_HERE_SECONDS", 0.5)
    fleet.write_config(instances={})
    coordinator = await asyncio.to_thread(fleet.serve, ready=False)
    async with attached(fleet) as screen:
        os.kill(coordinator.pid, signal.SIGSTOP)
        try:
            await until(screen, lambda: not screen.mirror.connected)
        finally:
            os.kill(coordinator.pid, signal.SIGCONT)
        await until(screen, lambda: screen.mirror.connected)


async def test_a_coordinator_that_does_not_answer_is_lost_here_within_ten_seconds(running_fleet: Fleet) -> None:
    async with Here(running_fleet.workspace).link() as link:
        assert isinstance(link, ClientConnection)
        assert link.ping_interval
        assert link.ping_timeout
        assert link.close_timeout
        assert link.ping_interval + link.ping_timeout + link.close_timeout < 10.0
        assert link.ping_timeout > 2 * link.ping_interval, "one that is only held up"


async def test_a_connection_that_only_looks_cannot_speak(running_fleet: Fleet) -> None:
    async with attached(running_fleet, read_only=True) as screen:
        assert screen.mirror.greeting is not None
        assert screen.mirror.greeting.rights == "observer"
        with pytest.raises(ClientError, match="the person's to do"):
            await screen.request("send", to="lead-1", content="hello")
        assert (await screen.request("status"))["workspace"] == running_fleet.root.name


async def test_output_is_followed_over_a_restart(fleet: Fleet) -> None:
    await asyncio.to_thread(fleet.serve)
    async with attached(fleet) as screen:
        await screen.follow("lead-1")
        await until(screen, lambda: "lead-1" in screen.mirror.output and bool(screen.mirror.output["lead-1"].lines))
        epoch = screen.mirror.output["lead-1"].epoch
        await screen.request("restart", who="lead-1")

        def is_next() -> bool:
            output = screen.mirror.output["lead-1"]
            return output.epoch > epoch and any("works on" in line for line in output.lines)

        await until(screen, is_next)
        lines = list(screen.mirror.output["lead-1"].lines)
        assert sum("works on" in line for line in lines) == 1


async def test_errors_are_the_coordinators_sentences(running_fleet: Fleet) -> None:
    async with attached(running_fleet) as screen:
        with pytest.raises(ClientError) as refused:
            await screen.request("restart", who="led-1")
        assert "lead-1" in str(refused.value)
        assert refused.value.exit_code == 4
        with pytest.raises(ClientError) as unknown:
            await screen.request("dance")
        assert unknown.value.exit_code == 2
        with pytest.raises(ClientError) as wrong:
            await screen.request("send", to="lead-1", content="x", priority="pressing")
        assert wrong.value.exit_code == 2


async def test_a_screen_that_starts_coordinators_starts_the_next_one(fleet: Fleet) -> None:
    first = await asyncio.to_thread(fleet.serve)
    workspace = Workspace(fleet.root)
    watched = Watched(workspace)
    connection = Connection(watched, revive=lambda: ensure(workspace))
    running = asyncio.create_task(connection.run())
    try:
        await until(connection, lambda: connection.mirror.connected)
        before = connection.mirror.greeting
        first.kill()
        first.wait()
        await until(connection, lambda: not connection.mirror.connected)
        await until(connection, lambda: connection.mirror.connected)
        assert before is not None
        assert connection.mirror.greeting is not None
        assert connection.mirror.greeting.pid != before.pid
        # One that was told to end stays away.
        await asyncio.to_thread(fleet.trinity, "down", "--yes")
        await until(connection, lambda: not connection.mirror.connected)
        asked = watched.asked
        await patience.until(lambda: watched.asked > asked + 1, "it looks whether it is to start one")
        assert not fleet.processes()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_answer_that_takes_longer_than_the_one_before_it_comes(fleet: Fleet) -> None:
    fleet.write_config(instances={})
    await asyncio.to_thread(fleet.serve, ready=False)
    async with attached(fleet) as screen, asyncio.timeout(PATIENCE_SECONDS):
        quick = asyncio.create_task(screen.request("status"))
        slow = asyncio.create_task(screen.request("delivery", id="nobody-said-it", timeout=0.5))
        assert (await quick)["instances"] == []
        with pytest.raises(ClientError, match="no message 'nobody-said-it'"):
            await slow
