"""What happened last night, and who decided what, asked for at a command line of a fleet that runs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from fleet import wait_until
from trinity_tui.client.connection import Connection
from trinity_tui.core.errors import ClientError

if TYPE_CHECKING:
    from fleet import Fleet


async def look(fleet: Fleet, do: str, **args: Any) -> Any:
    """Be a screen for a moment."""
    connection = Connection(fleet.workspace)
    running = asyncio.create_task(connection.run())
    try:
        while not connection.mirror.connected:
            await connection.changed.wait()
            connection.changed.clear()
        return await connection.request(do, **args)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_crash_since_the_person_looked_is_told_and_a_drop_is_kept(fleet: Fleet) -> None:
    fleet.write_config(instances={"explorer-1": "explorer", "lead-1": "lead"})
    fleet.serve()
    asyncio.run(look(fleet, "looked"))
    os.kill(fleet.instances()["lead-1"]["pid"], signal.SIGKILL)

    def crashed() -> list[str]:
        return [row["who"] for row in fleet.json("digest")["rows"] if row["sort"] == "crash"]

    assert wait_until(crashed, "the crash is told") == ["lead-1"]
    said = fleet.trinity("digest", "--since", "1h").stdout
    assert "crashed" in said
    assert "lead-1" in said
    with pytest.raises(ClientError, match="since: 'last night' is no time"):
        asyncio.run(look(fleet, "digest", since="last night"))
    in_the_west = datetime.now(timezone(timedelta(hours=-10))).isoformat()
    told = asyncio.run(look(fleet, "digest", since=in_the_west))
    assert told["since"] != "", "where the clock shows an earlier hour, it is the same moment"
    asyncio.run(look(fleet, "looked"))
    assert crashed() == []
    assert fleet.lines("inbox", "--history") == []


def test_that_nobody_watched_is_told_until_it_was_looked_at(fleet: Fleet) -> None:
    fleet.write_config(instances={"lead-1": "lead"})
    first = fleet.serve()
    asyncio.run(look(fleet, "looked", told=True))
    mark = json.loads(fleet.workspace.looked.read_text())
    fleet.workspace.looked.write_text(json.dumps(mark | {"at": "2026-01-01T00:00:00.000000Z"}))
    first.kill()
    first.wait()
    long_ago = time.time() - 300
    os.utime(fleet.workspace.vigil, (long_ago, long_ago))
    second = fleet.serve()

    def gaps(**args: Any) -> list[str]:
        rows = asyncio.run(look(fleet, "digest", **args))["rows"]
        return [row["text"] for row in rows if row["sort"] == "gap"]

    assert gaps() == ["nobody watched for 5m: the coordinator died"]
    assert "1 time unwatched" in fleet.trinity("digest").stdout
    # Whoever only passed by is told again, in the next screen and by the next coordinator as well.
    asyncio.run(look(fleet, "looked"))
    second.terminate()
    second.wait()
    fleet.serve()
    assert gaps() == ["nobody watched for 5m: the coordinator died"], "one that is replaced soon is no news"
    asyncio.run(look(fleet, "looked", told=True))
    assert gaps() == []
    assert gaps(again=True) == ["nobody watched for 5m: the coordinator died"]
    # After a short absence in which nothing happened too, whatever screen asks.
    looked = json.loads(fleet.workspace.looked.read_text())
    fleet.workspace.looked.write_text(json.dumps(looked | {"left": {name: looked[name] for name in looked["left"]}}))
    assert gaps() == []
    assert gaps(again=True) == ["nobody watched for 5m: the coordinator died"]
    said = fleet.trinity("digest", "--again").stdout
    assert "As it was told at 20" in said
    assert "nobody watched for 5m" in said
