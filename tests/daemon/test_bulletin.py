"""How everybody stands is told soon, and of changes that come together once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patience import until
from trinity_tui.daemon import bulletin
from trinity_tui.daemon.bulletin import Bulletin

if TYPE_CHECKING:
    import pytest

MANY = 1_000_000
"""Of so many the next telling would be hours away."""


class Paper:
    """A bulletin about so many, and what it told: the change it told of last."""

    def __init__(self, many: int) -> None:
        self.told: list[int] = []
        self.is_ending = False
        self._many = many
        self._changes = 0
        self._bulletin = Bulletin(self._tell, lambda: self.is_ending)

    def _tell(self) -> int:
        self.told.append(self._changes)
        return self._many

    def change(self) -> None:
        self._changes += 1
        self._bulletin.changed()


async def test_the_first_of_many_changes_is_told_at_once_and_the_others_wait() -> None:
    paper = Paper(MANY)
    for _ in range(100):
        paper.change()
    assert paper.told == [1]


async def test_the_last_change_is_told_when_the_pause_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulletin, "SECONDS_EACH", 0.1)
    paper = Paper(1)
    for _ in range(100):
        paper.change()
    await until(lambda: paper.told[-1] == 100)


async def test_when_there_may_be_no_later_each_change_is_told() -> None:
    paper = Paper(MANY)
    paper.change()
    paper.change()
    paper.is_ending = True
    paper.change()
    paper.change()
    assert paper.told == [1, 3, 4]
