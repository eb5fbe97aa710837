"""What holds now and what it says together, from the index: the newest records, and all that contradicts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.memory import Record
from trinity_tui.memory.index import Index
from trinity_tui.memory.synthesis import Synthesis, synthesise

if TYPE_CHECKING:
    from pathlib import Path

RECORDS_MOST = 2_000
"""Of so many of the newest records themes are sought; contradictions are of all there are."""
_NEWEST = """
SELECT record FROM records WHERE NOT retracted AND valid_from <= ?1 AND invalid_at > ?1
ORDER BY time DESC, id DESC LIMIT ?2
"""
_decoder = msgspec.json.Decoder(Record)
Mark = tuple[tuple[int, int, int], ...]


class Standing(msgspec.Struct, frozen=True):
    """What holds at a moment."""

    records: list[Record]
    """The newest last."""
    synthesis: Synthesis


def standing(index: Index, at: float) -> Standing:
    """What holds at a moment; seconds since the epoch.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    with index.snapshot():
        records = [_decoder.decode(row[0]) for row in index.query(_NEWEST, (at, RECORDS_MOST))][::-1]
        questions = index.contradictions(at)
    return Standing(records, msgspec.structs.replace(synthesise(records, at), questions=questions))


def look(path: Path, at: float) -> Standing:
    """What holds at a moment, from an index that another process writes.

    Raises:
        StoreError: There is no index (yet), or it is damaged.
    """
    index = Index.open(path, read_only=True)
    try:
        return standing(index, at)
    finally:
        index.close()


def mark(path: Path) -> Mark:
    """What tells that the index has changed since: of its file and of what is written before it."""
    states: list[tuple[int, int, int]] = []
    for one in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            state = one.stat()
            states.append((state.st_ino, state.st_size, state.st_mtime_ns))
    return tuple(states)
