"""Instances that come after others, with real processes: started when those are ready, stopped before them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trinity_tui.core.restart import Rules
from trinity_tui.supervision import StatusChanged

if TYPE_CHECKING:
    from supervision.ground import Ground, Make, Watched


GRACE_SECONDS = 4.0


def order_of_ends(watched: Watched) -> list[str]:
    """Who was OFFLINE first."""
    ended = [e.instance for e in watched.of(StatusChanged) if e.status.state == "OFFLINE" and e.status.epoch]
    return list(dict.fromkeys(ended))


async def test_one_is_started_when_what_it_comes_after_is_ready(ground: Ground, supervise: Make) -> None:
    late = ground.spec("late", after=["db", "cache"])
    watched = await supervise(late, ground.spec("db"), ground.spec("cache"), ground.spec("later", after=["late"]))
    assert watched.status("late").reason == "waits for db, cache"
    await watched.online("db")
    await watched.until(lambda: watched.status("late").reason == "waits for cache")
    assert (watched.status("late").state, watched.status("late").desired) == ("OFFLINE", "up")
    assert ground.alive("late") == []
    await watched.online("cache")
    late_pid = await watched.online("late")
    await watched.online("later")
    watched.supervisor.restart("db", "person")
    await watched.until(lambda: watched.status("db").epoch == 2)
    await watched.online("db")
    assert watched.pid("late") == late_pid, "what becomes of it later does not touch them"


async def test_of_one_that_is_given_up_those_that_wait_say_so(ground: Ground, supervise: Make) -> None:
    rules = Rules(first_delay_seconds=0.01, longest_delay_seconds=0.02, park_failures=2)
    watched = await supervise(ground.spec("db", "false"), ground.spec("late", after=["db"]), rules=rules)
    await watched.state("db", "PARKED")
    assert watched.status("late").reason == "waits for db (parked)"
    assert watched.status("late").state == "OFFLINE"


async def test_process_compose_530_restarts_while_one_waits_make_one_process(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("db"), ground.spec("late", after=["db"]))
    for _ in range(10):
        watched.supervisor.restart("late", "person")
    await watched.spawned("db")
    assert ground.alive("late") == []
    await watched.online("db")
    for _ in range(3):
        watched.supervisor.restart("late", "person")
    await watched.until(lambda: watched.status("late").epoch == 2)
    pid = await watched.online("late")
    assert ground.leaders("late") == [pid]
    watched.supervisor.want_down("late", "person")
    await watched.state("late", "OFFLINE")
    assert ground.alive("late") == []


async def test_those_that_others_came_after_are_stopped_last(ground: Ground, supervise: Make) -> None:
    specs = [ground.spec("a"), ground.spec("b", after=["a"]), ground.spec("c", after=["b"])]
    watched = await supervise(*specs)
    for name in "abc":
        await watched.online(name)
    watched.supervisor.want_down_all(["a", "b", "c"], "person")
    await watched.state("a", "OFFLINE")
    assert order_of_ends(watched) == ["c", "b", "a"]
    assert watched.status("b").reason == "stopped by person"
    assert ground.alive() == []


async def test_a_stubborn_chain_costs_one_grace(ground: Ground, supervise: Make) -> None:
    def stubborn(name: str, *after: str) -> object:
        told = ground.root / f"pids-{name}"
        return ground.spec(name, *ground.fake("stubborn.py", told), grace_seconds=GRACE_SECONDS, after=list(after))

    watched = await supervise(stubborn("a"), stubborn("b", "a"), stubborn("c", "b"))
    for name in "abc":
        await watched.online(name)
        await watched.file(ground.root / f"pids-{name}")
    began = time.monotonic()
    assert await watched.supervisor.stop_all() == []
    took = time.monotonic() - began
    assert GRACE_SECONDS <= took < 3 * GRACE_SECONDS, "a grace for all, not one for each"
    ends = [e.status.reason for e in watched.of(StatusChanged) if e.status.state == "OFFLINE" and e.status.epoch]
    assert ends == ["stopped by coordinator"] * 3
    assert ground.alive() == []


async def test_one_started_again_before_its_turn_to_stop_goes_on(ground: Ground, supervise: Make) -> None:
    told = ground.root / "pids"
    slow = ground.spec("b", *ground.fake("stubborn.py", told), grace_seconds=2.0, after=["a"])
    watched = await supervise(ground.spec("a"), slow)
    pid = await watched.online("a")
    await watched.online("b")
    await watched.file(told)
    watched.supervisor.want_down_all(["a", "b"], "person")
    await watched.until(lambda: watched.status("b").desired == "down")
    watched.supervisor.want_up("a", "person")
    await watched.state("b", "OFFLINE")
    assert watched.pid("a") == pid


async def test_a_configuration_that_names_others_counts_at_once(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("db"), ground.spec("late", after=["db"]))
    assert watched.status("late").state == "OFFLINE"
    watched.supervisor.apply([ground.spec("db"), ground.spec("late")])
    await watched.spawned("late")
