"""The quota of a fleet's outputs, on real files: the oldest runs go, and those that go on give back their heads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trinity_tui.core.paths import Workspace
from trinity_tui.supervision.output import tail
from trinity_tui.supervision.quota import LOOK_SECONDS, OutputQuota

if TYPE_CHECKING:
    from pathlib import Path

LINES = 10_000
RUN = "".join(f"{number:07d} {'.' * 91}\n" for number in range(LINES))
MEGABYTE = len(RUN)


def write(workspace: Workspace, instance: str, epoch: int, written_at: float) -> Path:
    path = workspace.instance(instance).output_of(epoch)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RUN)
    os.utime(path, (written_at, written_at))
    return path


def test_the_oldest_runs_go_then_heads_also_of_instances_nobody_configures_any_more(tmp_path: Path) -> None:
    workspace, now = Workspace(tmp_path), [0.0]
    gone = write(workspace, "removed-1", 1, 100)
    old = write(workspace, "lead-1", 1, 200)
    running = [write(workspace, name, 2, 50) for name in ("lead-1", "lead-2")]
    old.with_suffix(".before").write_text("what was moved beside it")
    quota = OutputQuota(workspace, int(3.5 * MEGABYTE), lambda: {"lead-1": 2, "lead-2": 2}, lambda: now[0])
    quota.look()
    assert gone.exists(), "it is not time yet"
    now[0] = LOOK_SECONDS
    quota.look()
    assert not gone.exists()
    assert old.exists()
    quota = OutputQuota(workspace, MEGABYTE, lambda: {"lead-1": 2, "lead-2": 2}, lambda: now[0])
    quota.apply()
    assert not old.exists()
    assert not old.with_suffix(".before").exists()
    assert sum(path.stat().st_blocks * 512 for path in running) <= MEGABYTE
    for path in running:
        assert path.stat().st_size == MEGABYTE, "offsets stay"
        assert tail(path, 1)[0].startswith(f"{LINES - 1:07d}")


def test_without_a_limit_nothing_goes(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    path = write(workspace, "lead-1", 1, 100)
    OutputQuota(workspace, 0, dict, lambda: 1e9).look()
    assert path.exists()
