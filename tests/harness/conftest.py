"""A folder with a real log, and a role that does what a test says."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.ground import Ground, Scripted
from trinity_tui.harness import child
from trinity_tui.tools import command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What gives way to everybody else gets next to nothing of a machine that is busy with other tests."""

    def stay(pid: int, nice: int) -> None:
        pass

    for module in (child, command):
        monkeypatch.setattr(module, "give_way", stay)


@pytest.fixture
async def ground() -> AsyncIterator[Ground]:
    """An empty folder with a log."""
    root = Path(tempfile.mkdtemp(prefix="trinity-test-")).resolve()
    made = Ground(root)
    try:
        yield made
    finally:
        await made.close()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def scripted() -> Scripted:
    """A role to be told what to do."""
    return Scripted()
