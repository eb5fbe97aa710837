"""The room, rule by rule: what each kind of record changes, what it may not change, and what is kept."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trinity_tui.core import board, delivery, limits, message, room, room_fold
from trinity_tui.core.folds import deliveries, findings, waiting
from trinity_tui.core.message import KINDS, UNTRACKED
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import Folder

if TYPE_CHECKING:
    from trinity_tui.core.message import Message

INSTANCES = ("explorer-1", "builder-1", "lead-1")


class Log:
    """A log that is written and folded one message at a time."""

    def __init__(self) -> None:
        self.folder = Folder()
        self.records: list[Record] = []

    @property
    def room(self) -> Room:
        """What was folded."""
        return self.folder.room

    def say(self, kind: str, from_: str, /, to: str = "broadcast", content: str = "", **data: Any) -> Message:
        """Append a message and fold it; ``id`` and ``reply_to`` are the message's, all else is metadata."""
        number = len(self.records)
        name, reply_to = data.pop("id", f"id-{number}"), data.pop("reply_to", None)
        said = message.Message(
            v=1, id=name, from_=from_, to=to, type=kind, priority="normal", content=content, metadata=data,
            timestamp=f"2026-08-01T10:00:00.{number:06d}Z", reply_to=reply_to,
        )  # fmt: skip
        self.records.append(Record(number * 10, said))
        self.folder.apply(self.records[-1])
        return said

    def here(self, *names: str) -> Log:
        """The coordinator introduces instances, each with the role its name begins with."""
        for name in names:
            self.say("status", "coordinator", "human", instance=name, state="ONLINE", role=name.partition("-")[0])
        self.folder.take_dirty()
        return self


@pytest.fixture
def log() -> Log:
    """Three instances are here."""
    return Log().here(*INSTANCES)


def seen(view: Room) -> bytes:
    """All of a room but its counters, encoded."""
    counters: dict[str, Any] = {"position": 0, "count": 0, "forbidden": 0, "last_forbidden": "", "seen": bytearray()}
    return msgspec.json.encode(msgspec.structs.replace(view, **counters))


def test_a_state_that_is_said_again_is_read_once_and_kept_twice() -> None:
    log = Log()
    said = {"content": "a-1 is ONLINE: restarted: signal 9", "instance": "a-1", "state": "ONLINE"}
    log.say("status", "coordinator", pid=70, **said)
    log.say("status", "coordinator", content="b-1 is ONLINE: ready", instance="b-1", state="ONLINE")
    log.say("chat", "a-1", content=said["content"])
    log.say("status", "coordinator", pid=71, **said)
    log.say("chat", "a-1", content=said["content"])
    log.say("status", "coordinator", content="a-1 is CRASHED: signal 9", instance="a-1", state="CRASHED")
    log.say("status", "coordinator", pid=72, **said)
    assert len(log.room.flow) == 7
    assert [row.id for row in room.told_once(log.room.flow)] == [f"id-{number}" for number in (0, 1, 2, 4, 5, 6)]


@pytest.mark.parametrize(
    ("kind", "data", "held", "most"),
    [
        ("chat", {}, attrgetter("flow"), room_fold.FLOW_KEPT),
        ("chat", {}, attrgetter("deliveries.by_id"), delivery.KEPT),
        ("chat", {}, attrgetter("deliveries.by_position"), delivery.KEPT),
        ("finding", {}, attrgetter("findings"), findings.FINDINGS_KEPT),
        ("approval", {"op": "request"}, attrgetter("approvals"), waiting.APPROVALS_KEPT),
        ("question", {}, attrgetter("questions"), waiting.APPROVALS_KEPT),
        ("alert", {}, attrgetter("alerts"), waiting.ALERTS_KEPT),
    ],
)
def test_the_newest_are_kept(log: Log, kind: str, data: dict[str, Any], held: Any, most: int) -> None:
    said = [log.say(kind, "lead-1", "human", "news", **data).id for _ in range(most + 3)]
    assert most - most // delivery.EVICTED_SHARE <= len(held(log.room)) <= most
    kept = msgspec.json.encode(held(log.room)).decode()
    assert f'"{said[-1]}"' in kept
    assert f'"{said[0]}"' not in kept


def test_links_are_bounded_and_the_ones_in_use_stay(log: Log) -> None:
    log.say("chat", "lead-1", "human")
    for number in range(deliveries.LINKS_KEPT):
        log.say("chat", "lead-1", f"n{number}")
        if number == 5:
            log.say("chat", "human", "lead-1")
    assert len(log.room.links) == deliveries.LINKS_KEPT
    assert log.room.links[room.link_key("human", "lead-1")].count == 2
    assert room.link_key("lead-1", "n0") not in log.room.links


# Places and repeated ids


def test_a_record_is_folded_once() -> None:
    log = Log()
    said = log.say("chat", "human", "lead-1")
    assert not log.folder.apply(log.records[0])
    assert not log.folder.apply(Record(10, said))
    assert (log.room.count, log.room.position) == (1, 11)


def test_a_repeated_id_at_the_end_does_not_hold_the_position_back() -> None:
    log = Log()
    log.say("chat", "human", "lead-1", id="twice")
    log.say("alert", "lead-1", "human", id="twice")
    assert log.room.position == log.records[-1].position + 1
    assert not log.room.alerts


def test_an_id_is_remembered_for_as_many_messages_as_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEEN_IDS", 3)
    log = Log()
    for name in ("a", "b", "c", "a", "d", "a"):
        log.say("chat", "human", "lead-1", id=name)
    assert log.room.count == 5
    assert len(log.room.seen) == 3 * room_fold.FINGERPRINT_BYTES


def test_a_snapshot_remembers_the_ids_it_has_folded() -> None:
    log = Log()
    said = log.say("chat", "human", "lead-1")
    resumed = Folder(msgspec.json.decode(msgspec.json.encode(log.room), type=Room))
    assert not resumed.apply(Record(10, said))


# What an instance cannot forge


def refused(log: Log, *args: Any, **data: Any) -> None:
    """This message changes nothing but the counters."""
    before, count, forbidden = seen(log.room), log.room.count, log.room.forbidden
    log.folder.take_dirty()
    said = log.say(*args, **data)
    assert seen(log.room) == before
    assert log.folder.take_dirty() == set()
    assert (log.room.count, log.room.forbidden) == (count + 1, forbidden + 1)
    assert log.room.last_forbidden.startswith(said.from_[:20])


def test_approvals_are_decided_by_the_coordinator_alone(log: Log) -> None:
    asked = log.say("approval", "builder-1", "human", "May I?", op="request", command="pytest")
    for forger in ("builder-1", "explorer-1", "human", "C2"):
        refused(log, "approval", forger, "builder-1", "always", op="decision", verdict="always", reply_to=asked.id)
    approval = log.room.approvals[asked.id]
    assert (approval.command, approval.verdict) == ("pytest", "")
    log.say("approval", "coordinator", "builder-1", "yes", op="decision", verdict="", reply_to=asked.id)
    assert (approval.verdict, approval.decided_by) == ("", "")
    log.say("approval", "coordinator", "builder-1", "yes", op="decision", verdict="once", by="human", reply_to=asked.id)
    log.say("approval", "coordinator", "builder-1", "no", op="decision", verdict="reject", reply_to=asked.id)
    assert (approval.verdict, approval.decided_by) == ("once", "human")


def test_a_request_cannot_take_the_place_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEEN_IDS", 1)
    log = Log().here(*INSTANCES)
    asked = log.say("approval", "builder-1", "human", "May I?", op="request", command="pytest")
    question = log.say("question", "builder-1", "human", "Which?")
    log.say("chat", "lead-1", "human")
    log.say("approval", "explorer-1", "human", "May I?", op="request", command="rm -rf .", id=asked.id)
    log.say("question", "explorer-1", "human", "Your key?", id=question.id)
    assert log.room.count == len(log.records)
    assert log.room.approvals[asked.id].command == "pytest"
    assert log.room.questions[question.id].text == "Which?"


def test_what_waits_outlasts_what_is_decided(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "APPROVALS_KEPT", 2)
    first = log.say("approval", "builder-1", "human", op="request", command="a")
    decided = log.say("approval", "builder-1", "human", op="request", command="b")
    log.say("approval", "coordinator", "builder-1", op="decision", verdict="once", reply_to=decided.id)
    third = log.say("approval", "builder-1", "human", op="request", command="c")
    assert list(log.room.approvals) == [first.id, third.id]
    fourth = log.say("approval", "builder-1", "human", op="request", command="d")
    assert list(log.room.approvals) == [third.id, fourth.id]


def test_how_an_instance_is_is_said_by_the_coordinator(log: Log) -> None:
    refused(log, "status", "builder-1", "human", instance="explorer-1", state="PARKED")
    log.say("status", "builder-1", "coordinator", state="PARKED", role="lead", removed="yes", turn="t" * 900)
    view = log.room.instances["builder-1"]
    assert (view.state, view.role, view.turn) == ("ONLINE", "builder", "t" * 300)


def test_only_the_coordinator_introduces_an_instance(log: Log) -> None:
    for number in range(50):
        log.say("status", f"ghost-{number}", "coordinator", turn="boo")
        log.say("receipt", f"ghost-{number}", "coordinator", read_low=10)
    log.say("status", "human", "coordinator", turn="boo")
    log.say("status", "coordinator", "human", instance="Not An Id", state="ONLINE")
    assert list(log.room.instances) == list(INSTANCES)
    assert not log.room.deliveries.marks


def test_receipts_speak_of_their_sender_alone(log: Log) -> None:
    asked = log.say("chat", "human", "builder-1")
    position = log.records[-1].position
    refused(log, "receipt", "explorer-1", "coordinator", instance="builder-1", read=[position])
    log.say("receipt", "explorer-1", "coordinator", read=[position])
    assert log.room.deliveries.by_id[asked.id].stage == "written"
    log.say("receipt", "builder-1", "coordinator", read=[position])
    assert log.room.deliveries.by_id[asked.id].stage == "read"
    assert log.room.flow[-1].id == asked.id


def test_task_states_are_the_coordinators_and_the_holders(log: Log) -> None:
    task = log.say("task", "lead-1", "role:builder", "do it").id
    for state in board.STATES:
        refused(log, "task_update", "builder-1", "coordinator", task=task, state=state, token=0)
    log.say("task_update", "coordinator", "builder-1", task=task, state="ASSIGNED", assignee="builder-1")
    token = log.records[-1].position
    refused(log, "task_complete", "explorer-1", "coordinator", task=task, token=token)
    refused(log, "task_complete", "builder-1", "coordinator", task=task, token=token - 1)
    refused(log, "task_complete", "builder-1", "coordinator", task=task)
    refused(log, "task_update", "builder-1", "coordinator", task=task, token=token, state="COMPLETED")
    log.say("task_update", "builder-1", "coordinator", task=task, token=token, state="IN_PROGRESS")
    log.say("task_complete", "builder-1", "coordinator", "done" * 100, task=task, token=token)
    held = log.room.board.tasks[task]
    assert (held.state, held.claim, held.result) == ("IN_PROGRESS", "ok", room.cut("done" * 100))


def test_a_finding_is_taken_back_by_its_author_alone(log: Log) -> None:
    said = log.say("finding", "explorer-1", content="a defect", key="k")
    log.say("memory", "builder-1", op="retract", reply_to=said.id)
    log.say("memory", "explorer-1", op="praise", reply_to=said.id)
    log.say("finding", "builder-1", content="mine", key="k")
    refused(log, "finding", "explorer-1:k", content="not mine", key="")
    assert [found.text for found in log.room.findings.values()] == ["a defect", "mine"]
    log.say("memory", "explorer-1", op="retract", reply_to=said.id)
    assert [found.text for found in log.room.findings.values()] == ["mine"]


def test_a_finding_that_moved_stands_at_its_new_line(log: Log) -> None:
    log.say("finding", "explorer-1", content="a.py:3 too long", key="long:a.py:f", path="a.py", line=3)
    log.say("memory", "builder-1", op="move", lines={"long:a.py:f": 99})
    log.say("memory", "explorer-1", op="move", lines={"long:a.py:f": 7, "no:such:thing": 1, "long:a.py:g": "x"})
    (finding,) = log.room.findings.values()
    assert (finding.line, finding.text) == (7, "a.py:7 too long")
    log.say("memory", "explorer-1", op="move", lines=["long:a.py:f"])
    log.say("memory", "explorer-1", op="move", lines={"long:a.py:f": 0})
    assert log.room.findings == {finding.key: finding}


def test_the_coordinator_may_take_back_any_finding(log: Log) -> None:
    said = log.say("finding", "explorer-1", content="a defect")
    log.say("memory", "coordinator", op="retract", reply_to=said.id)
    assert not log.room.findings


def test_an_answer_is_of_the_one_who_was_asked(log: Log) -> None:
    asked = log.say("question", "human", "builder-1", "how far?")
    to_role = log.say("question", "human", "role:builder", "who is free?")
    to_person = log.say("question", "lead-1", "human", "may we?")
    for forger in ("explorer-1", "lead-1", "C2"):
        for said in (asked, to_role, to_person):
            log.say("answer", forger, said.from_, "42", reply_to=said.id)
    ways = log.room.deliveries.by_id
    assert [ways[said.id].answer for said in (asked, to_role, to_person)] == ["", "", ""]
    assert list(log.room.questions) == [to_person.id]
    answers = [log.say("answer", "builder-1", "human", reply_to=said.id) for said in (asked, to_role)]
    answers.append(log.say("answer", "human", "lead-1", reply_to=to_person.id))
    assert [ways[said.id].answer for said in (asked, to_role, to_person)] == [said.id for said in answers]
    assert not log.room.questions


@pytest.mark.parametrize("sender", ["", "Builder", "all", "explorer-1 ", "C2/Araya", "explorer\n1", "b" * 33])
def test_who_is_nobody_says_nothing(log: Log, sender: str) -> None:
    refused(log, "chat", sender, "human", "believe me")


def test_an_unknown_type_is_shown_and_acts_on_nothing(log: Log) -> None:
    before = seen(log.room)
    log.say("dance", "explorer-1", "human", "look", op="request", state="PARKED")
    assert log.folder.take_dirty() == {"flow"}
    row = log.room.flow.pop()
    assert (row.type, row.text) == ("dance", "look")
    assert seen(log.room) == before
    assert log.room.forbidden == 0


# What the faces see


def test_an_instance_as_the_coordinator_says_it_is(log: Log) -> None:
    facts: dict[str, Any] = {"reason": "signal 9", "source": "supervision", "brain": "builtin", "order": 2, "epoch": 3}
    log.say("status", "explorer-1", "coordinator", turn="reading")
    crash: dict[str, Any] = {"crash": "signal 9", "crash_epoch": 2}
    down = log.say("status", "coordinator", "human", instance="explorer-1", state="CRASHED", pid=7, **crash)
    log.say("status", "coordinator", "human", instance="explorer-1", state="CRASHED", restarts=1, **facts)
    view = log.room.instances["explorer-1"]
    assert (view.state, view.reason, view.source, view.brain) == ("CRASHED", "signal 9", "supervision", "builtin")
    assert (view.order, view.epoch, view.pid, view.restarts, view.role) == (2, 3, 7, 1, "explorer")
    assert (view.since, view.turn, view.crash, view.crash_at) == (down.timestamp, "", "signal 9", down.timestamp)
    assert [(one.text, one.epoch) for one in log.room.diary.events if one.kind == "crash"] == [("signal 9", 2)]


def test_the_texts_of_a_status_are_cut(log: Log) -> None:
    log.say("status", "coordinator", "human", instance="lead-1", state="S" * 999, reason="r" * 999, crash="c" * 999)
    view = log.room.instances["lead-1"]
    assert (len(view.state), len(view.reason), len(view.crash)) == (300, 300, 300)


def test_an_instance_that_is_no_longer_configured_goes(log: Log) -> None:
    log.say("receipt", "lead-1", "coordinator", read_low=5)
    log.folder.take_dirty()
    log.say("status", "coordinator", "human", instance="lead-1", removed="yes")
    log.say("status", "coordinator", "human", instance="ghost-1", removed="yes")
    assert {"instance:lead-1", "deliveries"} <= log.folder.take_dirty()
    assert list(log.room.instances) == ["explorer-1", "builder-1"]
    assert not log.room.deliveries.marks


def test_a_finding_said_again_replaces_what_was_said_before(log: Log) -> None:
    log.say("finding", "explorer-1", content="one", key="k")
    log.say("finding", "explorer-1", content="two")
    log.say(
        "finding", "explorer-1", content="three", key="k", rule="r", path="a.py", line=3, severity="high",
        kind="pattern", rests_on=["x", 7],
    )  # fmt: skip
    found = list(log.room.findings.values())
    assert [finding.text for finding in found] == ["two", "three"]
    last = found[-1]
    assert (last.rule, last.path, last.line, last.severity, last.kind) == ("r", "a.py", 3, "high", "pattern")
    assert (last.key, last.rests_on) == ("explorer-1:k", ("x",))


def test_what_waits_for_the_person_is_counted(log: Log) -> None:
    asked = log.say("approval", "builder-1", "human", op="request", command="pytest")
    question = log.say("question", "lead-1", "human", "may we?")
    log.say("question", "lead-1", "builder-1", "may we?")
    log.say("status", "coordinator", "human", instance="builder-1", state="PARKED")
    assert room.waiting(log.room) == 3
    log.say("approval", "coordinator", "builder-1", op="decision", verdict="once", reply_to=asked.id)
    log.folder.take_dirty()
    log.say("chat", "human", "lead-1", reply_to=question.id)
    assert "approvals" in log.folder.take_dirty()
    assert room.waiting(log.room) == 1


def test_who_stands_behind_an_address(log: Log) -> None:
    assert log.room.members("broadcast", "lead-1") == ["explorer-1", "builder-1"]
    assert log.room.members("role:builder", "human") == ["builder-1"]
    assert log.room.members("lead-1", "human") == ["lead-1"]
    asked = log.say("message", "lead-1", "broadcast")
    assert log.room.deliveries.by_id[asked.id].expected == 2


def test_talk_is_counted_for_the_speaker_and_the_pair(log: Log) -> None:
    log.say("chat", "lead-1", "human")
    said = log.say("chat", "human", "lead-1")
    log.say("chat", "lead-1", "broadcast")
    log.say("chat", "lead-1", "lead-1")
    log.say("session", "lead-1", "human")
    link = log.room.links[room.link_key("lead-1", "human")]
    assert (len(log.room.links), link.count, link.last_at) == (1, 2, said.timestamp)
    assert log.room.instances["lead-1"].sent == 3
    assert log.room.instances["lead-1"].last_at == log.records[-2].message.timestamp


def test_a_word_to_a_role_links_its_sender_with_each_who_has_it(log: Log) -> None:
    log.here("builder-2")
    log.say("task", "lead-1", "role:builder")
    assert set(log.room.links) == {room.link_key("lead-1", name) for name in ("builder-1", "builder-2")}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_talk_is_tracked_and_bookkeeping_is_not(log: Log, kind: str) -> None:
    said = log.say(kind, "coordinator", "human")
    assert (said.id in log.room.deliveries.by_id) is (kind not in UNTRACKED)
    assert any(row.id == said.id for row in log.room.flow) is (kind not in room.HIDDEN_FROM_FLOW)


@pytest.mark.parametrize(
    ("data", "label"),
    [({"severity": "high", "state": "X"}, "high"), ({"state": "X"}, "X"), ({"verdict": "once"}, "once"), ({}, "")],
)
def test_a_row_says_what_its_type_is_about(log: Log, data: dict[str, Any], label: str) -> None:
    log.say("message", "lead-1", "human", "word " * 100, reply_to="before", **data)
    row = log.room.flow[-1]
    assert (row.label, row.reply_to, len(row.text), row.text[-1]) == (label, "before", limits.HEAD_CHARACTERS, "…")


@given(st.text(max_size=500))
def test_cutting_what_is_cut_changes_nothing(content: str) -> None:
    once = room.cut(content)
    assert room.cut(once) == once
    assert len(once) <= limits.HEAD_CHARACTERS
    assert content.startswith(once.removesuffix("…"))
