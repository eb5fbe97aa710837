"""A test's workspace and a supervisor on it, with what a test waits for."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from patience import PATIENCE_SECONDS, until, wait_until
from trinity_tui.core.paths import Workspace
from trinity_tui.core.wire.keeper import MARKER
from trinity_tui.process import procfs
from trinity_tui.supervision import InstanceSpec, InstanceStatus, SupervisionEvent, Supervisor, workspace_hash

if TYPE_CHECKING:
    from trinity_tui.core.restart import Rules

FAKES = Path(__file__).parents[1] / "fakes"
E2 = TypeVar("E2")


class Ground:
    """One test's workspace."""

    def __init__(self, root: Path, sockets: Path) -> None:
        self.root = root
        self.workspace = Workspace(root)
        self.sockets = sockets
        self.hash = workspace_hash(self.workspace)

    def spec(self, name: str, *argv: str, **fields: object) -> InstanceSpec:
        """An instance that runs this program; ``sleep`` when none is given."""
        env = {"PATH": os.environ["PATH"]}
        spec = InstanceSpec(name, list(argv) or ["sleep", "1000"], env, str(self.root), grace_seconds=2.0)
        for field, value in fields.items():
            spec = _with(spec, field, value)
        return spec

    def fake(self, program: str, *arguments: object) -> list[str]:
        """The argv of one of the misbehaving programs."""
        return [sys.executable, "-S", "-E", str(FAKES / program), *map(str, arguments)]

    def alive(self, instance: str = "") -> list[int]:
        """The processes that carry our marker."""
        found: list[int] = []
        for pid, stat in procfs.scan().items():
            name, _, owner = procfs.variable(pid, MARKER.encode()).partition(":")
            if owner == self.hash and not stat.is_dead and name == (instance or name):
                found.append(pid)
        return found

    def leaders(self, instance: str) -> list[int]:
        """Those of them that lead a session and descend from none of the others: the instances themselves."""
        alive, stats = self.alive(instance), procfs.scan()
        return [pid for pid in alive if pid in stats and stats[pid].session == pid and stats[pid].ppid not in alive]

    def epochs(self, instance: str) -> set[str]:
        """The runs of which something lives; what died while we looked does not count."""
        found = {pid: procfs.variable(pid, b"TRINITY_EPOCH") for pid in self.alive(instance)}
        return {epoch for pid, epoch in found.items() if epoch and not _is_dead(pid)}

    def keepers(self) -> list[int]:
        """The keepers of this workspace."""
        wanted = {b"trinity_tui.harness.keeper", os.fsencode(self.sockets)}
        return [
            pid
            for pid, stat in procfs.scan().items()
            if not stat.is_dead and wanted <= set((procfs.read(f"/proc/{pid}/cmdline") or b"").split(b"\0"))
        ]

    def clear(self) -> None:
        """Kill whatever is left, the keepers first, lest they are told of it."""

        def is_clear() -> bool:
            left = self.keepers() + self.alive()
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not left

        wait_until(is_clear, "the end of whoever was killed")


def _is_dead(pid: int) -> bool:
    stat = procfs.read_stat(pid)
    return stat is None or stat.is_dead


def _with(spec: InstanceSpec, field: str, value: object) -> InstanceSpec:
    return msgspec.convert(msgspec.to_builtins(spec) | {field: value}, InstanceSpec)


class Watched:
    """A supervisor and everything it told."""

    def __init__(
        self,
        ground: Ground,
        rules: Rules,
        orphan_ttl_seconds: float = 600.0,
        most_starting: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.events: list[SupervisionEvent] = []
        self.fails = False
        self._news = asyncio.Event()
        self.supervisor = Supervisor(
            ground.workspace, ground.sockets, self._note, rules=rules, orphan_ttl_seconds=orphan_ttl_seconds,
            most_starting=most_starting, clock=clock,
        )  # fmt: skip

    def _note(self, event: SupervisionEvent) -> None:
        self.events.append(event)
        self._news.set()
        if self.fails:
            raise RuntimeError("a listener that fails")

    def of(self, kind: type[E2]) -> list[E2]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def status(self, instance: str) -> InstanceStatus:
        """How one stands."""
        return self.supervisor.statuses()[instance]

    def pid(self, instance: str) -> int:
        """Its process."""
        pid = self.status(instance).pid
        assert pid is not None
        return pid

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for an event after which the condition holds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def file(self, path: Path) -> None:
        """Wait until a program has written it."""
        await self.holds(path.exists)

    async def holds(self, condition: Callable[[], bool]) -> None:
        """Wait for something no event tells."""
        await until(condition)

    async def spawned(self, instance: str) -> int:
        """Wait until it has a process."""
        await self.until(lambda: self.status(instance).pid is not None)
        return self.pid(instance)

    async def online(self, instance: str) -> int:
        """Wait until it has a process, and speak for it."""
        pid = await self.spawned(instance)
        self.supervisor.ready(instance, self.status(instance).epoch)
        return pid

    async def state(self, instance: str, state: str) -> InstanceStatus:
        """Wait until it is shown so."""
        await self.until(lambda: self.status(instance).state == state)
        return self.status(instance)


Make = Callable[..., Awaitable[Watched]]
"""Starts a supervisor."""
