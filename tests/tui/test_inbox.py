from __future__ import annotations

from tui_demo import Script, demo

from trinity_tui.core.room import waiting
from trinity_tui.tui import inbox


def test_everything_that_waits_is_there_oldest_first() -> None:
    script = demo()
    script.status("visitor", "PARKED", ago=200, order=8, reason="8 crashes in a row")
    found = inbox.items(script.mirror.room)
    assert [(item.kind, item.sender) for item in found] == [
        ("parked", "visitor"), ("approval", "builder-1"), ("question", "mechanic"),
    ]  # fmt: skip
    assert found[1].command == "pytest -q tests/auth"
    assert len(found) == waiting(script.mirror.room)


def test_what_was_decided_or_answered_waits_no_more() -> None:
    script = demo()
    room = script.mirror.room
    script.say("coordinator", "builder-1", "", "approval", verdict="once", by="human", reply_to="ask")
    question = next(iter(room.questions))
    script.say("human", "mechanic", "yes", "answer", reply_to=question)
    assert inbox.items(room) == []
    assert waiting(room) == 0


def test_nothing_waits_in_an_empty_room() -> None:
    assert inbox.items(Script().mirror.room) == []
