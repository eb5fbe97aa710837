"""What of the log may go, and what is to be packed: a rule over its chunks, the consumers' marks and the snapshots.

::

    chunks     | sealed | sealed | sealed | sealed … newest few | open |
                        ▲ drop_before: everything left of it goes, nothing else

A chunk goes only when it is past the hours or the bytes, below every consumer's low mark, and when a snapshot stands
where what goes ends. A consumer that is further behind than ``max_lag`` holds nothing back: it is moved on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.record import Position

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

KEPT_CHUNKS = 4
"""So many of the newest finished chunks neither go nor are packed: who is a little behind, or new, reads them."""


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the log that is kept, packed and dropped as a whole."""

    start: Position
    end: Position
    """Where the next chunk begins."""
    bytes: int
    """What it takes on the disk."""
    count: int
    """Its messages."""
    last_time: float
    """When it was last written to, in seconds since the epoch."""
    is_sealed: bool = True
    """Nothing is added to it any more."""
    is_packed: bool = False


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How much is kept; 0 is no limit."""

    retain_seconds: float = 0.0
    retain_bytes: int = 0
    max_lag: int = 0
    """Messages a consumer may be behind before it holds nothing back any more."""
    is_packing: bool = True
    kept_chunks: int = KEPT_CHUNKS


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, in this order: move on, drop, pack."""

    drop_before: Position
    """Where the kept log is to begin; what lies before goes."""
    moved_on: dict[str, int]
    """Consumers that have not done with all that goes, and how many messages each is behind."""
    pack: list[Position]
    """The chunks to pack, by their start."""


def plan(
    chunks: Sequence[Chunk], lows: Mapping[str, Position], snapshots: Collection[Position], rules: Rules, now: float
) -> Plan:
    """What may go and what is to be packed.

    Args:
        chunks: The log, oldest first, without a gap.
        lows: Below it each consumer is done with everything.
        snapshots: Where a usable snapshot is on the disk.
        rules: How much is kept.
        now: Seconds since the epoch.
    """
    finished = [chunk for chunk in chunks if chunk.is_sealed]
    old = finished[: max(0, len(finished) - rules.kept_chunks)]
    behind = _behind(chunks, lows, rules.max_lag)
    floor = min((low for name, low in lows.items() if name not in behind), default=None)
    drop_before = _drop_before(chunks, old, floor, snapshots, rules, now)
    return Plan(
        drop_before=drop_before,
        moved_on={name: lag for name, lag in behind.items() if lows[name] < drop_before},
        pack=[c.start for c in old if rules.is_packing and not c.is_packed and c.start >= drop_before],
    )


def lag(chunks: Sequence[Chunk], low: Position) -> int:
    """How many messages at least stand after a mark: those of the chunk it stands in are not counted."""
    return sum(chunk.count for chunk in chunks if chunk.start >= low)


def _behind(chunks: Sequence[Chunk], lows: Mapping[str, Position], max_lag: int) -> dict[str, int]:
    lags = {name: lag(chunks, low) for name, low in lows.items()}
    return {name: count for name, count in lags.items() if max_lag and count > max_lag}


def _drop_before(
    chunks: Sequence[Chunk],
    old: Sequence[Chunk],
    floor: Position | None,
    snapshots: Collection[Position],
    rules: Rules,
    now: float,
) -> Position:
    kept_bytes = sum(chunk.bytes for chunk in chunks)
    found = chunks[0].start if chunks else 0
    for chunk in old:
        is_past_hours = rules.retain_seconds > 0 and now - chunk.last_time > rules.retain_seconds
        is_past_bytes = 0 < rules.retain_bytes < kept_bytes
        if not (is_past_hours or is_past_bytes) or (floor is not None and chunk.end > floor):
            break
        kept_bytes -= chunk.bytes
        if chunk.end in snapshots:
            found = chunk.end
    return found
