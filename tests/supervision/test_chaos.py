"""Kill -9 at random: children, the keeper, the coordinator. Afterwards nothing is there twice and nothing is left."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
import pytest

from patience import PATIENCE_SECONDS, until
from supervision.ground import FAKES

if TYPE_CHECKING:
    from supervision.ground import Ground, Make
    from trinity_tui.supervision import InstanceSpec

STEPS = 12 * int(os.environ.get("TRINITY_CHAOS", "1"))


class Victim:
    """The coordinator that is killed and started again."""

    def __init__(self, ground: Ground, specs: list[InstanceSpec]) -> None:
        file = ground.root / "specs.json"
        file.write_bytes(msgspec.json.encode(specs))
        self._argv = [sys.executable, str(FAKES / "coordinator.py"), str(ground.root), str(ground.sockets), str(file)]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(*self._argv, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await self._process.stdout.readline() == b"up\n"

    async def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None


@pytest.mark.timeout(300 * int(os.environ.get("TRINITY_CHAOS", "1")))
@pytest.mark.parametrize("seed", [1, 2])
async def test_chaos(ground: Ground, supervise: Make, seed: int) -> None:
    chance = random.Random(seed)
    names = ["a", "b", "c", "d"]
    specs = [ground.spec(name) for name in names[:3]]
    specs.append(ground.spec("d", *ground.fake("stubborn.py", ground.root / "pids", "child"), grace_seconds=0.3))
    victim = Victim(ground, specs)
    await victim.start()
    try:
        for _ in range(STEPS):
            await asyncio.sleep(chance.uniform(0.0, 0.15))
            await _strike(chance, ground, victim, names)
            for name in names:
                assert len(ground.epochs(name)) <= 1, f"{name} is there twice"
    finally:
        await victim.kill()
    watched = await supervise(*specs)
    for name in names:
        await until(lambda name=name: watched.status(name).pid in ground.leaders(name))
        assert len(ground.epochs(name)) == 1
    assert await watched.supervisor.stop_all() == []
    assert ground.alive() == []
    assert ground.keepers() == []


async def _strike(chance: random.Random, ground: Ground, victim: Victim, names: list[str]) -> None:
    match chance.choice(["child", "child", "keeper", "coordinator"]):
        case "child":
            targets = ground.leaders(chance.choice(names))
        case "keeper":
            targets = ground.keepers()
        case _:
            await victim.kill()
            await victim.start()
            return
    for pid in targets:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
