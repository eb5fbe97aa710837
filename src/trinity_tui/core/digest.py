"""What happened while the person was away: a difference of counts, and the newest of what is worth telling.

It takes as long after a million messages as after ten: the log's fold keeps both (``core.diary``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from trinity_tui.core import inbox
from trinity_tui.core.message import parse_time

if TYPE_CHECKING:
    from trinity_tui.core.diary import Event, Mark
    from trinity_tui.core.room import Finding, Room

Sort = Literal["waits", "crash", "parked", "storm", "failed", "done", "alert", "to_you", "finding", "gap"]
ORDER: tuple[Sort, ...] = (
    "waits", "gap", "parked", "crash", "storm", "failed", "alert", "to_you", "done", "finding",
)  # fmt: skip
"""What is told first."""
ROWS_OF_A_SORT = 5
AWAY_SECONDS = 600.0
MANY = 20
"""So much is worth telling however short somebody was away."""
_PLACES = {"done": "tasks", "failed": "tasks", "alert": "chat", "to_you": "chat", "gap": "replay", "crash": "replay"}
WEIGHTS = {"high": 0, "normal": 1, "medium": 1, "low": 2}


class Row(msgspec.Struct, frozen=True):
    """One thing that happened, or waits."""

    sort: Sort
    who: str
    text: str
    id: str
    """Of the message, the task or the instance it is about."""
    place: str
    """The verb of the screen on which it is at home."""
    at: str
    count: int = 1
    """How often, where the same happened to the same one."""


class Digest(msgspec.Struct, frozen=True):
    """What happened since a moment."""

    since: str
    """RFC 3339; empty: since the beginning of what is kept."""
    counts: dict[str, int] = {}
    """By what is counted; what did not happen is left out."""
    rows: tuple[Row, ...] = ()
    left_out: int = 0
    """How much more there was than rows."""
    made_at: str = ""
    """RFC 3339, where it was told before, as of then; empty: it is of now."""

    @property
    def events(self) -> int:
        """How much happened that is worth telling."""
        return len(self.rows) + self.left_out


def digest(room: Room, mark: Mark) -> Digest:
    """What happened since a mark.

    Args:
        room: The room now.
        mark: The counts of then.
    """
    before = mark.totals
    counts = {name: count - before.get(name, 0) for name, count in room.diary.totals.items()}
    counts["records"] = room.count - mark.count
    counts["waiting"] = len(inbox.everything(room))
    found = [*_waits(room), *_happened(room, mark), *_findings(room, mark)]
    rows = [row for sort in ORDER for row in [row for row in found if row.sort == sort][:ROWS_OF_A_SORT]]
    return Digest(mark.at, {name: count for name, count in counts.items() if count > 0}, tuple(rows),
                  max(0, len(found) - len(rows)))  # fmt: skip


def is_worth_telling(found: Digest, now: float) -> bool:
    """Whether somebody who comes back wants to see it at once.

    Args:
        found: What happened.
        now: Seconds since the epoch.
    """
    try:
        away = now - parse_time(found.since)
    except (ValueError, OverflowError):
        return False
    # What still waits is seen on the screen as it is; what happened is not.
    happened = [row for row in found.rows if row.sort != "waits"]
    return bool(happened) and (away > AWAY_SECONDS or found.events > MANY)


def _waits(room: Room) -> list[Row]:
    return [
        Row("waits", item.sender, item.command or item.text, item.id, "inbox", item.timestamp)
        for item in inbox.everything(room)
    ]


def _happened(room: Room, mark: Mark) -> list[Row]:
    """The events, the newest first; the same of the same one stand together."""
    rows: dict[tuple[str, str], Row] = {}
    for event in reversed(room.diary.events):
        if event.position < mark.position:
            break
        # Whoever crashed was restarted, or gave up: that one is told.
        if event.kind != "restart":
            key = (event.kind, event.who if event.kind in ("crash", "parked", "storm") else event.id)
            known = rows.get(key)
            rows[key] = replace(known, count=known.count + 1) if known is not None else _row(event, event.kind)
    return list(rows.values())


def _row(event: Event, sort: Sort) -> Row:
    place = _PLACES.get(event.kind, "room")
    # A moment is before the record at its position: a crash is seen behind its own, a gap before the one that ends it.
    moment = event.position + (event.kind == "crash")
    about = {"tasks": event.id, "replay": str(moment)}.get(place, event.who)
    return Row(sort, event.who, event.text, about, place, event.at)


def _findings(room: Room, mark: Mark) -> list[Row]:
    def weight(finding: Finding) -> tuple[int, int]:
        return WEIGHTS.get(finding.severity, 1), -finding.position

    new = sorted((one for one in room.findings.values() if one.position >= mark.position), key=weight)
    return [Row("finding", one.from_, one.text, one.id, "memory", one.at) for one in new]
