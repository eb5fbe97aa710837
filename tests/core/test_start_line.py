"""So many may be starting at once, and whoever waits comes in order and for certain."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from trinity_tui.core.start_line import StartLine, at_once


@pytest.mark.parametrize(("cores", "most"), [(1, 16), (2, 16), (4, 16), (8, 32), (64, 256)])
def test_more_cores_start_more_at_once(cores: int, most: int) -> None:
    assert at_once(cores) == most


def test_who_waits_is_told_how_many_are_starting() -> None:
    line = StartLine(2)
    for name in "ab":
        assert line.wait(name) == ""
        line.note(name, is_starting=True, is_waiting=False)
    assert line.wait("c") == "waits for its turn: 2 are starting"
    assert line.wait("a") == "", "whoever is starting has its turn already"


class Fleet(RuleBasedStateMachine):
    """A fleet whose members want to start, become ready, fail and are stopped in any order, and obey the line."""

    def __init__(self) -> None:
        super().__init__()
        self.line = StartLine(1)
        self.most = 1
        self.starting: set[str] = set()
        self.waiting: list[str] = []

    @initialize(most=st.integers(1, 4))
    def opens(self, most: int) -> None:
        self.line, self.most = StartLine(most), most

    @rule(name=st.sampled_from("abcdefgh"))
    def wants_to_start(self, name: str) -> None:
        reason = self.line.wait(name)
        if name in self.starting:
            assert reason == ""
        elif reason:
            assert reason == f"waits for its turn: {self.most} are starting"
            self.waiting += [] if name in self.waiting else [name]
            self.line.note(name, is_starting=False, is_waiting=True)
        else:
            ahead = self.waiting.index(name) if name in self.waiting else len(self.waiting)
            assert ahead < self.most - len(self.starting), "there is no room left by those who came first"
            self.starts(name)

    def starts(self, name: str) -> None:
        self.waiting = [other for other in self.waiting if other != name]
        self.starting.add(name)
        self.line.note(name, is_starting=True, is_waiting=False)

    @precondition(lambda self: self.starting)
    @rule(data=st.data())
    def leaves_the_start(self, data: st.DataObject) -> None:
        """It is ready, has failed, or is stopped."""
        name = data.draw(st.sampled_from(sorted(self.starting)))
        self.starting.remove(name)
        self.line.note(name, is_starting=False, is_waiting=False)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def leaves_the_line(self, data: st.DataObject) -> None:
        """It is stopped, or has to wait for something else."""
        name = data.draw(st.sampled_from(self.waiting))
        self.waiting.remove(name)
        self.line.note(name, is_starting=False, is_waiting=False)

    @rule()
    def those_next_are_called(self) -> None:
        for name in self.line.next_up():
            assert self.line.wait(name) == "", "called, and sent back"
            self.starts(name)
        assert not self.waiting or len(self.starting) == self.most, "room, and somebody who waits"

    @invariant()
    def never_more_than_may(self) -> None:
        assert len(self.starting) <= self.most

    @invariant()
    def the_next_are_those_who_came_first(self) -> None:
        assert self.line.next_up() == self.waiting[: self.most - len(self.starting)]


TestFleet = Fleet.TestCase
