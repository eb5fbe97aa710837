"""A workspace of its own for every test, a supervisor on it, and the certainty that nothing of it is left running."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import pytest

from supervision.ground import Ground, Make, Watched
from trinity_tui.core.restart import Rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from trinity_tui.supervision import InstanceSpec


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A workspace; whatever runs in it is killed in the end."""
    root = tmp_path / "workspace"
    root.mkdir()
    short = Path(tempfile.mkdtemp(prefix="trinity-test-"))
    ground = Ground(root, short / "run")
    try:
        yield ground
    finally:
        ground.clear()
        rmtree(short, ignore_errors=True)


@pytest.fixture
async def supervise(ground: Ground) -> AsyncIterator[Make]:
    """Starts a supervisor on these instances; it is closed in the end."""
    opened: list[Watched] = []

    async def make(*specs: InstanceSpec, rules: Rules | None = None, **fields: Any) -> Watched:
        watched = Watched(ground, rules or Rules(grace_seconds=2.0), **fields)
        opened.append(watched)
        await watched.supervisor.start(specs)
        return watched

    yield make
    for watched in opened:
        await watched.supervisor.aclose()
