"""The quota of a fleet's outputs, on real files: the oldest runs go, and those that go on give back their heads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trinity_tui.core.paths import Workspace
from trinity_tui.supervision.output import tail
from trinity_tui.supervision.quota import LOOK_SECONDS, OutputQuota

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


@pytest.mark.parametrize("is_seen", [True, False])
@pytest.mark.parametrize("suffix", [".log", ".before"])
def test_what_is_removed_in_the_moment_it_is_looked_at_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, is_seen: bool
) -> None:
    workspace = Workspace(tmp_path)
    old, other = write(workspace, "lead-1", 1, 100), write(workspace, "lead-2", 1, 200)
    old.with_suffix(".before").write_text("what was moved beside it")
    goes, look = old.with_suffix(suffix), Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        """The first look at a file is the last there is to see of it, or comes just too late."""
        if path == goes and not is_seen:
            goes.unlink(missing_ok=True)
        status = look(path, follow_symlinks=follow_symlinks)
        if path == goes:
            goes.unlink()
        return status

    monkeypatch.setattr(Path, "stat", stat)
    OutputQuota(workspace, 1, dict, lambda: 0.0).apply()
    assert not goes.exists()
    assert not other.exists(), "the others are kept within the quota all the same"


def test_without_a_limit_nothing_goes(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    path = write(workspace, "lead-1", 1, 100)
    OutputQuota(workspace, 0, dict, lambda: 1e9).look()
    assert path.exists()
