"""Another version meets what the one before left: coordinator, log and records. The instances go on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from fleet import wait_until
from patience import PATIENCE_SECONDS
from trinity_tui.bus import layout
from trinity_tui.cli import handover
from trinity_tui.client.connection import Connection
from trinity_tui.core.paths import Workspace
from trinity_tui.supervision import records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fleet import Fleet

TEAM = {"builder-1": "builder", "lead-1": "lead"}


@pytest.fixture
def fleet(fleet: Fleet) -> Fleet:
    """Two instances: enough for one that something befalls, and one that it does not."""
    fleet.write_config(instances=TEAM)
    return fleet


def pids(fleet: Fleet) -> dict[str, int]:
    return {name: one["pid"] for name, one in fleet.instances().items()}


def rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    path.write_text(json.dumps(change(json.loads(path.read_text()))))


def without(*keys: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda found: {key: value for key, value in found.items() if key not in keys}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "coordinator.log"
    }


async def until(connection: Connection, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await connection.changed.wait()
            connection.changed.clear()


async def test_the_coordinator_is_replaced_and_nobody_else_notices(fleet: Fleet) -> None:
    first = await asyncio.to_thread(fleet.serve)
    before, keeper = pids(fleet), fleet.status()["coordinator"]["keeper"]
    connection = Connection(Workspace(fleet.root))
    running = asyncio.create_task(connection.run())
    try:
        await until(connection, lambda: connection.mirror.connected)
        done = await asyncio.to_thread(fleet.json, "restart", "--coordinator")
        assert done["before"] == first.pid != done["pid"]
        assert first.wait() == 0
        await until(connection, lambda: getattr(connection.mirror.greeting, "pid", 0) == done["pid"])
        await until(connection, lambda: connection.mirror.connected)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await asyncio.to_thread(fleet.wait_for_states)
    assert (pids(fleet), fleet.status()["coordinator"]["keeper"]) == (before, keeper)
    assert fleet.status()["coordinator"]["pid"] == done["pid"]


def test_the_next_one_listens_where_the_one_before_was_told_to(fleet: Fleet) -> None:
    fleet.write_config(instances={"lead-1": "lead"})
    fleet.trinity("restart", "--coordinator")
    fleet.wait_for_states()
    rewrite(fleet.root / ".trinity/coordinator.json", lambda found: found | {"words": ["--computer", "C9"]})
    fleet.json("restart", "--coordinator")
    fleet.wait_for_states()
    coordinator = json.loads((fleet.root / ".trinity/coordinator.json").read_text())
    assert coordinator["words"] == ["--computer", "C9"]


def test_one_that_hangs_is_replaced(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "LEAVE_SECONDS", 0.1)
    first = fleet.serve()
    before = pids(fleet)
    os.kill(first.pid, signal.SIGSTOP)
    done = handover.replace(Workspace(fleet.root))
    assert first.wait() == -signal.SIGKILL
    assert done["before"] == first.pid
    fleet.wait_for_states()
    assert pids(fleet) == before


def test_what_the_next_one_would_refuse_leaves_the_present_one_at_work(fleet: Fleet) -> None:
    fleet.serve()
    before = fleet.status()["coordinator"]["pid"]
    config = fleet.root / "instances.toml"
    config.write_text(config.read_text().replace('role = "lead"', 'role = "leed"'))
    done = fleet.trinity("restart", "--coordinator")
    assert done.returncode == 2
    assert 'unknown role "leed"' in done.stderr
    assert fleet.status()["coordinator"]["pid"] == before


def test_restart_says_whom_it_takes(fleet: Fleet) -> None:
    for words in (("restart",), ("restart", "all", "--coordinator")):
        done = fleet.trinity(*words)
        assert (done.returncode, "WHO or --coordinator" in done.stderr) == (2, True)


def test_another_protocol_is_a_sentence_with_the_command(fleet: Fleet) -> None:
    first = fleet.serve()
    rewrite(fleet.root / ".trinity/coordinator.json", lambda found: found | {"protocol": 0, "version": "0.0.9"})
    done = fleet.trinity("send", "lead-1", "hello")
    assert done.returncode == 1
    assert f"the coordinator (pid {first.pid}) speaks protocol 0 (Trinity 0.0.9), this command" in done.stderr
    assert "`trinity restart --coordinator` replaces it, and the instances go on" in done.stderr
    assert fleet.trinity("down", "--yes").returncode == 0
    assert first.wait() == 0


def test_another_version_of_the_same_protocol_is_said_and_used(fleet: Fleet) -> None:
    fleet.serve()
    rewrite(fleet.root / ".trinity/coordinator.json", lambda found: found | {"version": "0.0.9"})
    done = fleet.trinity("status")
    assert done.returncode == 0
    assert "The coordinator is Trinity 0.0.9, this is " in done.stderr


def test_what_an_older_version_left_is_taken_over(fleet: Fleet) -> None:
    first = fleet.serve()
    sent = fleet.ask("lead-1", "search: refresh")
    before = pids(fleet)
    first.kill()
    first.wait()
    runtime = fleet.root / ".trinity"
    rewrite(runtime / "bus/format.json", without("format", "generation", "starts"))
    for name in TEAM:
        rewrite(runtime / "instances" / name / "process.json", without("format"))
    rewrite(runtime / "coordinator.json", without("version", "protocol", "words", "start_time"))
    fleet.serve()
    assert pids(fleet) == before
    assert sent["id"] in [row["id"] for row in fleet.messages(limit=500)]
    assert json.loads((runtime / "bus/format.json").read_text())["format"] == layout.FORMAT
    for name in TEAM:
        assert json.loads((runtime / "instances" / name / "process.json").read_text())["format"] == 1
    assert fleet.ask("lead-1", "search: refresh")["stage"] == "answered"


def test_what_a_newer_version_left_is_refused_and_left_alone(fleet: Fleet) -> None:
    first = fleet.serve()
    fleet.trinity("down", "--yes")
    first.wait()
    runtime = fleet.root / ".trinity"
    newest = {
        runtime / "instances/lead-1/process.json": records.FORMATS.newest,
        runtime / "bus/format.json": layout.FORMAT,
    }
    for path, known in newest.items():
        text = path.read_text()
        rewrite(path, lambda found: found | {"format": 99})
        before = contents(runtime)
        done = fleet.trinity("serve")
        assert done.returncode == 1
        assert f"{path} has format 99, written by a newer Trinity; this one reads up to {known}" in done.stderr
        assert contents(runtime) == before
        assert fleet.processes() == []
        path.write_text(text)


def test_two_that_replace_it_at_once_leave_one(fleet: Fleet) -> None:
    fleet.serve()
    before = pids(fleet)
    wait_until(lambda: fleet.status(), "the coordinator")

    async def twice() -> None:
        await asyncio.gather(*(asyncio.to_thread(fleet.trinity, "restart", "--coordinator") for _ in range(2)))

    asyncio.run(twice())
    fleet.wait_for_states()
    assert pids(fleet) == before
    # Who came second may still be about to end.
    wait_until(
        lambda: (
            [pid for pid, words in fleet.commands().items() if b"serve" in words]
            == [fleet.status()["coordinator"]["pid"]]
        ),
        "one coordinator is left",
    )
