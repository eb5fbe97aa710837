"""The supervisor with a real keeper and real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import SupervisionError
from trinity_tui.core.restart import Rules
from trinity_tui.supervision import EPOCH_ARGUMENT, Alerted, PingRequested
from trinity_tui.supervision.output import tail

if TYPE_CHECKING:
    from supervision.ground import Ground, Make


async def test_starts_and_stops(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"), ground.spec("b", enabled=False))
    pid = await watched.online("a")
    status = watched.status("a")
    assert (status.state, status.desired, status.epoch, status.adopted) == ("ONLINE", "up", 1, False)
    assert watched.status("b").state == "OFFLINE"
    assert ground.leaders("a") == [pid]
    watched.supervisor.want_down("a", "person")
    status = await watched.state("a", "OFFLINE")
    assert status.reason == "stopped by person"
    assert ground.alive() == []


async def test_an_instance_is_told_its_epoch_and_has_only_its_descriptors(ground: Ground, supervise: Make) -> None:
    script = 'echo "$1 $TRINITY_EPOCH $TRINITY_INSTANCE $PWD"; ls /proc/self/fd | tr "\\n" " "; cat; sleep 1000'
    watched = await supervise(ground.spec("a", "sh", "-c", script, "sh", EPOCH_ARGUMENT))
    await watched.spawned("a")
    path = ground.workspace.instance("a").output_of(1)
    await watched.holds(lambda: len(tail(path, 10)) >= 2)
    said, descriptors = tail(path, 10)[0:2]
    assert said == f"1 1 a:{ground.hash} {ground.root}"
    assert descriptors.split() == ["0", "1", "2", "3"], "0 to 2, and the one ls reads the folder with"
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_killed_one_is_back_at_once(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"), rules=Rules(stable_seconds=0.0, window_restarts=100))
    times: list[float] = []
    for _ in range(7):
        pid = await watched.online("a")
        began = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        await watched.until(lambda pid=pid: watched.status("a").pid not in (None, pid))
        times.append(time.perf_counter() - began)
    status = watched.status("a")
    assert status.restarts == 7
    assert status.reason == "restarted: signal 9"
    sys.stderr.write(f"\nkill to spawned: {sorted(times)[3] * 1000:.1f} ms\n")


async def test_a_crash_loop_alerts_once_then_parks(ground: Ground, supervise: Make) -> None:
    rules = Rules(first_delay_seconds=0.01, longest_delay_seconds=0.03, park_failures=6)
    watched = await supervise(ground.spec("a", "sh", "-c", "echo broken; exit 3"), rules=rules)
    status = await watched.state("a", "PARKED")
    assert "ended 6 times in a row, last: exit code 3" in status.reason
    failing, parked = watched.of(Alerted)
    assert (failing.parked, parked.parked) == (False, True)
    assert "ended 3 times in a row" in failing.text
    assert failing.lines == ["broken"]
    assert ground.alive() == []
    watched.supervisor.want_up("a", "person")
    await watched.until(lambda: len(watched.of(Alerted)) == 4)
    assert watched.status("a").restarts == 10


async def test_a_clean_end_is_final_and_a_missing_program_is_named(ground: Ground, supervise: Make) -> None:
    rules = Rules(first_delay_seconds=0.01, longest_delay_seconds=0.02, park_failures=2)
    watched = await supervise(ground.spec("a", "true"), ground.spec("b", "no-such-program"), rules=rules)
    assert (await watched.state("b", "PARKED")).reason.endswith(
        "could not be started: no-such-program: No such file or directory"
    )
    await watched.until(lambda: watched.status("a").reason == "finished")
    assert watched.status("a").state == "OFFLINE"
    assert watched.of(Alerted) != []


async def test_who_ignores_term_is_killed_with_its_family(ground: Ground, supervise: Make) -> None:
    told = ground.root / "pids"
    watched = await supervise(ground.spec("a", *ground.fake("stubborn.py", told, "child"), grace_seconds=0.3))
    await watched.online("a")
    await watched.file(told)
    pids = [int(pid) for pid in told.read_text().split()]
    assert sorted(ground.alive("a")) == sorted(pids)
    began = time.monotonic()
    watched.supervisor.want_down("a", "person")
    assert "stopping" in watched.status("a").reason
    await watched.state("a", "OFFLINE")
    assert time.monotonic() - began >= 0.3
    assert ground.alive() == []


@pytest.mark.parametrize("code", [0, 3])
async def test_what_a_dead_one_leaves_is_cleared(ground: Ground, supervise: Make, code: int) -> None:
    told = ground.root / "pid"
    spec = ground.spec("a", *ground.fake("deserter.py", told, code), restart="never")
    watched = await supervise(spec)
    await watched.until(lambda: watched.status("a").reason in ("finished", "exit code 3; restart is off"))
    assert int(told.read_text())
    assert ground.alive() == []


async def test_a_daemon_is_stopped_with_its_instance(ground: Ground, supervise: Make) -> None:
    told = ground.root / "pid"
    watched = await supervise(ground.spec("a", *ground.fake("deserter.py", told, 0, "wait")))
    await watched.online("a")
    await watched.file(told)
    assert len(ground.alive("a")) == 2
    watched.supervisor.restart("a", "person")
    first = watched.pid("a")
    await watched.until(lambda: watched.status("a").pid not in (None, first))
    assert watched.status("a").restarts == 0, "somebody asked for it"
    assert first not in ground.alive("a")
    assert len(ground.leaders("a")) >= 1


async def test_all_are_stopped_at_once(ground: Ground, supervise: Make) -> None:
    names = [f"i{number}" for number in range(6)]
    files = [ground.root / name for name in names]
    specs = [
        ground.spec(name, *ground.fake("stubborn.py", file, "child"), grace_seconds=0.5)
        for name, file in zip(names, files, strict=True)
    ]
    watched = await supervise(*specs, ground.spec("obedient"))
    for file in files:
        await watched.file(file)
    stopping = asyncio.create_task(watched.supervisor.stop_all())
    await watched.until(lambda: all("stopping" in watched.status(name).reason for name in names))
    assert await stopping == []
    assert ground.alive() == []
    assert ground.keepers() == []


async def test_all_are_wanted_again_after_a_stop_of_all(ground: Ground, supervise: Make) -> None:
    first = await supervise(ground.spec("a"), ground.spec("b"))
    await first.online("a")
    first.supervisor.want_down("b", "person")
    await first.supervisor.stop_all()
    second = await supervise(ground.spec("a"), ground.spec("b"))
    await second.online("a")
    assert second.status("b").state == "OFFLINE"
    assert second.status("b").reason == "stopped by person"
    second.supervisor.want_up("b", "person")
    await second.online("b")


async def test_who_does_not_answer_is_hung(ground: Ground, supervise: Make) -> None:
    rules = Rules(ping_seconds=0.1, ping_timeout_seconds=0.1, stable_seconds=0.0, grace_seconds=1.0)
    watched = await supervise(ground.spec("a"), rules=rules)
    pid = await watched.online("a")
    await watched.until(lambda: len(watched.of(PingRequested)) == 1)
    ping = watched.of(PingRequested)[0]
    watched.supervisor.pong("a", ping.epoch, ping.nonce)
    assert watched.status("a").state == "ONLINE"
    await watched.until(lambda: watched.status("a").state == "DEGRADED")
    await watched.until(lambda: watched.status("a").state == "CRASHED")
    assert "hung" in watched.status("a").reason
    await watched.until(lambda: watched.status("a").pid not in (None, pid))
    assert "pings unanswered" in watched.status("a").reason


async def test_who_is_not_ready_in_time_has_failed(ground: Ground, supervise: Make) -> None:
    rules = Rules(start_seconds=0.1, first_delay_seconds=0.01, park_failures=2, grace_seconds=1.0)
    watched = await supervise(ground.spec("a"), rules=rules)
    assert "not ready after" in (await watched.state("a", "PARKED")).reason
    assert ground.alive() == []


async def test_another_configuration(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"), ground.spec("b"))
    a = await watched.online("a")
    await watched.online("b")
    watched.supervisor.apply([ground.spec("a", "sleep", "2000"), ground.spec("c")])
    await watched.until(lambda: set(watched.supervisor.statuses()) == {"a", "c"})
    await watched.online("c")
    assert watched.pid("a") == a, "what changed takes effect at the next start"
    assert ground.alive("b") == []
    with pytest.raises(SupervisionError, match="no instance 'b'"):
        watched.supervisor.want_up("b", "person")


async def test_what_an_older_run_says_is_ignored(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"))
    await watched.spawned("a")
    watched.supervisor.ready("a", 7)
    watched.supervisor.pong("a", 7, 1)
    watched.supervisor.ready("nobody", 1)
    assert watched.status("a").state == "STARTING"


async def test_a_listener_that_fails_stops_nothing(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"))
    watched.fails = True
    watched.supervisor.want_down("a", "person")
    await watched.state("a", "OFFLINE")
    assert ground.alive("a") == []


async def test_the_fleet_is_restarted_at_a_bounded_rate(ground: Ground, supervise: Make) -> None:
    names = [f"i{number}" for number in range(4 * (os.cpu_count() or 1) + 3)]
    watched = await supervise(*(ground.spec(name) for name in names), rules=Rules(stable_seconds=0.0))
    before = {name: await watched.online(name) for name in names}
    began = time.monotonic()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    for name in names:
        await watched.until(lambda name=name: watched.status(name).pid not in (None, before[name]))
    assert time.monotonic() - began > 0.2, "the last one waits for the third token after the burst"


async def test_one_that_is_lent_runs_until_it_is_given_back(ground: Ground, supervise: Make) -> None:
    spec = ground.spec("b", enabled=False)
    watched = await supervise(spec, ground.spec("c"))
    watched.supervisor.lend("b")
    pid = await watched.online("b")
    watched.supervisor.lend("b")
    await watched.supervisor.aclose()
    watched = await supervise(spec, ground.spec("c"))
    assert watched.pid("b") == pid, "lent is lent, also to the next coordinator"
    watched.supervisor.give_back("b")
    await watched.state("b", "OFFLINE")
    watched.supervisor.lend("c")
    watched.supervisor.give_back("c")
    await watched.online("c")
    assert watched.status("c").desired == "up", "it runs by itself"


async def test_what_a_person_says_is_stronger_than_a_loan(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("b", enabled=False), ground.spec("c", enabled=False))
    watched.supervisor.want_up("b", "person")
    watched.supervisor.want_up("c", "person")
    pid = await watched.online("b")
    watched.supervisor.lend("b")
    watched.supervisor.give_back("b")
    assert watched.pid("b") == pid
    watched.supervisor.want_down("c", "person")
    await watched.state("c", "OFFLINE")
    watched.supervisor.lend("c")
    assert watched.status("c").desired == "down"
    assert watched.supervisor.kept_down() == ["c"]
