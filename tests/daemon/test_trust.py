"""Grants count only where the user's own state agrees, for that folder, that instance and that very command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from trinity_tui.core.errors import StoreError
from trinity_tui.core.paths import Workspace
from trinity_tui.daemon.trust import Grants

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(own_home: Path) -> Path:
    root = own_home / "shop"
    (root / ".trinity").mkdir(parents=True)
    return root


def grants(folder: Path, own_home: Path) -> Grants:
    return Grants(Workspace(folder), own_home / "state" / "trust.json", lambda: 0.0)


def test_a_grant_is_for_that_folder_instance_and_command(folder: Path, own_home: Path) -> None:
    mine = grants(folder, own_home)
    assert not mine.is_granted("builder-1", "make test")
    mine.grant("builder-1", "make test")
    assert grants(folder, own_home).is_granted("builder-1", "make test")
    assert not mine.is_granted("builder-2", "make test")
    assert not mine.is_granted("builder-1", "make test ")
    assert not grants(own_home / "elsewhere", own_home).is_granted("builder-1", "make test")


def test_the_workspace_says_it_in_words_and_cannot_say_it_alone(folder: Path, own_home: Path) -> None:
    mine = grants(folder, own_home)
    mine.grant("builder-1", "make test")
    said = json.loads((folder / ".trinity" / "grants.jsonl").read_text())
    assert (said["instance"], said["command"]) == ("builder-1", "make test")
    (own_home / "state" / "trust.json").unlink()
    assert not mine.is_granted("builder-1", "make test")


def test_a_damaged_state_trusts_nothing(folder: Path, own_home: Path) -> None:
    mine = grants(folder, own_home)
    mine.grant("builder-1", "make test")
    (own_home / "state" / "trust.json").write_text("{")
    with pytest.raises(StoreError, match=r"trust\.json"):
        mine.is_granted("builder-1", "make test")
