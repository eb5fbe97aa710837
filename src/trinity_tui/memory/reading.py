"""What is asked of the memory, answered as faces and commands show it: plain tables, from the index alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from trinity_tui.core.errors import ClientError
from trinity_tui.core.memory import SOURCES_MOST
from trinity_tui.memory.search import search
from trinity_tui.memory.tally import total

if TYPE_CHECKING:
    from trinity_tui.core.memory import Operation, Record
    from trinity_tui.memory.index import Index
    from trinity_tui.memory.search import Query
    from trinity_tui.memory.uses import Counts

SAYINGS_MOST = 1_000
"""So many statements of one record are taken back at once."""
RELATED_MOST = 20
"""So many records of one side of a contradiction, or that one stands in place of, are told of."""
NEWS_MOST = 1_000
"""So much of what ended is counted."""


def found(index: Index, query: Query) -> list[dict[str, Any]]:
    """What a search finds, the best first, with what speaks for each.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    return [
        {
            **plain(hit.record, query.now), "score": hit.score, "parts": hit.parts, "why": hit.why,
            "lacks": list(hit.lacks),
        }
        for hit in search(index, query)
    ]  # fmt: skip


def marked(index: Index, rows: list[dict[str, Any]], uses: dict[str, Counts], now: float) -> list[dict[str, Any]]:
    """Records with what a list says of each: whether something contradicts it, and how often it was used.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    records = index.named(row["id"] for row in rows)
    against = index.contradicted(records, now)
    return [
        {**row, "is_contradicted": row["id"] in against, "use": total(uses, row["sources"][: row["said"]])}
        for row in rows
    ]


def named(index: Index, names: list[str], now: float) -> list[dict[str, Any]]:
    """The records of these ids, in that order.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    return [plain(record, now) for record in index.named(names)]


def shown(index: Index, name: str, uses: dict[str, Counts], now: float) -> dict[str, Any]:
    """All that is known of one record: what it rests on, what ended it, what contradicts it, and who used it.

    Args:
        index: Of the memory.
        name: The record's id, or that of a message that said it.
        uses: By record, how often it was used.
        now: Seconds since the epoch.

    Raises:
        ClientError: There is none of that id (4).
        StoreError: The index is damaged, or gone.
    """
    with index.snapshot():
        record = named_one(index, name)
        against = [
            one for one in index.contradictions(now) if any(record.id in claim.record_ids for claim in one.claims)
        ]
        ended = index.find(record.ended_by) if record.ended_by else []
        replaced = index.statements([*dict.fromkeys([*record.supersedes, *index.replaced(record)])][:RELATED_MOST])
        sides = [side for one in against for claim in one.claims for side in claim.record_ids[:RELATED_MOST]]
        said = index.statements(record.sources)
        related = {one.id: plain(one, now) for one in [*ended[-1:], *index.named(sides)]}
    return {
        **plain(record, now),
        "ended_by_text": ended[-1].text if ended else "",
        "contradictions": msgspec.to_builtins(against),
        "related": related,
        "replaced": [_said(one) for one in replaced],
        "statements": [_said(one) for one in said],
        # What it rests on is used for itself.
        "use": total(uses, [record.id, name, *record.sources[: record.said]]),
    }


def named_one(index: Index, name: str) -> Record:
    """The record of an id, or the last one that a message of this id said.

    Raises:
        ClientError: There is none (4).
        StoreError: The index is damaged, or gone.
    """
    records = index.find(name)
    if not records:
        raise ClientError(f"nothing of the id {name!r} is remembered", 4, "`trinity memory search` gives ids.")
    return records[-1]


def _said(one: Operation) -> dict[str, Any]:
    """A statement as it was made."""
    return {"id": one.id, "author": one.author, "time": one.time.timestamp(), "kind": one.kind, "text": one.text}


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
    """What came to be known since a moment, the newest first; what ended since then; and what is open now.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    with index.snapshot():
        ended = index.ended(since, now, NEWS_MOST)
        open_ = index.contradictions(now)
        fresh = {row[0] for row in index.query("SELECT id FROM records WHERE time > ? AND disputable <> ''", (since,))}
        disputed = [one for one in open_ if any(name in fresh for claim in one.claims for name in claim.record_ids)]
        retracted = [one for one in ended if one.is_retracted]
        superseded = [one for one in ended if not one.is_retracted]
        added = index.query("SELECT count(*) FROM records WHERE time > ? AND NOT retracted", (since,))[0][0]
        return {
            "since": since, "now": now,
            "records": [plain(record, now) for record in index.newest(limit, since)],
            "superseded": [plain(one, now) for one in superseded[:limit]],
            "retracted": [plain(one, now) for one in retracted[:limit]],
            "contradictions": msgspec.to_builtins(open_),
            "counts": {
                "added": added, "superseded": len(superseded), "retracted": len(retracted),
                "contradicted": len(disputed),
            },
        }  # fmt: skip


def plain(record: Record, now: float) -> dict[str, Any]:
    """A record with its state."""
    return {**msgspec.structs.asdict(record), "state": record.state(now)}
