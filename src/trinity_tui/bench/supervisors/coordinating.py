"""A process like the coordinator, with the real supervisor and keeper and nothing else: ``ROOT SCENE GRACE_SECONDS``.

Says, as JSON lines, when its instances are taken over or started, how each alert read, and what survived a stop. A line
on its standard input has it stop everything. It answers pings itself, for a benchmark's children speak no lane.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from trinity_tui.bench.supervisors.scene import Scene
from trinity_tui.core.paths import Workspace
from trinity_tui.core.restart import Rules
from trinity_tui.supervision import Alerted, InstanceSpec, PingRequested, StatusChanged, SupervisionEvent, Supervisor

SPAWNED = "STARTING"


class Coordinating:
    """The supervisor and who it talks to."""

    def __init__(self, root: Path, scene: Scene, grace_seconds: float) -> None:
        self._specs = [
            InstanceSpec(name, argv, dict(os.environ), str(root), grace_seconds=grace_seconds, preload=scene.preload)
            for name, argv in scene.children()
        ]
        self._supervisor = Supervisor(
            Workspace(root), root / "run", self._note, rules=Rules(grace_seconds=grace_seconds), orphan_ttl_seconds=3.0
        )

    def _note(self, event: SupervisionEvent) -> None:
        if isinstance(event, StatusChanged) and event.status.state == SPAWNED and event.status.pid is not None:
            self._supervisor.ready(event.instance, event.status.epoch)
        elif isinstance(event, PingRequested):
            self._supervisor.pong(event.instance, event.epoch, event.nonce)
        elif isinstance(event, Alerted):
            _say({"alert": event.text, "parked": event.parked})

    async def run(self) -> None:
        """Take over or start, then wait to be told to stop."""
        began = time.monotonic()
        await self._supervisor.start(self._specs)
        adopted = sum(status.adopted for status in self._supervisor.statuses().values())
        _say({"ready": time.monotonic(), "seconds": time.monotonic() - began, "adopted": adopted})
        told = asyncio.Event()
        asyncio.get_running_loop().add_reader(0, told.set)
        await told.wait()
        asyncio.get_running_loop().remove_reader(0)
        _say({"survivors": await self._supervisor.stop_all()})
        await self._supervisor.aclose()


def _say(fact: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(fact).decode() + "\n")
    sys.stdout.flush()


def main(root: str, scene: str, grace_seconds: str) -> None:
    """Run until told to stop, or killed."""
    told = msgspec.json.decode(Path(scene).read_bytes(), type=Scene)
    asyncio.run(Coordinating(Path(root), told, float(grace_seconds)).run())


if __name__ == "__main__":
    main(*sys.argv[1:4])
