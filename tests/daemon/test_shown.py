"""What faces are shown of the instances where the log does not say it, or not yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trinity_tui.bus import new_message, open_bus
from trinity_tui.coordinator.folding import Folding
from trinity_tui.coordinator.standing import Standing, Supervised
from trinity_tui.core.config import InstanceConfig
from trinity_tui.core.record import Record
from trinity_tui.core.room_fold import Folder
from trinity_tui.daemon.shown import NOT_LOOKED, Shown

if TYPE_CHECKING:
    from pathlib import Path


class Ground:
    """A log that says lead-1 is ONLINE, and what is shown."""

    def __init__(self, root: Path) -> None:
        self.folding = Folding(open_bus(root, "coordinator"))
        self.standing = Standing({"lead-1": InstanceConfig(role="lead")}, lambda: 0.0)
        self.renewed = 0
        self.shown = Shown(self.folding, self.standing, self._renew)
        data = {"instance": "lead-1", "state": "ONLINE", "pid": 41, "epoch": 1}
        folder = Folder(self.folding.room)
        assert folder.apply(
            Record(0, new_message("coordinator", "human", "status", "", origin="coordinator", metadata=data))
        )

    def _renew(self) -> None:
        self.renewed += 1

    def stands(self, state: str, reason: str = "", pid: int | None = None) -> None:
        self.standing.supervised("lead-1", Supervised(state, reason, "supervision", pid, 1))

    def now(self) -> tuple[str, str, int]:
        view = self.shown.instances()["lead-1"]
        assert self.shown.room().instances["lead-1"] == view
        return view.state, view.reason, view.pid


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


async def test_before_the_log_is_read_nobody_is_shown_as_it_says(ground: Ground) -> None:
    assert ground.now() == ("UNKNOWN", NOT_LOOKED, 0)
    ground.stands("CRASHED", "signal 9")
    ground.folding.caught_up.set()
    assert ground.now() == ("CRASHED", "signal 9", 0)
    assert not ground.shown.is_as_recorded
    ground.stands("ONLINE", pid=41)
    ground.shown.decided(is_said=True)
    assert ground.now() == ("ONLINE", "", 41)
    assert ground.shown.is_as_recorded
    assert ground.renewed == 1
    ground.shown.decided(is_said=True)
    assert ground.renewed == 1


async def test_what_the_log_does_not_take_is_shown_with_its_age_and_told_once(ground: Ground) -> None:
    ground.folding.caught_up.set()
    ground.stands("ONLINE", "answers", pid=41)
    ground.shown.decided(is_said=False)
    assert ground.shown.is_as_recorded, "another word for being well is no news"
    ground.stands("CRASHED", "signal 9; next start in 1 s")
    ground.shown.decided(is_said=False)
    since = ground.shown.instances()["lead-1"].since
    before = ground.renewed
    ground.shown.decided(is_said=False)
    assert ground.renewed == before
    ground.stands("CRASHED", "signal 9; next start in 2 s")
    ground.shown.decided(is_said=False)
    assert ground.renewed == before + 1
    assert ground.now() == ("CRASHED", "signal 9; next start in 2 s", 0)
    assert ground.shown.instances()["lead-1"].since == since
    assert ground.folding.room.instances["lead-1"].state == "ONLINE", "the log's own room is left alone"
    ground.shown.decided(is_said=True)
    assert ground.renewed == before + 2
    assert ground.shown.is_as_recorded
