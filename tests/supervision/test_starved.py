"""One that gets no processor is not taken for hung; one that hangs is. With real processes and a real lack."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.restart import Rules
from trinity_tui.process.identity import identify
from trinity_tui.process.scheduling import look
from trinity_tui.supervision import PingRequested, StatusChanged

if TYPE_CHECKING:
    from supervision.ground import Ground, Make, Watched

ME = identify(os.getpid())
pytestmark = pytest.mark.skipif(not ME or look(ME, 0.0) is None, reason="the kernel does not count (SCHED_INFO)")

RULES = Rules(ping_seconds=0.2, ping_timeout_seconds=0.2, stable_seconds=0.0, grace_seconds=1.0)
SPINS = "while True: pass"
WAITS = "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()"


def reasons(watched: Watched) -> list[str]:
    """Every reason that was told of it."""
    return [event.status.reason for event in watched.of(StatusChanged)]


def is_found_hung(watched: Watched) -> bool:
    """Whether it was told that it hangs."""
    return any(reason.startswith("hung: ") for reason in reasons(watched))


def feed(pid: int) -> None:
    """Give it as much of a processor as anybody has: on a machine at work, one of least weight may have none at all."""
    os.sched_setaffinity(pid, os.sched_getaffinity(0))
    os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))


async def starve(ground: Ground, watched: Watched) -> tuple[int, int]:
    """Wait until it has no processor, and speak for it; returns its pid, and that of what keeps it from one."""
    await watched.file(ground.root / "pid")
    return await watched.online("a"), int((ground.root / "pid").read_text())


async def test_one_that_gets_no_processor_goes_on_and_answers_when_it_has_one(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a", *ground.fake("starved.py", ground.root / "pid")), rules=RULES)
    pid, rival = await starve(ground, watched)
    await watched.until(lambda: len(watched.of(PingRequested)) > 3 * RULES.ping_misses)
    status = watched.status("a")
    assert (status.pid, status.state, status.source, status.restarts) == (pid, "DEGRADED", "kernel", 0)
    assert status.reason.startswith("gets no processor: waited ")
    os.kill(rival, signal.SIGSTOP)
    while watched.status("a").state != "ONLINE":
        ping = watched.of(PingRequested)[-1]
        watched.supervisor.pong("a", ping.epoch, ping.nonce)
        await asyncio.sleep(0)
    assert (watched.status("a").pid, watched.status("a").restarts) == (pid, 0)


async def test_one_that_has_a_processor_again_and_gives_no_answer_hangs(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a", *ground.fake("starved.py", ground.root / "pid")), rules=RULES)
    pid, rival = await starve(ground, watched)
    await watched.until(lambda: len(watched.of(PingRequested)) > 2 * RULES.ping_misses)
    assert watched.status("a").state == "DEGRADED"
    os.kill(rival, signal.SIGKILL)
    feed(pid)
    await watched.until(lambda: is_found_hung(watched))


async def test_one_that_is_stopped_while_it_has_no_processor_hangs(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a", *ground.fake("starved.py", ground.root / "pid")), rules=RULES)
    pid, _ = await starve(ground, watched)
    await watched.until(lambda: len(watched.of(PingRequested)) > 2 * RULES.ping_misses)
    os.kill(pid, signal.SIGSTOP)
    await watched.until(lambda: is_found_hung(watched))


async def test_patience_with_one_that_gets_no_processor_ends(ground: Ground, supervise: Make) -> None:
    rules = Rules(ping_seconds=0.2, ping_timeout_seconds=0.2, starved_seconds=1.5, stable_seconds=0.0)
    watched = await supervise(ground.spec("a", *ground.fake("starved.py", ground.root / "pid")), rules=rules)
    pid, _ = await starve(ground, watched)
    await watched.until(lambda: watched.status("a").pid not in (None, pid))
    assert any(reason.endswith("s, for want of a processor; stopping it") for reason in reasons(watched))


@pytest.mark.parametrize("script", [SPINS, WAITS], ids=["spins", "waits"])
async def test_one_that_spins_or_waits_for_ever_hangs(ground: Ground, supervise: Make, script: str) -> None:
    watched = await supervise(ground.spec("a", sys.executable, "-S", "-E", "-c", script), rules=RULES)
    await watched.online("a")
    await watched.until(lambda: is_found_hung(watched))
