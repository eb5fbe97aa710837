"""Advice on who is on a file: for an hour, and for as long as whoever took the lease lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.paths import Workspace
from trinity_tui.store.lock import Lock
from trinity_tui.tools.leases import KEPT, TTL_SECONDS, Leases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    for name in ("a", "b"):
        made.instance(name).folder.mkdir(parents=True)
    return made


@pytest.fixture
def living(workspace: Workspace) -> Iterator[Lock]:
    """The instance ``a`` lives."""
    held = Lock.acquire(workspace.instance("a").lock)
    assert isinstance(held, Lock)
    yield held
    held.close()


def test_the_other_is_told_for_an_hour(workspace: Workspace, living: Lock) -> None:
    now = 1000.0
    mine, other = Leases(workspace, "a", lambda: now), Leases(workspace, "b", lambda: now)
    assert mine.take("x.py") == ""
    assert mine.take("x.py") == ""
    now += 600
    assert other.take("x.py") == "a changed x.py 10 min ago and may be on it still: tell it what you did."
    assert other.take("y.py") == ""
    assert mine.take("z.py") == ""
    now += TTL_SECONDS
    assert other.take("z.py") == ""


def test_nobody_is_told_of_whoever_is_gone(workspace: Workspace, living: Lock) -> None:
    Leases(workspace, "a", lambda: 0.0).take("x.py")
    living.close()
    assert Leases(workspace, "b", lambda: 1.0).take("x.py") == ""


def test_they_stay_few(workspace: Workspace, living: Lock) -> None:
    now = 0.0
    mine = Leases(workspace, "a", lambda: now)
    for number in range(KEPT + 5):
        now = float(number)
        mine.take(f"{number}.py")
    other = Leases(workspace, "b", lambda: now)
    assert other.take("0.py") == ""
    assert other.take(f"{KEPT + 4}.py") != ""


def test_what_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    assert Leases(Workspace(tmp_path / "gone"), "a", lambda: 0.0).take("x.py") == ""


def test_a_damaged_document_is_no_trouble(workspace: Workspace) -> None:
    (workspace.runtime / "leases.json").write_text("{")
    assert Leases(workspace, "a", lambda: 0.0).take("x.py") == ""
