"""Limits of memory and age, with real processes."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.restart import Rules
from trinity_tui.supervision import upkeep

if TYPE_CHECKING:
    from supervision.ground import Ground, Make

MB = 2**20
GREEDY = "import os, time\nif not os.fork(): b = bytearray(b'x' * 60_000_000)\ntime.sleep(1000)"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are taken often."""
    monkeypatch.setattr(upkeep, "SAMPLE_SECONDS", 0.02)


async def test_what_it_started_counts_against_its_memory(ground: Ground, supervise: Make) -> None:
    greedy = ground.spec("a", sys.executable, "-c", GREEDY, max_memory_bytes=50 * MB)
    watched = await supervise(greedy, ground.spec("b", max_memory_bytes=50 * MB))
    await watched.online("a")
    await watched.online("b")
    await watched.until(lambda: watched.status("a").epoch == 2)
    status = watched.status("a")
    assert status.reason.startswith("restarted: used ")
    assert status.reason.endswith(" MB of 50")
    assert status.restarts == 1
    assert watched.status("b").epoch == 1
    assert ground.epochs("a") <= {"2"}, "the child that used it is gone too"


async def test_one_that_always_takes_too_much_is_given_up(ground: Ground, supervise: Make) -> None:
    greedy = ground.spec("a", sys.executable, "-c", GREEDY, max_memory_bytes=50 * MB)
    watched = await supervise(greedy, rules=Rules(window_restarts=3))
    for epoch in (1, 2, 3):
        await watched.until(lambda epoch=epoch: watched.status("a").epoch == epoch)
        await watched.online("a")
    status = await watched.state("a", "PARKED")
    assert status.reason.startswith("ended 3 times in 600 s, last: used ")
    assert ground.alive() == []


async def test_an_old_one_is_started_anew_once_it_has_nothing_to_do(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a", max_age_seconds=0.3))
    await watched.online("a")
    await watched.until(lambda: watched.status("a").epoch == 2)
    status = watched.status("a")
    assert status.reason.startswith("started anew: ran ")
    assert (status.restarts, watched.supervisor.statuses()["a"].last_exit[:4]) == (1, "ran ")


async def test_a_sample_is_of_the_run_that_is_there(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a", "sh", "-c", "sleep 1000 & sleep 1000"))
    pid = await watched.online("a")
    await watched.holds(lambda: watched.supervisor.samples().get("a") is not None)
    await watched.holds(lambda: watched.supervisor.samples()["a"].processes == 3)
    os.kill(pid, signal.SIGKILL)
    await watched.until(lambda: watched.status("a").epoch == 2)
    await watched.spawned("a")
    await watched.holds(lambda: "a" in watched.supervisor.samples())
