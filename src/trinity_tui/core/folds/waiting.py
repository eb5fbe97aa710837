"""What waits for the person: requests to allow something, questions, and what they should know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.core import address, typed
from trinity_tui.core.diary import Decision
from trinity_tui.core.room import Alert, Approval

if TYPE_CHECKING:
    from trinity_tui.core.folds.changing import Changing
    from trinity_tui.core.message import Message
    from trinity_tui.core.record import Position
    from trinity_tui.core.room import FlowRow

APPROVALS_KEPT = 200
ALERTS_KEPT = 100
DIFF_CHARACTERS = 4_000


def approval(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """A request for the person, or its decision."""
    approvals = change.room.approvals
    change.dirty.add("approvals")
    if typed.text(message.metadata, "op") == "request":
        command = typed.text(message.metadata, "command")
        asked = Approval(
            message.id, position, message.from_, command, row.text, message.timestamp, **_call(message.metadata)
        )
        approvals.setdefault(message.id, asked)
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
        via, what = typed.text(message.metadata, "via"), asked.command or asked.text
        change.decided(
            Decision("approval", asked.id, asked.from_, what, verdict, asked.decided_by, message.timestamp,
                     asked.at, position, asked.word or asked.granted, via)
        )  # fmt: skip


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


def alert(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """Something the person should know."""
    change.room.alerts.append(Alert(message.id, position, message.from_, row.text, message.timestamp))
    del change.room.alerts[:-ALERTS_KEPT]
    change.dirty.add("alerts")


def question(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """A question to the person waits in the inbox."""
    if message.to != address.HUMAN:
        return
    change.room.questions.setdefault(message.id, row)
    if len(change.room.questions) > APPROVALS_KEPT:
        del change.room.questions[next(iter(change.room.questions))]
    change.dirty.add("approvals")


def answered(change: Changing, position: Position, message: Message, row: FlowRow) -> None:
    """The person answers what an instance asked, if one did."""
    asked = change.room.questions.pop(message.reply_to or "", None) if message.from_ == address.HUMAN else None
    if asked is not None:
        via = typed.text(message.metadata, "via")
        change.decided(
            Decision("question", asked.id, asked.from_, asked.text, "answered", address.HUMAN, message.timestamp,
                     asked.timestamp, position, row.text, via)
        )  # fmt: skip
