"""What of the memory helps: which records are used most, and which never were, though they stand for long.

Counts say what happened on this computer; the search does not go by them: what was often shown would be shown the more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trinity_tui.core.message import parse_time
from trinity_tui.memory.reading import plain
from trinity_tui.memory.uses import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.memory import Record
    from trinity_tui.memory.index import Index


def usefulness(index: Index, uses: Mapping[str, Counts], now: float, idle_seconds: float, limit: int) -> dict[str, Any]:
    """What is used, the most useful first, and what was not used for long, the oldest first.

    Args:
        index: Of the memory.
        uses: By the ids they were said by, what became of records.
        now: Seconds since the epoch.
        idle_seconds: What was said and last used longer ago than this is not used.
        limit: So many of each are named; all are counted.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    standing = [(record, _counts(record, uses)) for record in index.all_records() if record.holds(now)]
    used = [(record, use) for record, use in standing if use.last]
    used.sort(key=lambda one: (-one[1].cited, -one[1].recalled, -one[1].shown, one[0].id))
    idle = [(record, use) for record, use in standing if max(record.last, _last(use)) < now - idle_seconds]
    return {
        "standing": len(standing), "used": len(used), "idle": len(idle), "idle_seconds": idle_seconds,
        "most_used": [_row(record, use, now) for record, use in used[:limit]],
        "longest_idle": [_row(record, use, now) for record, use in idle[:limit]],
    }  # fmt: skip


def _counts(record: Record, uses: Mapping[str, Counts]) -> Counts:
    """Of a record, by whichever of its messages it was known."""
    found = [uses[name] for name in record.sources if name in uses]
    return Counts(
        shown=sum(one.shown for one in found), recalled=sum(one.recalled for one in found),
        cited=sum(one.cited for one in found), last=max((one.last for one in found), default=""),
        by=sorted({name for one in found for name in one.by}),
    )  # fmt: skip


def _last(use: Counts) -> float:
    return parse_time(use.last) if use.last else 0.0


def _row(record: Record, use: Counts, now: float) -> dict[str, Any]:
    counts = {"shown": use.shown, "recalled": use.recalled, "cited": use.cited, "last": use.last, "by": use.by}
    return {**plain(record, now), "use": counts}
