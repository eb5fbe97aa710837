"""Our supervisor and keeper, in a process like the coordinator's."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.bench import bound
from trinity_tui.bench.supervisors.foreign import Daemon
from trinity_tui.core.errors import ClientError
from trinity_tui.core.paths import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.bench.supervisors.scene import Scene

GRACE_SECONDS = 2.0
KEEPER_SECONDS = 60.0


class Ours(Daemon):
    """The supervisor; its keeper outlives it."""

    def __init__(self, folder: Path, scene: Scene) -> None:
        super().__init__(folder, scene)
        self.said: list[dict[str, Any]] = []
        self.launched_at = 0.0

    def start(self) -> None:
        """Run it."""
        Workspace(self.folder).runtime.mkdir(exist_ok=True)
        scene = self.folder / "scene.json"
        scene.write_bytes(msgspec.json.encode(self.scene))
        self.launched_at = time.monotonic()
        self._process = bound.start(
            [
                sys.executable, "-P", "-m", "trinity_tui.bench.supervisors.coordinating",
                str(self.folder), str(scene), str(GRACE_SECONDS),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def hear(self, key: str) -> Any:
        """What it says next under a key; what it says before that is kept in ``said``.

        Raises:
            ClientError: It ended without saying so.
        """
        assert self._process and self._process.stdout
        for line in self._process.stdout:
            fact: dict[str, Any] = msgspec.json.decode(line)
            self.said.append(fact)
            if key in fact:
                return fact
        raise ClientError("our supervisor ended early")

    def pids(self) -> list[int]:
        """The supervisor's, and the keeper's."""
        return super().pids() + self._keeper()

    def _keeper(self) -> list[int]:
        try:
            found: dict[str, Any] = msgspec.json.decode(Workspace(self.folder).keeper.read_bytes())
        except (OSError, msgspec.DecodeError):
            return []
        return [int(found["pid"])]

    def status(self) -> None:
        """It has no command; the coordinator has (``fleet``)."""

    def stop(self) -> None:
        """Stop everything, the keeper too."""
        assert self._process and self._process.stdin
        self._process.stdin.write("stop\n")
        self._process.stdin.flush()
        self.hear("survivors")
        self.wait_end()

    def output_bytes(self) -> list[bytes]:
        """Everything each run has printed, as it lies on the disk."""
        folder = Workspace(self.folder).runtime / "instances"
        return [path.read_bytes() for path in sorted(folder.glob("*/output/*.log"))]

    def close(self) -> None:
        """End the supervisor; a keeper without children and coordinator ends by itself, we make sure."""
        keeper = self._keeper()
        if super().pids():
            self.stop()
        super().close()
        if left := bound.wait_until_gone(keeper, KEEPER_SECONDS):
            raise ClientError(f"the keeper (pid {left[0]}) did not end")
