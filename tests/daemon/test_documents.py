"""The four tiers as a running coordinator shows them."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from fleet import CONFIG, wait_until
from patience import PATIENCE_SECONDS
from tiers_ground import change, clean
from trinity_tui.client import api
from trinity_tui.client.connection import Connection
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fleet import Fleet

BRIEFING = "SESSION_BRIEFING.md"


@pytest.fixture
def served(fleet: Fleet) -> Fleet:
    """A coordinator over four tiers that are in order, without an instance that runs; nobody else writes there."""
    clean(fleet.root)
    fleet.write_config(f'{CONFIG}\n[handoff]\ndocuments = "never"\n\n', {})
    with (fleet.root / "instances.toml").open("a") as file:
        file.write('[instances.builder-1]\nrole = "builder"\nenabled = false\n')
    fleet.serve(ready=False)
    wait_until(fleet.status, "the coordinator answers")
    return fleet


@asynccontextmanager
async def connected(fleet: Fleet, *, read_only: bool = False) -> AsyncGenerator[Connection]:
    """A screen's connection."""
    connection = Connection(fleet.workspace, read_only=read_only)
    running = asyncio.create_task(connection.run())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not connection.mirror.connected:
                await connection.changed.wait()
                connection.changed.clear()
        yield connection
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def news(connection: Connection) -> dict[str, str]:
    """What is new, by document."""
    found = await connection.request("handoff/overview")
    return {one["file"]: one["news"] for one in found["documents"]}


async def told(connection: Connection) -> None:
    """Wait until it is told that documents changed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "documents" not in connection.mirror.take_dirty():
            await connection.changed.wait()
            connection.changed.clear()


async def watched(connection: Connection, served: Fleet) -> None:
    """Wait until changes are seen as they happen, and all that was written before is told."""

    async def touch() -> None:
        for number in range(10_000):
            (served.root / "weather/PROJECT_CONTEXT.md").write_text(f"# {number}\n")
            await asyncio.sleep(0.5)

    task = asyncio.create_task(touch())
    await told(connection)
    await told(connection)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    connection.mirror.take_dirty()


async def read(connection: Connection, **place: str) -> dict[str, Any]:
    """The first passage of a page."""
    return (await connection.request("handoff/read", **place))["passages"][0]


async def test_a_person_reads_changes_and_looks_again(served: Fleet) -> None:
    async with connected(served) as connection:
        assert set((await news(connection)).values()) == {"new"}
        await watched(connection, served)
        await connection.request("handoff/looked", all=True)
        assert set((await news(connection)).values()) == {""}
        change(served.root, BRIEFING, "- Retries of the collector", "- Maps")
        await told(connection)
        assert (await news(connection))[BRIEFING] == "changed"
        seen = await read(connection, file=BRIEFING)
        assert seen["changed"] == [7]
        change(served.root, BRIEFING, "- Maps", "- More maps")
        shown = {"file": BRIEFING, "digest": seen["digest"]}
        assert (await connection.request("handoff/looked", places=[shown]))["kept"] == 0
        shown["digest"] = (await read(connection, file=BRIEFING))["digest"]
        assert (await connection.request("handoff/looked", places=[shown]))["kept"] == 1
        assert (await news(connection))[BRIEFING] == ""
        with pytest.raises(ClientError, match="session hand-x is not there any more"):
            await connection.request("handoff/read", session="hand-x")


async def test_a_document_that_comes_or_goes_is_told(served: Fleet) -> None:
    async with connected(served) as connection:
        await watched(connection, served)
        (served.root / "PORTFOLIO_CONTEXT.md").unlink()
        await told(connection)
        missing = (await connection.request("handoff/overview"))["missing"]
        assert [one["file"] for one in missing] == ["PORTFOLIO_CONTEXT.md"]


async def test_who_only_looks_reads_everything_and_marks_nothing(served: Fleet) -> None:
    async with connected(served, read_only=True) as connection:
        assert await read(connection, file=BRIEFING)
        with pytest.raises(ClientError, match="may not say what the person has seen"):
            await connection.request("handoff/looked", all=True)
        assert set((await news(connection)).values()) == {"new"}


def test_over_http_it_says_what_the_command_says(served: Fleet) -> None:
    found = api.call(served.workspace, "GET", "/handoff/brief?who=builder-1&window=1024")
    assert found == served.json("handoff", "brief", "builder-1", "--window", "1024")
    assert found["left_out"]
    with pytest.raises(ClientError, match="there is no instance builder-2"):
        api.call(served.workspace, "GET", "/handoff/brief?who=builder-2")
    problems = api.call(served.workspace, "GET", "/handoff/checks")["problems"]
    listed = json.loads(served.trinity("handoff", "check", "--json").stdout)
    assert {(one["place"]["file"], one["line"], one["text"]) for one in problems} == {
        (one["file"], one["line"], one["text"]) for one in listed
    }
