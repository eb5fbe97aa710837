"""``trinity bus``: what it says of a whole log and of a damaged one, with and without a coordinator."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from fleet import wait_until
from nats_server import NatsServer
from trinity_tui.bus import new_message, open_bus
from trinity_tui.bus.nats.nats_bus import open_nats_bus
from trinity_tui.bus.nats.place import Place
from trinity_tui.client import api
from trinity_tui.core.errors import ClientError
from trinity_tui.core.message import Message
from trinity_tui.core.paths import Workspace
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fleet import Fleet

SEGMENT_BYTES = 6000
TIGHT = "[bus]\nretain_bytes = 1\n\n[serve]\nport = 0\n"


def plant_log(root: Path, count: int = 200) -> None:
    """A log of many small segments."""

    async def fill() -> None:
        bus = open_bus(root / ".trinity" / "bus", "lead-1", segment_bytes=SEGMENT_BYTES)
        for number in range(count):
            await bus.publish(new_message("lead-1", "human", "chat", f"number {number}"))
        await bus.aclose()

    (root / ".trinity").mkdir(mode=0o700)
    asyncio.run(fill())


def test_a_log_is_checked_counted_and_kept_within_its_limits_without_a_coordinator(fleet: Fleet) -> None:
    fleet.write_config(TIGHT, {})
    assert fleet.trinity("bus", "stats").returncode == 4
    plant_log(fleet.root)
    before = fleet.json("bus", "stats")
    assert (before["messages"], before["first"], before["snapshots"]["count"]) == (200, 0, 0)
    done = fleet.json("bus", "compact")
    assert done["dropped"] == before["segments"] - 5
    after = fleet.json("bus", "stats")
    assert after["first"] == done["first"] > 0
    assert (after["segments"], after["snapshots"]["count"]) == (5, 5)
    checked = fleet.json("bus", "check")
    assert (checked["messages"], checked["snapshots"], checked["damage"]) == (after["messages"], 5, [])
    assert "Nothing is damaged." in fleet.trinity("bus", "check").stdout
    assert "carrier" in fleet.trinity("bus", "stats").stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of this test's own."""
    server = NatsServer(tmp_path / "nats")
    yield server
    server.close()


async def fill_stream(root: Path, server: NatsServer) -> None:
    """Messages, a long content, and a line that is no message."""
    bus = await open_nats_bus(root / ".trinity" / "bus", "lead-1", Place(servers=[server.url], stream="shop"))
    await bus.publish(*(new_message("lead-1", "human", "chat", f"number {number}") for number in range(20)))
    await bus.publish(new_message("lead-1", "human", "chat", "long " * 20_000))
    await bus.link.jetstream().publish("shop.to.C1.human.normal.C1.lead-1", b'{"v":1,"torn')
    await bus.aclose()


def test_a_stream_is_checked_counted_and_kept_by_the_same_commands(fleet: Fleet, server: NatsServer) -> None:
    fleet.write_config(f'[bus]\ncarrier = "{server.url}"\nstream = "shop"\nretain_bytes = 1\n', {})
    (fleet.root / ".trinity").mkdir(mode=0o700)
    asyncio.run(fill_stream(fleet.root, server))
    found = fleet.json("bus", "stats")
    assert (found["carrier"], found["messages"], found["end"], found["segments"]) == (server.url, 22, 23, 1)
    assert "packing them is for the server" in fleet.trinity("bus", "stats").stdout
    done = fleet.trinity("bus", "compact")
    assert "0 segments given up; the log begins at 1." in done.stdout
    assert "Nothing is packed and no long content removed: that is for the server" in done.stdout
    checked = fleet.trinity("bus", "check", "--json")
    assert checked.returncode == 1
    told = json.loads(checked.stdout)
    assert (told["messages"], told["contents"]) == (21, 1)
    assert [(each["file"], each["line"]) for each in told["damage"]] == [(f"{server.url} shop", 22)]
    assert not (fleet.root / ".trinity" / "bus" / "format.json").exists(), "no log of files is begun beside it"
    server.kill()
    away = fleet.trinity("bus", "stats")
    assert away.returncode == 1
    assert server.url in away.stderr


def test_damage_is_told_with_file_and_line(fleet: Fleet) -> None:
    fleet.write_config("", {})
    plant_log(fleet.root)
    log = Workspace(fleet.root).bus / "log"
    first = sorted(log.glob("*.jsonl"))[0]
    lines = first.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"number 2", b"number 7")
    lines.insert(4, lines[4][:50])
    first.write_bytes(b"\n".join(lines))
    done = fleet.trinity("bus", "check", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert {"file": str(first), "line": 3, "problem": "the sum does not hold"} in found["damage"]
    assert found["torn"] == 1
    said = fleet.trinity("bus", "check").stdout
    assert f"{first}:3: the sum does not hold" in said
    assert "\n1 line left unfinished by a killed writer and never accepted.\n" in said


def test_a_running_coordinator_keeps_it_and_replays_it(fleet: Fleet) -> None:
    fleet.write_config(TIGHT, {})
    plant_log(fleet.root)
    fleet.serve(ready=False)
    workspace = Workspace(fleet.root)
    wait_until(fleet.status, "the coordinator answers")
    wait_until(lambda: len(list(workspace.snapshots.glob("*.json.gz"))) >= 5, "snapshots at the seams")
    done = fleet.json("bus", "compact")
    assert done["first"] > 0
    first = fleet.json("bus", "stats")["first"]
    # From any kept position a screen folds to the room the coordinator has.
    seek = api.call(workspace, "GET", f"/replay?position={first + 9000}&limit=7")
    assert first <= seek["position"] <= first + 9000
    folder = Folder(msgspec.convert(seek["room"], Room, strict=False))
    page: dict[str, Any] = seek
    while page["records"]:
        for record in page["records"]:
            folder.apply(Record(record["position"], msgspec.convert(record["message"], Message)))
        page = api.call(workspace, "GET", f"/replay?position=0&start={page['next']}")
    assert folder.room.digest() == api.call(workspace, "GET", "/status?digest=true")["digest"]
    assert fleet.trinity("bus", "check").returncode == 0
    with pytest.raises(ClientError, match="older than kept") as refused:
        api.call(workspace, "GET", f"/replay?position={first - 1}")
    assert refused.value.exit_code == 4
