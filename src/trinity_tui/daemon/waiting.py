"""What waits for the person as rows for commands and programs, each with its age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.core.inbox import alerts, items

if TYPE_CHECKING:
    from trinity_tui.core.inbox import Item
    from trinity_tui.core.room import Room


def inbox(room: Room, now: float) -> list[dict[str, Any]]:
    """Everything that waits, with the alerts nobody saw, oldest first.

    Args:
        room: The room.
        now: Seconds since the epoch.
    """
    rows = [_row(item, now) for item in (*items(room), *alerts(room))]
    return sorted(rows, key=lambda row: -row["age_s"])


def oldest_seconds(room: Room, now: float) -> float | None:
    """How long the oldest of what needs the person's word has waited; None where nothing does."""
    return next((_age(item, now) for item in items(room) if item.at), None)


def _row(item: Item, now: float) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": item.kind, "id": item.id, "from": item.sender, "text": item.text}
    row |= {"at": item.timestamp, "age_s": _age(item, now)}
    if item.kind == "approval":
        row["command"] = item.command
    if item.tool:
        row |= {"tool": item.tool, "grant": list(item.grant), "diff": item.diff}
    return row


def _age(item: Item, now: float) -> float:
    return max(0.0, round(now - item.at, 1)) if item.at else 0.0
