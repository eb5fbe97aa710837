"""A keeper that is there and does not answer: told to go on, said, replaced; the instances live through all of it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from trinity_tui.process import identity
from trinity_tui.supervision import KeeperChanged, lane, watchdog

if TYPE_CHECKING:
    from supervision.ground import Ground, Make


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less patience than with a busy machine."""
    monkeypatch.setattr(watchdog, "ASK_SECONDS", 0.02)
    monkeypatch.setattr(watchdog, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(watchdog, "MOST_MISSES", 3)
    monkeypatch.setattr(lane, "STOPPED_SECONDS", 0.5)
    monkeypatch.setattr(lane, "HUNG_SECONDS", 0.5)


@pytest.fixture
def unmoved(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stopped stays stopped, whoever tells it to go on: as hung as can be."""
    send = identity.send

    def send_all_but_continue(pid: int, start_time: int, number: int) -> bool:
        return number != signal.SIGCONT and send(pid, start_time, number)

    for module in (identity, lane):
        monkeypatch.setattr(module, "send", send_all_but_continue)


async def test_one_that_was_stopped_goes_on_and_both_are_said(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"))
    await watched.online("a")
    keeper = watched.supervisor.keeper_pid
    assert keeper is not None
    os.kill(keeper, signal.SIGSTOP)
    await watched.until(lambda: [e.is_silent for e in watched.of(KeeperChanged)][-2:] == [True, False])
    assert {event.pid for event in watched.of(KeeperChanged)} == {keeper}
    assert watched.status("a").kept


@pytest.mark.usefixtures("unmoved")
async def test_one_that_hangs_is_replaced_under_its_instances(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"), ground.spec("b"))
    pid = await watched.online("a")
    other = await watched.online("b")
    keeper = watched.supervisor.keeper_pid
    assert keeper is not None
    os.kill(keeper, signal.SIGSTOP)
    await watched.until(lambda: watched.of(KeeperChanged)[-1].is_replaced)
    told = watched.of(KeeperChanged)[-1]
    assert told.reason == f"the keeper (pid {keeper}) did not answer and was killed"
    assert told.pid not in (None, keeper)
    assert watched.pid("a") == pid
    os.kill(other, signal.SIGKILL)
    await watched.until(lambda: watched.status("b").pid not in (None, other))
    assert len(ground.epochs("b")) == 1


@pytest.mark.usefixtures("unmoved")
async def test_one_that_hangs_when_a_coordinator_comes_is_replaced(ground: Ground, supervise: Make) -> None:
    first = await supervise(ground.spec("a"))
    pid = await first.online("a")
    keeper = first.supervisor.keeper_pid
    assert keeper is not None
    await first.supervisor.aclose()
    os.kill(keeper, signal.SIGSTOP)
    second = await supervise(ground.spec("a"))
    await second.holds(lambda: second.supervisor.keeper_pid not in (None, keeper))
    await second.holds(lambda: second.status("a").pid == pid)


async def test_one_that_is_stopped_ends_when_it_is_told_to(ground: Ground, supervise: Make) -> None:
    watched = await supervise(ground.spec("a"))
    await watched.online("a")
    (keeper,) = ground.keepers()
    await watched.supervisor.aclose()
    again = await supervise(ground.spec("a"))
    os.kill(keeper, signal.SIGSTOP)
    assert await again.supervisor.stop_all() == []
    assert ground.keepers() == []
