"""How unread messages end: each once, whoever decides again, and never one that was read in time."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import dead, endings
from trinity_tui.core.dead import DeadLetters, Letter
from trinity_tui.core.limits import METADATA_BYTES
from trinity_tui.core.message import Message, format_time
from trinity_tui.core.record import Record
from trinity_tui.core.room_fold import Folder

T0 = 1_790_000_000.0
THERE = {"builder-1": "builder", "builder-2": "builder", "lead-1": "lead"}


class Log:
    """A log that is written by hand and folded."""

    def __init__(self) -> None:
        self.folder = Folder()
        self.records: list[Record] = []
        for order, (name, role) in enumerate(THERE.items()):
            self.say(
                "coordinator", "human", "status", {"instance": name, "state": "ONLINE", "role": role, "order": order}
            )

    def say(self, from_: str, to: str, kind: str = "chat", metadata: Any = None, **fields: Any) -> Message:
        position = 10 * len(self.records) + 1
        given_: dict[str, Any] = {
            "v": 1, "id": f"m{position}", "from_": from_, "to": to, "type": kind, "priority": "normal",
            "timestamp": format_time(T0), "content": "x", "metadata": metadata or {}, **fields,
        }  # fmt: skip
        message = Message(**given_)
        self.records.append(Record(position, message))
        self.folder.apply(self.records[-1])
        return message

    def position(self, message: Message) -> int:
        return next(record.position for record in self.records if record.message is message)

    def ends(self, now: float, there: dict[str, str] = THERE) -> list[tuple[str, str, str]]:
        """Decide, put it on record, and say what was decided."""
        found = endings.decide(self.folder.room.deliveries, there, now)
        for metadata in endings.records(found):
            self.say("coordinator", "coordinator", "receipt", metadata)
        return [(ending.id, ending.stage, ending.reason) for ending in found]

    def stage(self, message: Message) -> str:
        return self.folder.room.deliveries.by_id[message.id].stage


def test_the_times_of_another_computers_message_are_kept_there_and_its_wrong_name_is_told_here() -> None:
    log = Log()
    late = log.say("C2/explorer-1", "builder-1", ack_by=at(1))
    everybody = log.say("C2", "ALL", expires_at=at(1))
    wrong = log.say("C2/explorer-1", "builder-9", ack_by=at(1))
    own = log.say("lead-1", "C2/explorer-1", ack_by=at(1))
    assert log.ends(T0 + 100) == [
        (wrong.id, "failed", "builder-9 is not configured"),
        (own.id, "failed", f"not read by {at(1)[11:19]}"),
    ]
    assert log.ends(T0 + 200) == []
    assert {log.stage(late), log.stage(everybody)} == {"written"}


def test_another_coordinators_word_about_an_ending_is_not_this_ones() -> None:
    log = Log()
    sent = log.say("lead-1", "builder-1")
    log.say("C2", "coordinator", "receipt", {"endings": [{"id": sent.id, "stage": "failed", "reason": "no"}]})
    assert log.stage(sent) == "written"


def at(seconds: float) -> str:
    return format_time(T0 + seconds)


def test_what_is_not_read_in_time_has_failed_and_says_so_once() -> None:
    log = Log()
    asked = log.say("human", "builder-1", ack_by=at(5))
    assert log.ends(T0 + 4.9) == []
    assert log.ends(T0 + 5) == [(asked.id, "failed", f"not read by {at(5)[11:19]}")]
    assert log.stage(asked) == "failed"
    assert log.ends(T0 + 500) == []


def test_what_was_read_or_answered_does_not_fail_later() -> None:
    log = Log()
    read = log.say("human", "builder-1", ack_by=at(5), expires_at=at(6))
    log.say("builder-1", "coordinator", "receipt", {"read": [log.position(read)]})
    answered = log.say("human", "builder-1", ack_by=at(5))
    log.say("builder-1", "human", "answer", reply_to=answered.id)
    assert log.ends(T0 + 500) == []


def test_received_is_not_read() -> None:
    log = Log()
    asked = log.say("human", "builder-1", ack_by=at(5))
    log.say("builder-1", "coordinator", "receipt", {"received": [log.position(asked)]})
    assert len(log.ends(T0 + 5)) == 1


def test_what_expires_while_its_recipient_is_away_is_told_a_little_later() -> None:
    log = Log()
    asked = log.say("human", "builder-1", expires_at=at(5))
    assert log.ends(T0 + 6.9) == []
    assert log.ends(T0 + 7) == [(asked.id, "expired", f"not read before {at(5)[11:19]}, when it expired")]


def test_of_one_to_many_it_is_said_who_has_not_read_it() -> None:
    log = Log()
    asked = log.say("lead-1", "role:builder", "message", ack_by=at(5))
    log.say("builder-1", "coordinator", "receipt", {"read_low": log.position(asked) + 1})
    assert log.ends(T0 + 5) == [(asked.id, "failed", f"not read by builder-2 by {at(5)[11:19]}")]
    other = log.say("lead-1", "role:builder", "message", ack_by=at(6))
    for name in ("builder-1", "builder-2"):
        log.say(name, "coordinator", "receipt", {"read_low": log.position(other) + 1})
    assert log.ends(T0 + 6) == []
    assert log.folder.room.deliveries.by_id[other.id].readers.keys() == {"builder-1", "builder-2"}


def test_what_is_said_to_an_outsider_has_not_failed() -> None:
    log = Log()
    log.say("builder-1", "script", "answer")
    log.say("builder-1", "nobody", "answer")
    found = endings.decide(log.folder.room.deliveries, THERE, at_seconds := T0 + 60, {"script"})
    assert [ending.to for ending in found] == ["nobody"]
    assert len(endings.decide(log.folder.room.deliveries, THERE, at_seconds)) == 2


def test_nobody_of_that_name_or_role_is_a_failure_at_once() -> None:
    log = Log()
    gone = log.say("human", "builder-2")
    role = log.say("lead-1", "role:oracle", "message")
    log.say("lead-1", "human")
    log.say("lead-1", "C2")
    there = {name: role for name, role in THERE.items() if name != "builder-2"}
    assert log.ends(T0, there) == [
        (gone.id, "failed", "builder-2 is not configured"), (role.id, "failed", "nobody has the role oracle"),
    ]  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*THERE, "role:builder", "broadcast", "gone-1"]), st.none() | st.integers(0, 20),
            st.none() | st.integers(0, 20), st.booleans(),
        ),
        max_size=12,
    ),
    st.lists(st.integers(0, 30), min_size=1, max_size=6),
    st.data(),
)  # fmt: skip
def test_nothing_ends_twice_however_often_a_coordinator_begins_anew(
    messages: list[tuple[str, int | None, int | None, bool]], looks: list[int], data: st.DataObject
) -> None:
    log, ended = Log(), list[str]()
    for to, ack, expires, is_read in messages:
        fields: dict[str, Any] = {
            "ack_by": None if ack is None else at(ack),
            "expires_at": None if expires is None else at(expires),
        }
        said = log.say("human", to, **fields)
        if is_read and to in THERE:
            log.say(to, "coordinator", "receipt", {"read": [log.position(said)]})
    for look in sorted(looks):
        ended += [name for name, _, _ in log.ends(T0 + look)]
        if data.draw(st.booleans()):
            log.folder = Folder()
            for record in log.records:
                log.folder.apply(record)
    assert len(ended) == len(set(ended))
    read = {name for name, way in log.folder.room.deliveries.by_id.items() if way.read_at}
    assert not read & set(ended)


def letter(consumer: str = "builder-1", name: str = "m1", second: int = 0, position: int = 1) -> Letter:
    return Letter(name, consumer, "human", consumer, "chat", "hello", "ValueError: no", 5, at(second), position)


def test_a_dead_letter_waits_with_its_reason_until_somebody_cares() -> None:
    log = Log()
    asked = log.say("human", "builder-1")
    log.say("builder-1", "coordinator", "receipt", {"dead": [log.position(asked)]})
    found = endings.buried([letter(name=asked.id)], log.folder.room.dead)
    for metadata in endings.records(found):
        log.say("coordinator", "coordinator", "receipt", metadata)
    room = log.folder.room
    assert (room.deliveries.by_id[asked.id].stage, room.deliveries.by_id[asked.id].reason) == ("dead", "ValueError: no")
    assert room.dead.waiting == {f"builder-1 {asked.id}": letter(name=asked.id)}
    assert endings.buried([letter(name=asked.id)], room.dead) == []
    log.say("human", "builder-1", metadata={"resent_of": asked.id})
    assert room.dead.waiting == {}
    assert endings.buried([letter(name=asked.id)], room.dead) == []


def test_what_several_gave_up_waits_for_each_of_them() -> None:
    log = Log()
    asked = log.say("human", "broadcast")
    letters = [letter("builder-1", asked.id, 1), letter("lead-1", asked.id, 2), letter("guide-1", asked.id, 3)]
    for metadata in endings.records(endings.buried(letters, log.folder.room.dead)):
        log.say("coordinator", "coordinator", "receipt", metadata)
    waiting = log.folder.room.dead.waiting
    assert [one.consumer for one in waiting.values()] == ["builder-1", "lead-1", "guide-1"]
    log.say("human", "lead-1", metadata={"resent_of": asked.id, "given_up_by": "lead-1"})
    assert [one.consumer for one in waiting.values()] == ["builder-1", "guide-1"]
    log.say("coordinator", "coordinator", "receipt", {"dropped": [asked.id], "consumer": "guide-1"})
    assert [one.consumer for one in waiting.values()] == ["builder-1"]


def test_an_instance_cannot_say_that_a_message_ended_or_was_sent_again() -> None:
    log = Log()
    asked = log.say("human", "builder-1")
    entry = {"id": asked.id, "stage": "dead", "reason": "so I say", "letter": dead.metadata_of(letter(name=asked.id))}
    log.say("lead-1", "coordinator", "receipt", {"endings": [entry]})
    assert log.stage(asked) == "written"
    assert log.folder.room.dead.waiting == {}
    log.say("coordinator", "coordinator", "receipt", {"endings": [entry]})
    log.say("lead-1", "builder-1", metadata={"resent_of": asked.id})
    assert len(log.folder.room.dead.waiting) == 1
    log.say("coordinator", "coordinator", "receipt", {"dropped": [asked.id]})
    assert log.folder.room.dead.waiting == {}


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3), st.integers(0, 9)), max_size=30))
def test_every_dead_letter_is_put_on_record_once(letters: list[tuple[str, int, int]]) -> None:
    """Letters of one consumer come in the order in which they were given up."""
    known, told, written = DeadLetters(), list[str](), list[Letter]()
    for consumer, second, position in sorted(set(letters), key=lambda one: one[1:]):
        written.append(letter(consumer, f"m{position}-{second}", second, position))
        for ending in endings.buried(written, known):
            assert ending.letter is not None
            known.buried(ending.letter)
            told.append(ending.letter.key)
    assert sorted(told) == sorted(one.key for one in written)


def test_a_room_remembers_a_bounded_number() -> None:
    known = DeadLetters()
    for number in range(dead.CONSUMERS_KEPT + 9):
        known.buried(letter(f"c-{number}", f"m{number}"))
    assert (len(known.waiting), len(known.told)) == (dead.KEPT, dead.CONSUMERS_KEPT)
    assert known.settled("m0") == []


def test_the_records_of_the_longest_endings_fit() -> None:
    wide = "ä" * 300
    worst = Letter("m" * 64, "c" * 32, "f" * 40, "t" * 40, "chat", "ä" * 120, wide, 5, at(0), 10**15)
    found = endings.buried([worst] * 20, DeadLetters())
    assert all(len(msgspec.json.encode(metadata)) < METADATA_BYTES for metadata in endings.records(found))
