"""Folds the log into the room. The coordinator, every screen and a replay fold the same way.

``Folder.apply`` has no clock and no effect: time in a view is the record's time. It ignores and counts what the
authority table forbids, drops an id it has seen, and keeps every collection bounded but the open tasks, so two rooms
at one position are equal (``digest``), also when one of them began from a snapshot.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core import address, authority, limits, typed
from trinity_tui.core.dead import letter_of
from trinity_tui.core.delivery import receiver
from trinity_tui.core.message import KINDS, UNTRACKED, Message
from trinity_tui.core.room import Alert, Approval, Finding, FlowRow, InstanceView, Link, Room, flow_row, link_key

if TYPE_CHECKING:
    from trinity_tui.core.record import Position, Record
FOLD_VERSION = 5
"""Rises when the same records fold to another room; snapshots of another version are of no use."""
FLOW_KEPT = 500
FINDINGS_KEPT = 500
APPROVALS_KEPT = 200
ALERTS_KEPT = 100
LINKS_KEPT = 2_000
DIFF_CHARACTERS = 4_000
FINGERPRINT_BYTES = 8


class Folder:
    """Folds records into a room and says what changed.

    Args:
        room: Where to begin: an empty room, or a snapshot.

    Attributes:
        dirty: The areas that changed since they were last taken: ``flow``, ``findings``, ``tasks``, ``approvals``,
            ``alerts``, ``deliveries``, ``links``, ``usage`` and ``instance:<id>``.
    """

    def __init__(self, room: Room | None = None) -> None:
        self.room = room if room is not None else Room()
        self.dirty: set[str] = set()
        seen = bytes(self.room.seen)
        self._seen = {seen[at : at + FINGERPRINT_BYTES] for at in range(0, len(seen), FINGERPRINT_BYTES)}

    def take_dirty(self) -> set[str]:
        """What changed since the last call."""
        dirty, self.dirty = self.dirty, set()
        return dirty

    def apply(self, record: Record) -> bool:
        """Fold one record; whether it was new (a repeated id, or one already folded, is not)."""
        room, message = self.room, record.message
        if record.position < room.position:
            return False
        room.position = record.position + 1
        if not self._is_new(message.id):
            return False
        room.count += 1
        task = typed.text(message.metadata, "task")
        refused = authority.refusal(message, room.board.holder(task) if task else None)
        if refused is not None:
            room.forbidden += 1
            room.last_forbidden = f"{message.from_}: {refused}"[: typed.TEXT_CHARACTERS]
            return True
        self._fold(record.position, message)
        return True

    def _is_new(self, message_id: str) -> bool:
        fingerprint = hashlib.blake2b(message_id.encode(), digest_size=FINGERPRINT_BYTES).digest()
        if fingerprint in self._seen:
            return False
        ids = self.room.seen
        self._seen.add(fingerprint)
        ids += fingerprint
        if len(ids) > limits.SEEN_IDS * FINGERPRINT_BYTES:
            self._seen.discard(bytes(ids[:FINGERPRINT_BYTES]))
            del ids[:FINGERPRINT_BYTES]
        return True

    def _fold(self, position: Position, message: Message) -> None:
        kind = message.type
        if kind == "receipt":
            self._receipt(message)
            return
        row = flow_row(position, message)
        self._flow(row)
        if kind in KINDS and kind not in UNTRACKED:
            self._track(position, message, row)
        apply = _FOLDS.get(kind)
        if apply is not None:
            apply(self, position, message, row)

    def _receipt(self, message: Message) -> None:
        deliveries = self.room.deliveries
        view = self.room.instances.get(receiver(message))
        if view is not None:
            deliveries.mark(message, view.role)
        deliveries.receipt(message)
        self.dirty.add("deliveries")
        if message.from_ == address.COORDINATOR:
            self._end(message)

    def _end(self, message: Message) -> None:
        """How messages ended that nobody read, and which dead letters need nobody's care any more."""
        room = self.room
        for entry in typed.tables(message.metadata, "endings"):
            name, stage = typed.text(entry, "id"), typed.text(entry, "stage")
            room.deliveries.end(name, stage, typed.text(entry, "reason"))
            for letter in typed.tables({"letters": [entry.get("letter")]}, "letters"):
                room.dead.buried(letter_of(letter))
        for name in typed.texts(message.metadata, "dropped"):
            room.dead.settled(name)
        self.dirty.add("approvals")

    def _flow(self, row: FlowRow) -> None:
        flow = self.room.flow
        flow.append(row)
        if len(flow) > FLOW_KEPT:
            del flow[0]
        self.dirty.add("flow")

    def _track(self, position: Position, message: Message, row: FlowRow) -> None:
        room = self.room
        expected = len(room.members(message.to, message.from_)) if address.is_many(message.to) else 1
        room.deliveries.written(position, message, expected)
        view = room.instances.get(message.from_)
        settled = typed.text(message.metadata, "resent_of") if message.from_ == address.HUMAN else ""
        if message.reply_to:
            settled = room.deliveries.answered(message, view.role if view is not None else "") or settled
            if message.from_ == address.HUMAN and room.questions.pop(message.reply_to, None) is not None:
                self.dirty.add("approvals")
        if settled and room.dead.settled(settled):
            self.dirty.add("approvals")
        self.dirty.add("deliveries")
        if view is not None:
            view.sent += 1
            view.last_at = message.timestamp
            self.dirty.add(f"instance:{view.id}")
        self._link(row)

    def _link(self, row: FlowRow) -> None:
        """Note who talked to whom; a word to a role is one to each who has it, a broadcast is talk with nobody."""
        role = address.role_of(row.to) is not None
        others = self.room.members(row.to, row.from_) if role else [] if address.is_many(row.to) else [row.to]
        for other in others:
            if other != row.from_:
                self._note_link(link_key(row.from_, other), row)

    def _note_link(self, key: str, row: FlowRow) -> None:
        links = self.room.links
        link = links.pop(key, None) or Link()
        link.count += 1
        link.last_at, link.last_position = row.timestamp, row.position
        links[key] = link
        if len(links) > LINKS_KEPT:
            del links[next(iter(links))]
        self.dirty.add("links")

    def status(self, position: Position, message: Message, row: FlowRow) -> None:
        """The coordinator says how an instance is, or an instance it introduced that a long turn runs."""
        data, instances = message.metadata, self.room.instances
        name = typed.text(data, "instance", message.from_)
        is_lifecycle = message.from_ == address.COORDINATOR
        if not address.is_instance_id(name) or (not is_lifecycle and name not in instances):
            return
        self.dirty.add(f"instance:{name}")
        if not is_lifecycle:
            instances[name].turn = typed.text(data, "turn", instances[name].turn)
            if self.room.usage.fold(message):
                self.dirty.add("usage")
        elif typed.text(data, "removed") == "yes":
            instances.pop(name, None)
            if self.room.deliveries.marks.pop(name, None) is not None:
                self.dirty.add("deliveries")
        else:
            _lifecycle(instances.setdefault(name, InstanceView(name)), message)

    def finding(self, position: Position, message: Message, row: FlowRow) -> None:
        """Somebody learned something; the same key again replaces what was said before."""
        data, findings = message.metadata, self.room.findings
        key = f"{message.from_}:{typed.text(data, 'key', message.id)}"
        findings.pop(key, None)
        findings[key] = Finding(
            key=key, id=message.id, position=position, from_=message.from_, text=row.text, at=message.timestamp,
            rule=typed.text(data, "rule"), path=typed.text(data, "path"), line=typed.whole(data, "line"),
            severity=typed.text(data, "severity", "normal"), kind=typed.text(data, "kind", "finding"),
            rests_on=tuple(typed.texts(data, "rests_on")),
        )  # fmt: skip
        if len(findings) > FINDINGS_KEPT:
            del findings[next(iter(findings))]
        self.dirty.add("findings")

    def memory(self, position: Position, message: Message, row: FlowRow) -> None:
        """A finding whose cause is gone is taken back by the one who said it; one that moved stands elsewhere now."""
        if typed.text(message.metadata, "op") == "move":
            self._move(message)
        if typed.text(message.metadata, "op") != "retract":
            return
        findings = self.room.findings
        for finding in [finding for finding in findings.values() if finding.id == message.reply_to]:
            if message.from_ in (finding.from_, address.COORDINATOR):
                del findings[finding.key]
        self.dirty.add("findings")

    def _move(self, message: Message) -> None:
        for name, line in typed.numbered(message.metadata, "lines").items():
            key = f"{message.from_}:{name}"
            finding = self.room.findings.get(key)
            if finding is not None and line > 0:
                text = finding.text.replace(f"{finding.path}:{finding.line} ", f"{finding.path}:{line} ", 1)
                self.room.findings[key] = msgspec.structs.replace(finding, line=line, text=text)
                self.dirty.add("findings")

    def approval(self, position: Position, message: Message, row: FlowRow) -> None:
        """A request for the person, or its decision."""
        approvals = self.room.approvals
        self.dirty.add("approvals")
        if typed.text(message.metadata, "op") == "request":
            command = typed.text(message.metadata, "command")
            approval = Approval(
                message.id, position, message.from_, command, row.text, message.timestamp, **_call(message.metadata)
            )
            approvals.setdefault(message.id, approval)
            if len(approvals) > APPROVALS_KEPT:
                del approvals[next((key for key, kept in approvals.items() if kept.verdict), next(iter(approvals)))]
            return
        asked, verdict = approvals.get(message.reply_to or ""), typed.text(message.metadata, "verdict")
        if asked is not None and verdict and not asked.verdict:
            asked.verdict = verdict
            asked.decided_by = typed.text(message.metadata, "by", message.from_)
            asked.decided_at = message.timestamp
            asked.word = typed.text(message.metadata, "word")
            asked.granted = typed.text(message.metadata, "granted")

    def alert(self, position: Position, message: Message, row: FlowRow) -> None:
        """Something the person should know."""
        self.room.alerts.append(Alert(message.id, position, message.from_, row.text, message.timestamp))
        del self.room.alerts[:-ALERTS_KEPT]
        self.dirty.add("alerts")

    def question(self, position: Position, message: Message, row: FlowRow) -> None:
        """A question to the person waits in the inbox."""
        if message.to != address.HUMAN:
            return
        self.room.questions.setdefault(message.id, row)
        if len(self.room.questions) > APPROVALS_KEPT:
            del self.room.questions[next(iter(self.room.questions))]
        self.dirty.add("approvals")

    def task(self, position: Position, message: Message, row: FlowRow) -> None:
        """A task is proposed, or moves."""
        fold = self.room.board.proposed if message.type == "task" else self.room.board.updated
        fold(position, msgspec.structs.replace(message, content=row.text))
        self.dirty.add("tasks")


_FOLDS = {
    "status": Folder.status,
    "finding": Folder.finding,
    "memory": Folder.memory,
    "approval": Folder.approval,
    "alert": Folder.alert,
    "question": Folder.question,
    "task": Folder.task,
    "task_update": Folder.task,
    "task_complete": Folder.task,
}


def _lifecycle(view: InstanceView, message: Message) -> None:
    data = message.metadata
    state = typed.text(data, "state", view.state)
    if state != view.state:
        view.since = message.timestamp
        view.turn = ""
    view.state, view.reason = state, typed.text(data, "reason")
    view.source = typed.text(data, "source")
    view.hold, view.hold_by = typed.text(data, "hold"), typed.text(data, "hold_by")
    view.hold_until = typed.whole(data, "hold_until")
    view.role = typed.text(data, "role", view.role)
    view.brain = typed.text(data, "brain", view.brain)
    view.order = typed.whole(data, "order", view.order)
    view.epoch = typed.whole(data, "epoch", view.epoch)
    view.pid = typed.whole(data, "pid", view.pid)
    view.restarts = typed.whole(data, "restarts", view.restarts)
    view.stands_for = typed.text(data, "stands_for")
    if typed.text(data, "crash"):
        view.crash, view.crash_at = typed.text(data, "crash"), message.timestamp


def _call(metadata: dict[str, Any]) -> dict[str, Any]:
    """What a request says of the tool call that waits."""
    if typed.text(metadata, "kind") != "tool":
        return {}
    diff, grant = metadata.get("diff"), typed.texts(metadata, "grant")
    # What was cut would allow more, or something else, than what was asked for.
    is_whole = grant == metadata.get("grant") and all(len(word) < typed.TEXT_CHARACTERS for word in grant)
    return {
        "kind": "tool",
        "tool": typed.text(metadata, "tool"),
        "grant": tuple(grant) if is_whole else (),
        "diff": diff[:DIFF_CHARACTERS] if isinstance(diff, str) else "",
    }
