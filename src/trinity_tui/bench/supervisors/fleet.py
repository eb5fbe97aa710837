"""The real coordinator with real instances: status, a killed instance, a killed coordinator, what it costs at rest."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bench import bound
from trinity_tui.bench.supervisors.rows import STABLE_SECONDS
from trinity_tui.bus import open_bus
from trinity_tui.client import api, found
from trinity_tui.client.connection import Connection
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from trinity_tui.bench.beside import Table

OURS = "trinity"
PATIENCE_SECONDS = 60.0
ASKED = 50
KILLS = 3
CONFIG = "[workspace]\nchecks = []\norphan_ttl_seconds = 5.0\n\n[serve]\nport = 0\n"


class House:
    """A workspace of explorers, and its coordinator."""

    def __init__(self, root: Path, instances: int) -> None:
        self.workspace = Workspace(root)
        self._names = [f"explorer-{number}" for number in range(1, instances + 1)]
        tables = [f'\n[instances.{name}]\nrole = "explorer"\ngrace_seconds = 2.0\n' for name in self._names]
        self.workspace.config.write_text(CONFIG + "".join(tables))
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        self._process: subprocess.Popen[Any] | None = None

    def serve(self) -> None:
        """Start the coordinator; returns when it answers and all instances are there."""
        self._process = bound.start(
            [sys.executable, "-P", "-m", "trinity_tui", "-C", str(self.workspace.root), "serve", "--quiet"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait_online()

    def _wait_online(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(ClientError):
                if all(one["state"] == "ONLINE" for one in self.instances()):
                    return
            time.sleep(0.005)
        raise ClientError(f"the instances were not all online within {PATIENCE_SECONDS:g} s")

    def instances(self) -> list[dict[str, Any]]:
        """How each stands.

        Raises:
            ClientError: The coordinator does not answer.
        """
        return api.call(self.workspace, "GET", "/status")["instances"]

    def pids(self) -> list[int]:
        """The coordinator and the keeper."""
        keeper: dict[str, Any] = msgspec.json.decode(self.workspace.keeper.read_bytes())
        place = found.find(self.workspace)
        return [int(keeper["pid"]), *([place.pid] if place else [])]

    def kill(self) -> None:
        """Kill the coordinator with -9."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Stop everything."""
        with suppress(ClientError):
            api.call(self.workspace, "POST", "/down", {})
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20.0)
            bound.stop(self._process)


async def _asked(workspace: Workspace) -> float:
    """Milliseconds for a status on an open connection, the median."""
    connection = Connection(workspace)
    running = asyncio.create_task(connection.run())
    while not connection.mirror.connected:
        connection.changed.clear()
        await connection.changed.wait()
    times: list[float] = []
    for _ in range(ASKED):
        began = time.monotonic()
        await connection.request("status")
        times.append((time.monotonic() - began) * 1000)
    running.cancel()
    await asyncio.wait([running])
    return statistics.median(times)


async def _back(workspace: Workspace, name: str, pid: int) -> float:
    """Milliseconds from killing an instance until the log says that its next run is online."""
    bus = open_bus(workspace.bus, "bench")
    batches = bus.follow(await bus.end())
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for batch in batches:
            facts = [record.message.metadata for record in batch if record.message.type == "status"]
            if any(fact["instance"] == name and fact["state"] == "ONLINE" and fact["pid"] != pid for fact in facts):
                break
    taken = (time.monotonic() - began) * 1000
    await bus.aclose()
    return taken


def _command(workspace: Workspace) -> float:
    began = time.monotonic()
    argv = [sys.executable, "-m", "trinity_tui", "-C", str(workspace.root), "status", "--json"]
    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return (time.monotonic() - began) * 1000


def measure(table: Table, instances: int, rounds: int) -> None:
    """All of it; the instances that are killed are others each time.

    Raises:
        ClientError: The coordinator did not come up.
    """
    with tempfile.TemporaryDirectory(prefix="trb-") as name:
        house = House(Path(name).resolve(), instances)
        try:
            house.serve()
            _rest(table, house)
            for _ in range(rounds):
                table.add("open", OURS, asyncio.run(_asked(house.workspace)))
                table.add("status", OURS, statistics.median(_command(house.workspace) for _ in range(KILLS)))
            for one in house.instances()[:rounds]:
                table.add("instance", OURS, asyncio.run(_back(house.workspace, one["id"], one["pid"])))
            _again(table, house)
        finally:
            house.close()


def _rest(table: Table, house: House) -> None:
    pids = house.pids()
    before, began = sum(map(bound.cpu_seconds, pids)), time.monotonic()
    time.sleep(STABLE_SECONDS)
    share = (sum(map(bound.cpu_seconds, pids)) - before) / (time.monotonic() - began) * 100
    table.add("house_cpu", OURS, share)
    table.add("house_memory", OURS, sum(map(bound.resident_megabytes, pids)))


def _again(table: Table, house: House) -> None:
    before = {one["id"]: one["pid"] for one in house.instances()}
    house.kill()
    began = time.monotonic()
    house.serve()
    table.add("coordinator", OURS, (time.monotonic() - began) * 1000)
    table.add("kept", OURS, sum(before[one["id"]] != one["pid"] for one in house.instances()))
