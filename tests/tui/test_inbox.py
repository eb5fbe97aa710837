from __future__ import annotations

from tui_demo import Script, demo

from trinity_tui.core import inbox
from trinity_tui.core.room import waiting


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


def test_loops_and_dead_letters_wait_for_the_person() -> None:
    script = demo()
    before = len(inbox.items(script.mirror.room))
    script.status("visitor", "PAUSED", order=8, hold="storm guard: a → b → a", hold_by="storm guard")
    script.status("oracle", "PAUSED", order=9, hold="paused by the person", hold_by="person")
    letter = {"id": "m1", "consumer": "builder-1", "from_": "lead-1", "type": "chat", "reason": "no", "text": "hm"}
    script.say("coordinator", "coordinator", "", "receipt", endings=[{"id": "m1", "stage": "dead", "letter": letter}])
    room = script.mirror.room
    new = [(item.kind, item.id, item.text) for item in inbox.items(room) if item.kind in ("storm", "dead")]
    assert sorted(new) == [("dead", "m1", "a chat of lead-1: no\nhm"), ("storm", "visitor", "storm guard: a → b → a")]
    assert len(inbox.items(room)) == waiting(room) == before + 2


def test_nothing_waits_in_an_empty_room() -> None:
    assert inbox.items(Script().mirror.room) == []


def test_what_the_person_was_told_counts_until_it_is_seen() -> None:
    script = demo()
    room = script.mirror.room
    before = waiting(room)
    script.say("coordinator", "human", "The disk is nearly full", "alert")
    assert waiting(room) == len(inbox.everything(room)) == before + 1
    script.say("human", "coordinator", "", "receipt", read=[script.position])
    assert waiting(room) == before
