"""A face's connection: it mirrors what the coordinator has, over every loss of the link, without gap or double."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from trinity_tui.client.connection import Connection
from trinity_tui.client.launcher import ensure
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from fleet import Fleet

PATIENCE_SECONDS = 20.0


@asynccontextmanager
async def attached(fleet: Fleet, *, read_only: bool = False) -> AsyncGenerator[Connection]:
    connection = Connection(Workspace(fleet.root), read_only=read_only)
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
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            status = await connections[0].request("status", digest=True)
            found = {(status.get("position"), status.get("digest"))}
            found |= {(one.mirror.room.position, one.mirror.room.digest()) for one in connections}
            if len(found) == 1 and status:
                return str(status["digest"])
            await asyncio.sleep(0.05)


async def test_two_screens_and_the_coordinator_agree(fleet: Fleet) -> None:
    await asyncio.to_thread(fleet.serve)
    async with attached(fleet) as one, attached(fleet) as other:
        sent = await one.request("send", to="explorer-1", content="search: refresh", type="question")
        await until(other, lambda: any(row.reply_to == sent["id"] for row in other.mirror.room.flow))
        await settled(fleet, one, other)
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


async def test_a_connection_that_only_looks_cannot_speak(fleet: Fleet) -> None:
    await asyncio.to_thread(fleet.serve)
    async with attached(fleet, read_only=True) as screen:
        assert screen.mirror.greeting is not None
        assert screen.mirror.greeting.rights == "observer"
        with pytest.raises(ClientError, match="the person's to do"):
            await screen.request("send", to="lead-1", content="hello")
        assert (await screen.request("status"))["workspace"] == fleet.root.name


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


async def test_errors_are_the_coordinators_sentences(fleet: Fleet) -> None:
    await asyncio.to_thread(fleet.serve)
    async with attached(fleet) as screen:
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
    connection = Connection(workspace, revive=lambda: ensure(workspace))
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
        await asyncio.sleep(3.0)
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
