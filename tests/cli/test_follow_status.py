from __future__ import annotations

from typing import Any

from trinity_tui.cli.follow_status import News, look, news, sentence
from trinity_tui.client.mirror import Mirror
from trinity_tui.core.dead import Letter
from trinity_tui.core.room import Approval, InstanceView
from trinity_tui.core.signs import STATES, STATES_ASCII


def mirror_of(**states: str) -> Mirror:
    mirror = Mirror()
    mirror.link(True)
    for name, state in states.items():
        mirror.room.instances[name] = InstanceView(name, state=state, reason="why" if state == "CRASHED" else "")
    return mirror


def told(before: Any, now: Any) -> list[str]:
    return [sentence(line) for line in news(before, now)]


def test_the_first_look_tells_all_and_the_next_ones_what_changed() -> None:
    mirror = mirror_of(ana="ONLINE", ben="CRASHED")
    first = look(mirror, None)
    assert told(None, first) == ["● ana              online", "✖ ben              crashed   why"]
    assert told(first, look(mirror, None)) == []
    mirror.room.instances["ana"].state = "PAUSED"
    del mirror.room.instances["ben"]
    assert told(first, look(mirror, None)) == ["‖ ana              paused", "? ben              removed"]


def test_each_state_has_a_sign_of_its_own_in_ascii() -> None:
    assert sentence(News("state", "ana", "CRASHED", "why"), STATES_ASCII).startswith("X ana")
    assert len(set(STATES_ASCII.values())) == len(STATES_ASCII) == len(STATES)
    assert "".join(STATES_ASCII.values()).isascii()


def test_what_waits_is_told_when_it_begins_and_when_it_ceases() -> None:
    mirror = mirror_of(ana="ONLINE")
    before = look(mirror, None)
    mirror.room.approvals["m1"] = Approval("m1", 1, "ana", "pytest -q", "May I", "2026-09-21T14:22:11Z")
    asked = look(mirror, None)
    assert told(before, asked) == ["! ana              waits for you (approval): pytest -q  [m1]"]
    mirror.room.approvals["m1"].verdict = "approve"
    assert told(asked, look(mirror, None)) == ["- ana              waits no more (approval)  [m1]"]


def test_what_two_gave_up_waits_for_each_of_them() -> None:
    mirror = mirror_of()
    for name in ("ana", "ben"):
        mirror.room.dead.buried(Letter("m1", name, "human", "broadcast", "chat", "hello", "no", 5, "", 1))
    both = look(mirror, None)
    assert len(told(None, both)) == 2
    mirror.room.dead.settled("m1", "ana")
    assert told(both, look(mirror, None)) == ["- ana              waits no more (dead)  [m1]"]


def test_only_those_that_are_meant_are_told() -> None:
    mirror = mirror_of(ana="ONLINE", ben="ONLINE")
    mirror.room.approvals["m1"] = Approval("m1", 1, "ben", "pytest -q", "May I", "2026-09-21T14:22:11Z")
    assert told(None, look(mirror, frozenset({"ana"}))) == ["● ana              online"]


def test_a_link_that_is_lost_is_told_once() -> None:
    mirror = mirror_of(ana="ONLINE")
    first = look(mirror, None)
    mirror.link(False, "it ended")
    lost = look(mirror, None)
    assert told(first, lost) == ["~ the coordinator is not there: it ended"]
    mirror.link(False, "still nobody there")
    assert told(lost, look(mirror, None)) == []
