"""What each file for other programs holds of what is said."""

from __future__ import annotations

from typing import Any

from trinity_tui.core.door import Ledger
from trinity_tui.core.door_files import FILES, MEMORY, MESSAGES, PERSON, REGISTRY, DoorFile
from trinity_tui.core.message import Message, format_time
from trinity_tui.core.paths import is_shared

NOW = 1_700_000_000.0


def said(number: int, kind: str, from_: str = "builder-1", to: str = "broadcast", **fields: Any) -> Message:
    given_: dict[str, Any] = {
        "v": 1, "id": f"m{number}", "from_": from_, "to": to, "type": kind, "priority": "normal",
        "timestamp": format_time(NOW + number), "content": f"word {number}", "metadata": {}, **fields,
    }  # fmt: skip
    return Message(**given_)


def heard(file: DoorFile, *messages: Message) -> list[str]:
    ledger = file.ledger(file.mark)
    return [message.id for message in file.hears(ledger, list(messages))]


def test_each_file_is_known_to_be_for_other_programs_and_marks_what_it_gives() -> None:
    assert all(is_shared(file.name) for file in FILES)
    assert len({file.mark for file in FILES}) == len(FILES)


def test_what_is_said_is_told_and_bookkeeping_is_not() -> None:
    kinds = ["finding", "chat", "status", "receipt", "session", "memory", "approval", "task", "alert"]
    told = heard(MESSAGES, *(said(number, kind) for number, kind in enumerate(kinds)))
    assert told == ["m0", "m1", "m7", "m8"]


def test_the_newest_stand_in_the_file() -> None:
    told = heard(MESSAGES, *(said(number, "chat") for number in range(450)))
    assert told == [f"m{number}" for number in range(250, 450)]


def test_what_was_taken_from_a_file_is_not_told_in_it_again_but_in_the_others() -> None:
    taken = said(1, "finding", "script", id="door-m-1")
    assert heard(MESSAGES, taken) == []
    assert heard(PERSON, said(1, "chat", "script", "human", id="door-m-1")) == ["door-m-1"]


def test_what_is_remembered_is_not_for_the_log_to_say() -> None:
    assert heard(MEMORY, said(1, "finding"), said(2, "memory")) == []


def test_the_persons_file_holds_what_the_person_says_and_is_told() -> None:
    told = heard(PERSON, said(1, "chat", "human", "lead-1"), said(2, "chat"), said(3, "answer", "lead-1", "human"))
    assert told == ["m1", "m3"]


def test_a_row_of_the_registry_is_a_word_to_the_coordinator() -> None:
    assert REGISTRY.says({"id": "script", "row": {"port": 1}}) == {
        "from": "script", "to": "coordinator", "type": "message",
        "content": 'script put itself into the registry: {"port":1}',
    }  # fmt: skip
    assert isinstance(MESSAGES.ledger("x"), Ledger)
