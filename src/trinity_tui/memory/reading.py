"""What is asked of the memory, answered as faces and commands show it: plain tables, from the index alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import ClientError
from trinity_tui.core.memory import SOURCES_MOST
from trinity_tui.memory.search import search
from trinity_tui.memory.uses import Counts, count

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.memory import Record
    from trinity_tui.memory.index import Index
    from trinity_tui.memory.search import Query

SAYINGS_MOST = 1_000
"""So many statements of one record are taken back at once."""


def found(index: Index, query: Query) -> list[dict[str, Any]]:
    """What a search finds, the best first, with what speaks for each.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    return [
        {**plain(hit.record, query.now), "score": hit.score, "parts": hit.parts, "why": hit.why}
        for hit in search(index, query)
    ]


def shown(index: Index, name: str, instances: Path, now: float) -> dict[str, Any]:
    """All that is known of one record: what it rests on, what ended it, what contradicts it, and who used it.

    Args:
        index: Of the memory.
        name: The record's id, or that of a message that said it.
        instances: Where the instances' folders are.
        now: Seconds since the epoch.

    Raises:
        ClientError: There is none of that id (4).
        StoreError: The index is damaged, or gone.
    """
    with index.snapshot():
        records = index.find(name)
        if not records:
            raise ClientError(f"nothing of the id {name!r} is remembered", 4, "`trinity memory search` gives ids.")
        record = records[-1]
        against = [
            one for one in index.contradictions(now) if any(record.id in claim.record_ids for claim in one.claims)
        ]
        ended = index.find(record.ended_by) if record.ended_by else []
    uses = count(instances)
    used = [uses.get(source, Counts()) for source in {record.id, name}]
    return {
        **plain(record, now),
        "ended_by_text": ended[-1].text if ended else "",
        "contradictions": msgspec.to_builtins(against),
        "use": {
            "shown": sum(one.shown for one in used), "recalled": sum(one.recalled for one in used),
            "cited": sum(one.cited for one in used), "last": max(one.last for one in used),
            "by": sorted({name for one in used for name in one.by}),
        },
    }  # fmt: skip


def sayings(index: Index, record: Record) -> list[str]:
    """The ids of all statements that say what a record says.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    same = "SELECT id FROM lines WHERE same = (SELECT same FROM lines WHERE id = ?) ORDER BY id LIMIT ?"
    found = [row[0] for row in index.query(same, (record.id, SAYINGS_MOST))]
    # Of one said so often that not all are named, all of its text are.
    return found if record.said > SOURCES_MOST else [name for name in found if name in record.sources]


def news(index: Index, since: float, now: float, limit: int) -> dict[str, Any]:
    """What came to be known since a moment, the newest first, and what is open now.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    with index.snapshot():
        return {
            "since": since,
            "records": [plain(record, now) for record in index.newest(limit, since)],
            "contradictions": msgspec.to_builtins(index.contradictions(now)),
        }


def plain(record: Record, now: float) -> dict[str, Any]:
    """A record with its state."""
    return {**msgspec.structs.asdict(record), "state": record.state(now)}
