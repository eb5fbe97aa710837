"""Any log, hostile ones included: however it is folded the room is the same, says what changed, and stays bounded."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trinity_tui.core import board, dead, delivery, diary, limits, message, record, room, room_fold
from trinity_tui.core.folds import deliveries, findings, waiting
from trinity_tui.core.message import KINDS
from trinity_tui.core.record import Record
from trinity_tui.core.room import Room
from trinity_tui.core.room_fold import Folder
from trinity_tui.core.still import still

if TYPE_CHECKING:
    from collections.abc import Generator

INSTANCES = ("explorer-1", "builder-1", "lead-1")
CONTENTS = ["", "short", "x" * 199, "x" * 200, "x" * 201, "line\nline\t\x1b[2J" * 40, "🐍é" * 150]
TIME = "2026-08-01T10:00:00.000000Z"
AREAS = {
    "flow": ["flow"], "findings": ["findings"], "tasks": ["board"], "approvals": ["approvals", "questions", "dead"],
    "alerts": ["alerts"], "deliveries": ["deliveries"], "links": ["links"],
    "usage": ["usage"], "diary": ["diary"],
}  # fmt: skip
COUNTERS = {"position", "count", "forbidden", "last_forbidden", "seen"}


def fold(records: list[Record], begin: Room | None = None) -> Folder:
    """A folder after these records."""
    folder = Folder(begin)
    for item in records:
        folder.apply(item)
    return folder


def parts(view: Room) -> dict[str, bytes]:
    """The encoded parts of a room by their dirty area."""
    encoded = {area: msgspec.json.encode([getattr(view, name) for name in names]) for area, names in AREAS.items()}
    return encoded | {f"instance:{name}": msgspec.json.encode(seen) for name, seen in view.instances.items()}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """The areas that are not as they were."""
    return {area for area in before.keys() | after.keys() if before.get(area) != after.get(area)}


@contextmanager
def small_limits() -> Generator[None]:
    """Bounds so small that short logs reach them."""
    small = {
        room_fold: {"FLOW_KEPT": 5}, findings: {"FINDINGS_KEPT": 3}, deliveries: {"LINKS_KEPT": 3},
        waiting: {"APPROVALS_KEPT": 2, "ALERTS_KEPT": 2},
        delivery: {"KEPT": 5}, board: {"CLOSED_KEPT": 1}, limits: {"SEEN_IDS": 9},
        diary: {"EVENTS_KEPT": 3, "DECISIONS_KEPT": 2, "MARKS_KEPT": 2},
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for module, values in small.items():
            for name, value in values.items():
                patch.setattr(module, name, value)
        yield


# Any log

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "explorer-1", "yes", "m1", "x" * 1000, "\x1b[31m"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "state"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
KEYS = [
    "instance", "state", "assignee", "task", "token", "turn", "op", "verdict", "status", "key", "received", "read",
    "expired", "dead", "received_low", "read_low", "removed", "role", "crash", "rests_on", "reason", "line", "by",
    "spent", "hold_until",
]  # fmt: skip
GARBAGE = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4)
MEMBERS = st.sampled_from(INSTANCES)
ANYBODY = st.sampled_from([*INSTANCES, "coordinator", "human", "ghost-7", "C2", "C2/araya", "Mallory!", "", "all"])
RECIPIENTS = st.sampled_from(
    [*INSTANCES, "human", "coordinator", "broadcast", "all", "ALL", "role:builder", "C2", "no body", "t" * 999]
)
IDS = {kind: [f"{kind}-{number}" for number in range(2)] for kind in ("task", "approval", "question", "finding")}
ANY_ID = st.sampled_from([name for names in IDS.values() for name in names])
TYPES = st.sampled_from([*sorted(KINDS), "dance"])
BACK = st.lists(st.integers(0, 6), max_size=3)
"""Positions, counted back from the log's end."""


def meant(value: Any) -> st.SearchStrategy[Any]:
    """The strategy itself, or just the value."""
    return cast("st.SearchStrategy[Any]", value) if isinstance(value, st.SearchStrategy) else st.just(value)


def shape(kind: str, from_: Any, *, reply_to: Any = None, **data: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Messages of one kind as they come in earnest; what is no strategy is meant as it stands."""
    metadata = {key: meant(value) for key, value in data.items()}
    fields: dict[str, Any] = {
        "v": st.just(1), "id": st.sampled_from(IDS[kind]) if kind in IDS else st.uuids().map(str),
        "from": meant(from_), "to": RECIPIENTS,
        "type": st.just(kind), "priority": st.just("normal"), "timestamp": st.just(TIME),
        "content": st.sampled_from(CONTENTS), "metadata": st.fixed_dictionaries(metadata),
    }  # fmt: skip
    return st.fixed_dictionaries(fields if reply_to is None else fields | {"reply_to": reply_to})


FORGED = st.fixed_dictionaries(
    {
        "v": st.just(1), "id": ANY_ID | st.just("i" * 300), "from": ANYBODY | st.just("y" * 999), "to": RECIPIENTS,
        "type": TYPES, "priority": st.just("whenever"), "timestamp": st.just(""), "metadata": GARBAGE,
        "content": st.sampled_from(CONTENTS),
    },
    optional={"reply_to": ANY_ID | st.just("r" * 999), "hops": st.integers(0, 9), "mood": JSON},
)  # fmt: skip
SEEDS = st.fixed_dictionaries(
    {"from": ANYBODY.filter(bool), "to": RECIPIENTS, "type": TYPES, "content": JSON},
    optional={"timestamp": st.just("2025-11-20T10:00:00"), "metadata": GARBAGE, "priority": st.just("high")},
)
TASK = st.sampled_from(IDS["task"])
ASSIGN = shape("task_update", "coordinator", state="ASSIGNED", assignee=MEMBERS, task=TASK)
MOVE = shape("task_update", "coordinator", state=st.sampled_from(board.STATES), task=TASK)
MESSAGES = st.one_of(
    FORGED, FORGED, SEEDS, shape("chat", ANYBODY), shape("chat", "human", reply_to=ANY_ID), shape("alert", MEMBERS),
    shape("finding", MEMBERS, key=st.sampled_from("kl")), shape("memory", MEMBERS, op="retract", reply_to=ANY_ID),
    shape("status", MEMBERS, spent=st.fixed_dictionaries({"brain": st.sampled_from("xy"), "input_tokens": JSON})),
    shape("question", MEMBERS), shape("answer", ANYBODY, reply_to=ANY_ID), shape("task", ANYBODY), ASSIGN, ASSIGN, MOVE,
    shape("approval", MEMBERS, op="request", command="pytest"),
    shape("approval", "coordinator", op="decision", verdict="once", reply_to=st.sampled_from(IDS["approval"])),
    shape("task_update", "", state="IN_PROGRESS", task=TASK), shape("task_complete", "", status="ok", task=TASK),
    shape("status", "coordinator", instance=MEMBERS, state=st.sampled_from(["ONLINE", "S" * 400]), crash="9"),
    shape("status", "coordinator", instance=MEMBERS, removed=st.sampled_from(["", "yes"])),
    shape("status", ANYBODY, turn="reading"), shape("receipt", "", received=BACK, read=BACK, read_low=2**40),
    shape("receipt", "", expired=BACK, dead=BACK), shape("receipt", ANYBODY, received=BACK, read=BACK, received_low=30),
    shape("receipt", "coordinator", instance=st.sampled_from(["C2", *INSTANCES]), read=BACK),
)  # fmt: skip


def shaped(kind: str, from_: str, to: str, name: str, **data: Any) -> dict[str, Any]:
    """One certain message."""
    raw: dict[str, Any] = {"v": 1, "id": name, "from": from_, "to": to, "type": kind, "priority": "normal"}
    return raw | {"timestamp": TIME, "content": "", "metadata": data}


HERE = [
    shaped("status", "coordinator", "human", f"here-{name}", instance=name, state="ONLINE", role=name.partition("-")[0])
    for name in INSTANCES
]
AT_WORK = [
    *HERE, shaped("finding", "explorer-1", "broadcast", "finding-0", key="k"),
    shaped("approval", "builder-1", "human", "approval-0", op="request", command="pytest"),
    shaped("question", "lead-1", "human", "question-0"), shaped("task", "lead-1", "role:builder", "task-0"),
    shaped("task_update", "coordinator", "builder-1", "given-0", task="task-0", state="ASSIGNED", assignee="builder-1"),
]  # fmt: skip


class Writing:
    """A log as it is written, folded so far."""

    def __init__(self) -> None:
        self.folder = Folder()
        self.records: list[Record] = []
        self.position = 0

    def write(self, raw: dict[str, Any], step: int = 10) -> None:
        """Append what these fields decode to, a hostile position included when the step is 0."""
        line = msgspec.json.encode(self._settled(raw))
        name = f"s{len(self.records)}"
        said = message.decode(line) if "v" in raw else message.decode_whole(line, new_id=name, now=0.0)
        self.records.append(Record(self.position, said))
        self.folder.apply(self.records[-1])
        self.position += step

    def _settled(self, raw: dict[str, Any]) -> dict[str, Any]:
        """With what only the log so far can say: a holder and its token, a reader and real positions."""
        if "metadata" not in raw:
            return raw
        data: dict[str, Any] = dict(raw["metadata"])
        newest = [item.position for item in reversed(self.records)]
        task = self.folder.room.board.tasks.get(str(data.get("task")))
        sender = raw["from"] or (task.assignee if task else "") or (self.records[-1].message.to if newest else "")
        if task is not None:
            data.setdefault("token", task.token)
        for step in ("received", "read", "expired", "dead"):
            if raw["type"] == "receipt" and isinstance(data.get(step), list):
                data[step] = [newest[back] if back in range(len(newest)) else back for back in data[step]]
        return raw | {"metadata": data, "from": sender}


@st.composite
def logs(draw: st.DrawFn) -> list[Record]:
    """Any log of decodable messages; most begin where work is under way."""
    log = Writing()
    for raw in draw(st.sampled_from([AT_WORK, AT_WORK, HERE, []])):
        log.write(raw)
    for _ in range(draw(st.integers(0, 30))):
        log.write(draw(MESSAGES), draw(st.sampled_from([10, 1, 0])))
    return log.records


@given(logs(), st.integers(0, 40))
def test_a_snapshot_at_any_point_and_the_rest_give_the_same_room(records: list[Record], cut: int) -> None:
    with small_limits():
        whole = fold(records)
        begun = fold(records[:cut])
        snapshot = msgspec.json.encode(begun.room)
        resumed = fold(records[cut:], msgspec.json.decode(snapshot, type=Room))
        assert resumed.room == whole.room
        assert msgspec.json.encode(resumed.room) == msgspec.json.encode(whole.room)
        assert resumed.room.digest() == whole.room.digest()


@given(logs(), st.integers(0, 40))
def test_a_still_at_any_point_and_the_rest_show_the_same(records: list[Record], cut: int) -> None:
    with small_limits(), pytest.MonkeyPatch.context() as patch:
        # Of what is repeated later than the fingerprints of a still reach, nothing is promised.
        patch.setattr(limits, "SEEN_IDS", 1_000)
        whole = fold(records).room
        kept = msgspec.json.encode(still(fold(records[:cut]).room))
        resumed = fold(records[cut:], msgspec.json.decode(kept, type=Room)).room
        assert msgspec.json.encode(still(resumed)) == msgspec.json.encode(still(whole))
        shown = {row.id for row in whole.flow} & whole.deliveries.by_id.keys()
        assert shown <= resumed.deliveries.by_id.keys()


@given(logs(), st.integers(0, 40))
def test_a_mirror_fed_with_cut_heads_of_what_was_new_equals_the_room(records: list[Record], cut: int) -> None:
    with small_limits():
        there = fold(records[:cut])
        mirror = Folder(msgspec.json.decode(msgspec.json.encode(there.room), type=Room))
        for item in [item for item in records[cut:] if there.apply(item)]:
            said = item.message
            head = msgspec.structs.replace(said, content=room.cut(said.content), extra=None)
            assert mirror.apply(msgspec.structs.replace(item, message=head))
        mirror.room.position = max(mirror.room.position, there.room.position)
        assert mirror.room.digest() == there.room.digest()


@given(logs())
def test_every_change_is_said_and_everything_is_bounded(records: list[Record]) -> None:
    with small_limits():
        folder = Folder()
        before = parts(folder.room)
        for item in records:
            counts = folder.room.count, folder.room.forbidden
            folder.apply(item)
            after, dirty = parts(folder.room), folder.take_dirty()
            assert changed(before, after) <= dirty
            if folder.room.forbidden > counts[1] or folder.room.count == counts[0]:
                assert not dirty
            before = after
        check_bounds(folder.room)


def check_bounds(view: Room) -> None:
    """No collection but the open tasks is longer than it may be, and no text in it."""
    assert len(view.flow) <= room_fold.FLOW_KEPT
    assert len(view.findings) <= findings.FINDINGS_KEPT
    assert len(view.approvals) <= waiting.APPROVALS_KEPT
    assert len(view.questions) <= waiting.APPROVALS_KEPT
    assert len(view.alerts) <= waiting.ALERTS_KEPT
    assert len(view.links) <= deliveries.LINKS_KEPT
    assert len(view.diary.events) <= diary.EVENTS_KEPT
    assert len(view.diary.decisions) <= diary.DECISIONS_KEPT
    assert len(view.diary.marks) <= diary.MARKS_KEPT
    assert len(view.dead.waiting) <= dead.KEPT
    assert len(view.dead.told) <= dead.CONSUMERS_KEPT
    assert len(view.deliveries.by_id) == len(view.deliveries.by_position) <= delivery.KEPT
    assert view.deliveries.marks.keys() <= view.instances.keys()
    closed = [task.id for task in view.board.tasks.values() if task.state in board.CLOSED]
    assert sorted(view.board.closed) == sorted(closed)
    assert len(closed) <= board.CLOSED_KEPT
    assert len(view.seen) <= limits.SEEN_IDS * room_fold.FINGERPRINT_BYTES
    assert longest_text(msgspec.to_builtins(msgspec.structs.replace(view, seen=bytearray()))) <= 600


def longest_text(value: Any) -> int:
    """The length of the longest text in a value, keys included."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return max((longest_text(item) for pair in items for item in pair), default=0)
    if isinstance(value, list | tuple):
        return max(map(longest_text, cast("list[Any]", value)), default=0)
    return len(value) if isinstance(value, str) else 0


@settings(max_examples=30)  # two logs that were drawn differ nearly always
@given(logs(), logs())
def test_the_digest_tells_rooms_apart(one: list[Record], other: list[Record]) -> None:
    first, second = fold(one).room, fold(other).room
    is_same = msgspec.json.encode(first) == msgspec.json.encode(second)
    assert (first.digest() == second.digest()) is is_same
    assert is_same or first != second
    assert fold(one).room.digest() == first.digest()


def test_every_part_of_a_room_has_an_area() -> None:
    named = {name for names in AREAS.values() for name in names}
    assert {field.name for field in msgspec.structs.fields(Room)} == named | COUNTERS | {"instances"}


@settings(max_examples=30)
@given(logs())
def test_what_was_read_from_the_log_folds(records: list[Record]) -> None:
    """Lines written and read again give the room that the messages gave."""
    lines = [(item.position, record.encode(item.message)) for item in records]
    read = [Record(position, record.decode(line)) for position, line in lines]
    assert fold(read).room.digest() == fold(records).room.digest()
