"""Taking over: after the death of the coordinator, of the keeper, of both; and what must not be taken over."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from patience import PATIENCE_SECONDS, until
from trinity_tui.core.wire.keeper import ExitRecord
from trinity_tui.process import procfs
from trinity_tui.process.identity import identify
from trinity_tui.store import document
from trinity_tui.supervision import InstanceSpec, KeeperChanged, StatusChanged
from trinity_tui.supervision.records import ProcessRecord

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from supervision.ground import Ground, Make


@asynccontextmanager
async def coordinator(ground: Ground, *specs: InstanceSpec) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    """A coordinator in a process of its own that has everything up; killed in the end."""
    file = ground.root / "specs.json"
    file.write_bytes(msgspec.json.encode(specs))
    program = [sys.executable, str(_fake()), str(ground.root), str(ground.sockets), str(file)]
    process = await asyncio.create_subprocess_exec(*program, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await process.stdout.readline() == b"up\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _fake() -> Path:
    from pathlib import Path

    return Path(__file__).parents[1] / "fakes" / "coordinator.py"


async def until_leaders(ground: Ground, *names: str) -> dict[str, int]:
    def leaders() -> dict[str, int] | None:
        found = {name: ground.leaders(name) for name in names}
        return {name: pids[0] for name, pids in found.items()} if all(len(x) == 1 for x in found.values()) else None

    return await until(leaders, f"{', '.join(names)} run")


async def test_a_new_coordinator_takes_over_the_same_processes(ground: Ground, supervise: Make) -> None:
    specs = [ground.spec("a"), ground.spec("b", *ground.fake("chatter.py", 100000, 10, 0.005))]
    async with coordinator(ground, *specs):
        before = await until_leaders(ground, "a", "b")
        keepers = ground.keepers()
    assert len(keepers) == 1
    watched = await supervise(*specs)
    assert {name: watched.pid(name) for name in "ab"} == before
    assert {name: ground.leaders(name) for name in "ab"} == {name: [pid] for name, pid in before.items()}
    assert ground.keepers() == keepers
    status = watched.status("a")
    assert (status.state, status.adopted) == ("ONLINE", True)
    assert status.started_at is not None
    os.kill(before["a"], signal.SIGKILL)
    await watched.until(lambda: watched.status("a").pid not in (None, before["a"]))
    assert "signal 9" in watched.status("a").reason
    assert not watched.status("a").adopted
    assert watched.status("a").epoch == 2


async def test_who_died_while_nobody_looked_is_started_again(ground: Ground, supervise: Make) -> None:
    specs = [ground.spec("a"), ground.spec("b"), ground.spec("c")]
    async with coordinator(ground, *specs):
        before = await until_leaders(ground, "a", "b", "c")
    os.kill(before["a"], signal.SIGKILL)
    os.kill(before["b"], signal.SIGTERM)
    watched = await supervise(*specs)
    for name in "ab":
        await watched.until(lambda name=name: watched.status(name).pid not in (None, before[name]))
        assert ground.leaders(name) == [watched.pid(name)]
    assert watched.status("a").restarts == 1
    assert watched.pid("c") == before["c"]


async def test_the_keepers_death_costs_no_instance_its_life(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"), ground.spec("b"))
    a, b = await watched.online("a"), await watched.online("b")
    old = watched.supervisor.keeper_pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    await watched.until(lambda: [event.pid is None for event in watched.of(KeeperChanged)] == [False, True, False])
    assert watched.supervisor.keeper_pid not in (None, old)
    assert (ground.leaders("a"), ground.leaders("b")) == ([a], [b])
    os.kill(a, signal.SIGKILL)
    await watched.until(lambda: watched.status("a").pid not in (None, a))
    died = watched.status("a").reason
    assert ("signal 9" in died) or ("status unknown" in died)
    watched.supervisor.want_down("b", "person")
    await watched.state("b", "OFFLINE")
    assert ground.alive("b") == []
    new = watched.pid("a")
    os.kill(new, signal.SIGKILL)
    await watched.online("a")
    await watched.until(lambda: watched.status("a").pid not in (None, new))
    assert "signal 9" in watched.status("a").reason


async def test_both_may_die(ground: Ground, supervise: Make) -> None:
    told = ground.root / "pids"
    specs = [ground.spec("a"), ground.spec("b", *ground.fake("stubborn.py", told, "child"), grace_seconds=0.3)]
    async with coordinator(ground, *specs):
        before = await until_leaders(ground, "a", "b")
        await until(told.exists)
        os.kill(ground.keepers()[0], signal.SIGKILL)
    watched = await supervise(*specs)
    assert {name: watched.pid(name) for name in "ab"} == before
    assert all(watched.status(name).adopted for name in "ab")
    assert await watched.supervisor.stop_all() == []
    assert ground.alive() == []
    assert ground.keepers() == []


async def test_a_pid_that_is_anothers_is_not_touched(ground: Ground, supervise: Make) -> None:
    bystander = await asyncio.create_subprocess_exec("sleep", "1000", start_new_session=True)
    try:
        who = identify(bystander.pid)
        assert who is not None
        places = ground.workspace.instance("a")
        places.folder.mkdir(parents=True)
        record = ProcessRecord(
            epoch=4, pid=who.pid, start_time=who.start_time - 1, boot_id=who.boot_id, started_at=1.0, restarts=3
        )
        document.write(places.process, record)
        watched = await supervise(ground.spec("a"))
        pid = await watched.spawned("a")
        assert pid != bystander.pid
        assert watched.status("a").epoch == 5
        watched.supervisor.want_down("a", "person")
        await watched.state("a", "OFFLINE")
        assert identify(bystander.pid) == who
    finally:
        bystander.kill()
        await bystander.wait()


async def test_another_boot_is_no_crash(ground: Ground, supervise: Make) -> None:
    places = ground.workspace.instance("a")
    places.folder.mkdir(parents=True)
    document.write(places.process, ProcessRecord(epoch=4, pid=os.getpid(), start_time=1, boot_id="older"))
    watched = await supervise(ground.spec("a"))
    await watched.online("a")
    assert (watched.status("a").epoch, watched.status("a").restarts) == (5, 0)


async def test_a_damaged_record_is_none(ground: Ground, supervise: Make) -> None:
    places = ground.workspace.instance("a")
    places.output.mkdir(parents=True)
    places.process.write_bytes(b'{"epoch":4,"pi')
    places.output_of(6).write_bytes(b"old\n")
    watched = await supervise(ground.spec("a"))
    await watched.online("a")
    assert watched.status("a").epoch == 7


async def test_a_stray_nobody_has_on_record_is_stopped_first(ground: Ground, supervise: Make) -> None:
    env = {"PATH": os.environ["PATH"], "TRINITY_INSTANCE": f"a:{ground.hash}"}
    stray = await asyncio.create_subprocess_exec("sleep", "1000", env=env, start_new_session=True)
    removed = await asyncio.create_subprocess_exec(
        "sleep", "1000", env=env | {"TRINITY_INSTANCE": f"gone:{ground.hash}"}, start_new_session=True
    )
    watched = await supervise(ground.spec("a"))
    await watched.spawned("a")
    assert await asyncio.wait_for(stray.wait(), PATIENCE_SECONDS) == -signal.SIGTERM
    assert await asyncio.wait_for(removed.wait(), PATIENCE_SECONDS) == -signal.SIGTERM
    assert ground.leaders("a") == [watched.pid("a")]


async def test_a_person_stopped_it_and_so_it_stays(ground: Ground, supervise: Make) -> None:
    first = await supervise(ground.spec("a"), ground.spec("b", enabled=False), ground.spec("c", "sh", "-c", "exit 78"))
    await first.online("a")
    first.supervisor.want_down("a", "person")
    first.supervisor.want_up("b", "person")
    await first.state("a", "OFFLINE")
    b = await first.online("b")
    assert "ended with 78" in (await first.state("c", "PARKED")).reason
    await first.supervisor.aclose()
    second = await supervise(ground.spec("a"), ground.spec("b", enabled=False), ground.spec("c", "sh", "-c", "exit 78"))
    assert second.status("a").state == "OFFLINE"
    assert second.pid("b") == b
    assert second.status("c").state == "PARKED"
    assert "ended with 78" in second.status("c").reason


async def test_leaving_stops_nothing(ground: Ground, supervise: Make) -> None:
    first = await supervise(ground.spec("a"))
    pid = await first.online("a")
    await first.supervisor.aclose()
    assert ground.leaders("a") == [pid]
    second = await supervise(ground.spec("a"))
    assert second.pid("a") == pid
    assert second.of(StatusChanged)[0].status.adopted
    await second.supervisor.aclose(leave_running=False)
    assert ground.alive() == []


async def test_how_it_ended_is_written_by_the_keeper(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a", "sh", "-c", "exit 125"))
    await watched.state("a", "PARKED")
    written = document.read(ground.workspace.instance("a").exit, ExitRecord)
    assert written is not None
    assert (written.epoch, written.code, written.signal) == (1, 125, None)
    assert procfs.read_stat(written.pid) is None
