"""Budgets in force: paused once they are used up, told once, gone on by themselves; over coordinators as well."""

from __future__ import annotations

import asyncio
import time
import zlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from coordinator.authority import at_work
from coordinator.strict import forget, never
from patience import PATIENCE_SECONDS
from trinity_tui.bus import new_message, open_bus
from trinity_tui.coordinator.budgets import Budgets, Hands
from trinity_tui.coordinator.coordinator import Coordinator
from trinity_tui.coordinator.provider_limits import ProviderLimits
from trinity_tui.coordinator.standing import Standing, Supervised
from trinity_tui.core.budget import BUDGET, DAY_SECONDS, RATE, Budget, LimitsConfig
from trinity_tui.core.config import InstanceConfig
from trinity_tui.core.wall_clock import Moment
from trinity_tui.core.wire.live import Spent

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

MIDNIGHT = 20_778 * DAY_SECONDS
NAMES = ("builder-1", "lead-1")
LIMITS = LimitsConfig(tokens_per_day=1_000, requests_per_minute=3, turns_per_task=2)


class Clock:
    """A machine's clocks, moved by hand."""

    def __init__(self) -> None:
        self.now = MIDNIGHT + 3_600.0
        self.set_by = 0.0
        """How far a person set the wall clock."""

    def __call__(self) -> Moment:
        return Moment(self.now, self.now - self.set_by)

    def set(self, seconds: float) -> None:
        self.now += seconds
        self.set_by += seconds


class Authority:
    """A coordinator with budgets over instances that are online."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.clock = clock
        self.bus = open_bus(root, "coordinator")
        self.standing = Standing({name: InstanceConfig(role=name[:-2]) for name in NAMES}, lambda: 0.0)
        self.it = Coordinator(self.bus, self.standing, never, forget, print)
        self.budget = Budget(1_000, 2_000_000)
        self.cuts: list[tuple[str, str]] = []
        hands = Hands(
            self.standing.pause, lambda name, by: self.standing.pause(name, "", by),
            lambda name, turn: self.cuts.append((name, turn)),
        )  # fmt: skip
        self.budgets = Budgets(
            lambda: self.it.room, self.standing, lambda: LIMITS, lambda: dict.fromkeys(NAMES, self.budget),
            ProviderLimits(root.parent / "provider_limits.json", clock.now), hands, self.it.nudge, clock,
        )  # fmt: skip
        self.it.also_decide.append(self.budgets.decide)
        for name in NAMES:
            self.standing.supervised(name, Supervised("ONLINE", "ready", "supervision", 1, 1, 0))

    def state(self, name: str) -> tuple[str, str, str]:
        view = self.it.room.instances[name]
        return view.state, view.source, view.reason

    def alerts(self) -> list[str]:
        return [alert.text for alert in self.it.room.alerts]

    async def until(self, is_so: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.it.folding.caught_up.wait()
            while not is_so():
                self.it.nudge()
                await self.it.folding.moved()

    async def spend(self, name: str, **spent: Any) -> None:
        """An instance puts on record what it used."""
        metadata = {"spent": {"brain": "claude:x", "turn": "t", **spent}}
        await self.bus.publish(
            new_message(name, "coordinator", "status", "…", origin="peer", metadata=metadata, now=self.clock.now)
        )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "bus"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def running(root: Path, clock: Clock) -> AsyncGenerator[Authority]:
    authority = Authority(root, clock)
    async with at_work(authority.it):
        await authority.until(lambda: set(authority.it.room.instances) == set(NAMES))
        yield authority


async def test_who_has_used_it_up_is_paused_told_once_and_goes_on_the_next_day(root: Path, clock: Clock) -> None:
    paused = ("PAUSED", BUDGET, "until 2026-11-22 00:00 UTC: 2.10 of 2.00 dollars today")
    async with running(root, clock) as authority:
        await authority.spend("builder-1", microdollars=1_900_000)
        await authority.spend("builder-1", microdollars=200_000)
        await authority.until(lambda: authority.state("builder-1") == paused)
        assert authority.state("lead-1")[0] == "ONLINE"
        assert authority.it.room.instances["builder-1"].hold_until == MIDNIGHT + DAY_SECONDS
    async with running(root, clock) as authority:
        await authority.until(lambda: authority.standing.pause_of("builder-1", BUDGET))
        assert authority.state("builder-1") == paused
        clock.now = MIDNIGHT + DAY_SECONDS
        await authority.until(lambda: authority.state("builder-1")[0] == "ONLINE")
        told = [text for text in authority.alerts() if text.startswith("builder-1 is paused until 2026-11-22")]
        assert len(told) == 1
        assert "[limits]" in told[0]


async def test_a_higher_limit_lets_it_go_on_at_once(root: Path, clock: Clock) -> None:
    async with running(root, clock) as authority:
        await authority.spend("lead-1", input_tokens=999, cache_read_tokens=1)
        await authority.until(lambda: authority.state("lead-1")[0] == "PAUSED")
        authority.budget = Budget(2_000, 0)
        await authority.until(lambda: authority.state("lead-1")[0] == "ONLINE")


async def test_the_person_lifts_the_persons_pause_and_no_other(root: Path, clock: Clock) -> None:
    async with running(root, clock) as authority:
        authority.standing.pause("lead-1", "paused by the person")
        await authority.spend("lead-1", input_tokens=5_000)
        await authority.until(lambda: authority.standing.pause_of("lead-1", BUDGET))
        assert authority.state("lead-1")[1] == "person"
        authority.standing.pause("lead-1", "")
        await authority.until(lambda: authority.state("lead-1")[1] == BUDGET)


async def test_a_providers_refusal_holds_all_who_use_it_for_as_long_as_it_said(root: Path, clock: Clock) -> None:
    async with running(root, clock) as authority:
        authority.budgets.uses("lead-1", "claude")
        authority.budgets.heard("builder-1", Spent("claude:x", "t", limited_seconds=131, problem="429"), "claude")
        reason = "until 01:02:11 UTC: claude takes no more requests: 429"
        for name in NAMES:
            await authority.until(lambda name=name: authority.state(name) == ("PAUSED", RATE, reason))
        authority.budgets.uses("lead-1", "ollama")
        await authority.until(lambda: authority.state("lead-1")[0] == "ONLINE")
    async with running(root, clock) as authority:
        await authority.until(lambda: authority.state("builder-1") == ("PAUSED", RATE, reason))
        assert authority.state("lead-1")[0] == "ONLINE"
        authority.budgets.uses("lead-1", "claude")
        await authority.until(lambda: authority.state("lead-1") == ("PAUSED", RATE, reason))
        clock.now += 131
        await authority.until(lambda: authority.state("builder-1")[0] == "ONLINE")
        assert authority.alerts() == []


async def test_too_many_requests_in_a_minute_wait_for_the_next(root: Path, clock: Clock) -> None:
    async with running(root, clock) as authority:
        for second in range(3):
            assert authority.state("builder-1")[0] == "ONLINE"
            authority.budgets.heard("builder-1", Spent("ollama:x", str(second)), "ollama")
            clock.now += 1
        await authority.until(lambda: authority.state("builder-1")[0] == "PAUSED")
        assert authority.state("builder-1")[2] == "until 01:01:00 UTC: 3 requests within 60 s"
        assert authority.state("lead-1")[0] == "ONLINE"
        clock.now += 58
        await authority.until(lambda: authority.state("builder-1")[0] == "ONLINE")


async def test_a_turn_of_too_many_exchanges_is_cut(root: Path, clock: Clock) -> None:
    async with running(root, clock) as authority:
        for turn in ("t", "t", "u", "t"):
            clock.now += 61
            authority.budgets.heard("builder-1", Spent("ollama:x", turn), "ollama")
        assert authority.cuts == [("builder-1", "t")]


@pytest.mark.parametrize("set_by", [-7_200.0, 7_200.0])
async def test_a_clock_that_is_set_makes_no_pause_longer_or_shorter(root: Path, clock: Clock, set_by: float) -> None:
    async with running(root, clock) as authority:
        authority.budgets.heard("builder-1", Spent("claude:x", "t", limited_seconds=131, problem="429"), "claude")
        for turn in "tuv":
            authority.budgets.heard("lead-1", Spent("ollama:x", turn), "ollama")
        for name in NAMES:
            await authority.until(lambda name=name: authority.state(name)[0] == "PAUSED")
        clock.set(set_by)
        moved = f"until {1 + int(set_by // 3_600) % 24:02d}:02:11 UTC: claude takes no more requests: 429"
        await authority.until(lambda: authority.state("builder-1") == ("PAUSED", RATE, moved))
        clock.now += 59
        await authority.spend("lead-1")
        await authority.until(lambda: authority.it.room.instances["lead-1"].hold_until == int(clock.now + 1))
        clock.now += 2
        await authority.until(lambda: authority.state("lead-1")[0] == "ONLINE")
        assert authority.state("builder-1")[0] == "PAUSED"
    clock.now += 60
    async with running(root, clock) as authority:
        authority.budgets.uses("builder-1", "claude")
        await authority.until(lambda: authority.it.room.instances["builder-1"].hold_until == int(clock.now + 10))
        clock.now += 11
        await authority.until(lambda: authority.state("builder-1")[0] == "ONLINE")


@pytest.mark.parametrize("provider", ["claude", ""])
async def test_a_clock_set_back_while_nobody_watched_lengthens_no_pause_beyond_what_was_granted(
    root: Path, clock: Clock, provider: str
) -> None:
    clock.now = time.time()  # What is on record says when, by the real one.
    async with running(root, clock) as authority:
        authority.budgets.heard("builder-1", Spent("claude:x", "t", limited_seconds=131, problem="429"), "claude")
        await authority.until(lambda: authority.state("builder-1")[0] == "PAUSED")
    clock.set(-7_200)
    async with running(root, clock) as authority:
        if provider:
            authority.budgets.uses("builder-1", provider)
        await authority.until(lambda: authority.it.room.instances["builder-1"].hold_until <= clock.now + 131)
        assert authority.state("builder-1")[:2] == ("PAUSED", RATE)
        clock.now += 132
        await authority.until(lambda: authority.state("builder-1")[0] == "ONLINE")


async def test_a_pause_on_record_since_a_time_that_is_none_is_over(root: Path, clock: Clock) -> None:
    bus = open_bus(root, "coordinator")
    said = {"instance": "builder-1", "state": "PAUSED", "hold": "until then", "hold_by": RATE, "hold_until": 2**40}
    status = new_message("coordinator", "human", "status", "…", origin="coordinator", metadata=said)
    await bus.publish(status)
    await bus.aclose()
    segment = next((root / "log").glob("*.jsonl"))
    line = segment.read_bytes().partition(b',"sum"')[0].replace(status.timestamp.encode(), b"no time")
    segment.write_bytes(b'%s,"sum":"%08x"}\n' % (line, zlib.crc32(line)))
    async with running(root, clock) as authority:
        await authority.until(lambda: not authority.it.room.instances["builder-1"].hold)
