"""A fleet of which only so many may be starting at once, with real processes: the others wait, each for its turn."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from trinity_tui.core.restart import Rules
from trinity_tui.supervision import StatusChanged

if TYPE_CHECKING:
    from supervision.ground import Ground, Make, Watched

FULL = "waits for its turn: 2 are starting"


def starting(watched: Watched) -> list[str]:
    """Who is starting now."""
    return [name for name, status in watched.supervisor.statuses().items() if status.state == "STARTING"]


def most_at_once(watched: Watched) -> int:
    """How many were starting at the same time, by what was told; one that is stopped over it does not start."""
    now: dict[str, bool] = {}
    most = 0
    for event in watched.of(StatusChanged):
        now[event.instance] = event.status.state == "STARTING" and event.status.desired == "up"
        most = max(most, sum(now.values()))
    return most


def order_of_starts(watched: Watched) -> list[str]:
    """Who was STARTING first."""
    begun = [e.instance for e in watched.of(StatusChanged) if e.status.state == "STARTING"]
    return list(dict.fromkeys(begun))


async def test_so_many_start_at_once_and_the_others_in_their_order(ground: Ground, supervise: Make) -> None:
    names = list("edcba")
    watched = await supervise(*map(ground.spec, names), most_starting=2)
    assert starting(watched) == ["e", "d"]
    for name in "cba":
        status = watched.status(name)
        assert (status.state, status.desired, status.reason) == ("OFFLINE", "up", FULL)
        assert ground.alive(name) == []
    for name in names:
        await watched.online(name)
    assert order_of_starts(watched) == names
    assert most_at_once(watched) == 2


async def test_whoever_leaves_the_start_makes_room_however_it_does(ground: Ground, supervise: Make) -> None:
    """One is killed, one is not ready in time, one cannot be started, one is stopped, one is in no configuration."""
    rules = Rules(first_delay_seconds=1000.0, longest_delay_seconds=1000.0, jitter=0.0, grace_seconds=2.0)
    specs = {name: ground.spec(name) for name in ("killed", "stopped", "gone", "last", "kept")}
    specs["late"] = ground.spec("late", start_seconds=0.2)
    specs["absent"] = ground.spec("absent", str(ground.root / "no-such-program"))
    order = ["killed", "late", "absent", "stopped", "gone", "last", "kept"]
    watched = await supervise(*(specs[name] for name in order), rules=rules, most_starting=1)
    assert starting(watched) == ["killed"]
    os.kill(await watched.spawned("killed"), signal.SIGKILL)
    await watched.spawned("stopped")
    assert [watched.status(name).state for name in ("killed", "late", "absent")] == ["CRASHED"] * 3
    watched.supervisor.want_down("stopped", "person")
    await watched.spawned("gone")
    watched.supervisor.apply([specs[name] for name in order if name != "gone"])
    await watched.online("last")
    await watched.online("kept")
    assert order_of_starts(watched) == order
    assert most_at_once(watched) == 1


async def test_of_a_fleet_that_is_stopped_while_it_waits_nobody_else_is_started(
    ground: Ground, supervise: Make
) -> None:
    watched = await supervise(*map(ground.spec, "abcdef"), most_starting=2)
    await watched.spawned("b")
    assert await watched.supervisor.stop_all() == []
    assert order_of_starts(watched) == ["a", "b"]
    assert ground.alive() == []


async def test_the_next_coordinator_takes_over_who_was_starting_and_goes_on_with_the_line(
    ground: Ground, supervise: Make
) -> None:
    specs = [ground.spec(name) for name in "abcde"]
    first = await supervise(*specs, most_starting=2)
    pids = [await first.spawned(name) for name in "ab"]
    await first.supervisor.aclose()
    second = await supervise(*specs, most_starting=2)
    assert [second.pid(name) for name in "ab"] == pids
    assert starting(second) == ["c", "d"]
    assert second.status("e").reason == FULL
    for name in "cde":
        await second.online(name)


async def test_restarts_of_a_fleet_that_died_take_their_turns(ground: Ground, supervise: Make) -> None:
    rules = Rules(stable_seconds=0.0, grace_seconds=2.0)
    names = "abcdef"
    watched = await supervise(*map(ground.spec, names), rules=rules, most_starting=2)
    pids = {name: await watched.online(name) for name in names}

    def is_new(name: str) -> bool:
        return watched.status(name).pid not in (None, pids[name])

    for pid in pids.values():
        os.kill(pid, signal.SIGKILL)
    await watched.until(lambda: any(watched.status(name).reason == FULL for name in names))
    left = set(names)
    while left:
        await watched.until(lambda: any(is_new(name) for name in left))
        for name in filter(is_new, sorted(left)):
            left.remove(name)
            watched.supervisor.ready(name, watched.status(name).epoch)
    assert most_at_once(watched) == 2
