"""What waits for the person, for commands and programs: requests, questions, what gave up, alerts nobody saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.core.message import parse_time
from trinity_tui.core.room import is_stormy

if TYPE_CHECKING:
    from trinity_tui.core.room import Approval, InstanceView, Room


def inbox(room: Room, now: float) -> list[dict[str, Any]]:
    """Everything that waits, oldest first, each with its age in seconds.

    Args:
        room: The room.
        now: Seconds since the epoch.
    """
    rows = [_request(asked) for asked in room.approvals.values() if not asked.verdict]
    rows += [_row("question", row.id, row.from_, row.text, row.timestamp) for row in room.questions.values()]
    rows += [_held(view) for view in room.instances.values() if view.state == "PARKED" or is_stormy(view)]
    rows += [
        _row("dead", letter.id, letter.consumer, f"{letter.type or 'message'} given up: {letter.reason}", letter.at)
        for letter in room.dead.waiting.values()
    ]
    rows += [
        _row("alert", alert.id, alert.from_, alert.text, alert.at)
        for alert in room.alerts
        if (delivery := room.deliveries.by_id.get(alert.id)) is not None and not delivery.read_at
    ]
    return sorted((row | {"age_s": _age(row["at"], now)} for row in rows), key=lambda row: -row["age_s"])


def oldest_seconds(room: Room, now: float) -> float | None:
    """How long the oldest of what needs the person's word has waited; None where nothing does."""
    return next((row["age_s"] for row in inbox(room, now) if row["kind"] != "alert"), None)


def _request(asked: Approval) -> dict[str, Any]:
    row = _row("approval", asked.id, asked.from_, asked.text, asked.at) | {"command": asked.command}
    if asked.kind:
        row |= {"tool": asked.tool, "grant": list(asked.grant), "diff": asked.diff}
    return row


def _held(view: InstanceView) -> dict[str, Any]:
    kind = "parked" if view.state == "PARKED" else "storm"
    return _row(kind, view.id, view.id, view.reason if kind == "parked" else view.hold, view.since)


def _row(kind: str, name: str, sender: str, text: str, at: str) -> dict[str, Any]:
    return {"kind": kind, "id": name, "from": sender, "text": text, "at": at}


def _age(at: str, now: float) -> float:
    try:
        return max(0.0, round(now - parse_time(at), 1))
    except ValueError:
        return 0.0
