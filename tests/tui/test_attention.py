"""What begins to wait is told to somebody who looks elsewhere, seldom and harmlessly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tui_demo import Script, demo

from trinity_tui.core.inbox import Item
from trinity_tui.core.preferences import Preferences
from trinity_tui.tui.attention import IDLE_SECONDS, RING_SECONDS, TAB, Attention, Presence, sentence, sequences

if TYPE_CHECKING:
    from collections.abc import Callable

BOTH = Preferences(bell=True, desktop=True)


class Desk:
    """A terminal somebody may look at, with a clock and timers moved by hand."""

    def __init__(self, wanted: Preferences = BOTH) -> None:
        self.now, self.has_focus = 1_000.0, True
        self.script: Script = demo()
        self.sent: list[str] = []
        self.badges: dict[str, int] = {}
        self._timers: list[tuple[float, Callable[[], None]]] = []
        self.presence = Presence(lambda: self.now, lambda: self.has_focus)
        self.attention = Attention(
            self.presence, wanted, self.badges, lambda: self.now, cast("Any", self._later), lambda: None,
            self.sent.append, {},
        )  # fmt: skip
        self.pass_time(0.3)

    def _later(self, seconds: float, do: Callable[[], None]) -> object:
        self._timers.append((self.now + seconds, do))
        return object()

    def pass_time(self, seconds: float) -> None:
        """Have it look at the room, and let so much time pass."""
        self.attention.changed("approvals", self.script.mirror.room)
        end = self.now + seconds
        while due := sorted((timer for timer in self._timers if timer[0] <= end), key=lambda timer: timer[0]):
            self._timers.remove(due[0])
            self.now = max(self.now, due[0][0])
            due[0][1]()
        self.now = end

    def ask(self, text: str = "ship it?") -> None:
        """One more thing waits."""
        self.script.say("mechanic", "human", text, "question")


def test_who_looks_is_not_rung_for_and_the_tab_counts() -> None:
    desk = Desk()
    assert desk.badges == {TAB: 2}
    desk.ask()
    desk.pass_time(1)
    assert (desk.badges, desk.sent) == ({TAB: 3}, [])


@pytest.mark.parametrize("away", ["focus", "idle"])
def test_who_looks_elsewhere_is_told_once_in_five_seconds_and_several_together(away: str) -> None:
    desk = Desk()
    if away == "focus":
        desk.has_focus = False
    else:
        desk.now += IDLE_SECONDS
    desk.ask("first?")
    desk.pass_time(1)
    assert len(desk.sent) == 1
    assert "mechanic asks you: first?" in desk.sent[0]
    for _ in range(3):
        desk.ask()
        desk.pass_time(0.5)
    assert len(desk.sent) == 1
    desk.pass_time(RING_SECONDS)
    assert len(desk.sent) == 2
    assert "3 wait for you" in desk.sent[1]


def test_what_is_settled_or_seen_before_its_turn_is_not_told() -> None:
    desk = Desk()
    desk.has_focus = False
    desk.ask()
    desk.pass_time(1)
    desk.ask()
    desk.pass_time(0.5)
    desk.has_focus = True
    desk.presence.noticed()
    desk.pass_time(RING_SECONDS)
    assert len(desk.sent) == 1


def test_nothing_is_sent_unless_the_person_asked_for_it() -> None:
    desk = Desk(Preferences())
    desk.has_focus = False
    desk.ask()
    desk.pass_time(10)
    assert desk.sent == []


@given(st.text(), st.text())
def test_no_escape_gets_out_through_the_text_of_an_instance(sender: str, text: str) -> None:
    told = sentence([Item("question", "q", sender, text, "")])
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in told)
    sent = sequences(told, BOTH, {})
    assert sent.count("\x1b") == 2
    assert sent.count("\x07") == 3
    assert sequences(told, Preferences(desktop=True), {"TMUX": "x"}).count("\x1b\\") == 2
