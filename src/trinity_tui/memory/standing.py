"""What holds now and what it says together, from the index: the newest records, and all that contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.handoff import outdated as rules
from trinity_tui.core.memory import Record
from trinity_tui.core.words import fingerprint
from trinity_tui.memory.index import Index
from trinity_tui.memory.synthesis import Synthesis, synthesise
from trinity_tui.store.stamp import stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trinity_tui.core.handoff.document import Handoff
    from trinity_tui.store.stamp import Stamp

RECORDS_MOST = 2_000
"""Of so many of the newest records themes are sought; contradictions are of all there are."""
_NEWEST = """
SELECT record FROM records WHERE NOT retracted AND valid_from <= ?1 AND invalid_at > ?1
ORDER BY time DESC, id DESC LIMIT ?2
"""
_ENDED = "SELECT record FROM records WHERE retracted OR invalid_at <= ? ORDER BY time DESC, id DESC LIMIT ?"
_decoder = msgspec.json.Decoder(Record)


class Standing(msgspec.Struct, frozen=True):
    """What holds at a moment."""

    records: list[Record]
    """The newest last."""
    synthesis: Synthesis


class Newest(msgspec.Struct, frozen=True):
    """The newest of what holds."""

    records: list[Record]
    """The newest last."""
    over: list[str]
    """Of the statements asked about, by id, those that hold no longer."""


def standing(index: Index, at: float) -> Standing:
    """What holds at a moment; seconds since the epoch.

    Raises:
        StoreError: The index is damaged, or gone.
    """
    with index.snapshot():
        records = _newest(index, at, RECORDS_MOST)
        questions = index.contradictions(at)
    return Standing(records, msgspec.structs.replace(synthesise(records, at), questions=questions))


def look(path: Path, at: float) -> Standing | None:
    """What holds at a moment, from an index that another process writes; None where it took in nothing yet.

    Raises:
        StoreError: There is no index (yet), or it is damaged.
    """
    index = Index.open(path, read_only=True)
    try:
        return standing(index, at) if _has_begun(index) else None
    finally:
        index.close()


def newest(path: Path, at: float, most: int, names: Iterable[str]) -> Newest | None:
    """The newest of what holds, from an index that another process writes; None where it took in nothing yet.

    Args:
        path: The index.
        at: Seconds since the epoch.
        most: How many records at most.
        names: Ids of statements of which it is asked whether they still hold; those it does not know do.

    Raises:
        StoreError: There is no index (yet), or it is damaged.
    """
    index = Index.open(path, read_only=True)
    try:
        with index.snapshot():
            if not _has_begun(index):
                return None
            known = ((name, index.find(name)) for name in names)
            over = [name for name, found in known if found and not any(one.holds(at) for one in found)]
            return Newest(_newest(index, at, most), over)
    finally:
        index.close()


def outdated(path: Path, texts: Iterable[str], at: float) -> frozenset[str]:
    """Of texts, those that were remembered and hold no longer; nothing where there is no index to be asked.

    Args:
        path: The index.
        texts: What somebody said once.
        at: Seconds since the epoch.
    """
    wanted = {fingerprint(text): text for text in texts}
    if not wanted:
        return frozenset()
    try:
        index = Index.open(path, read_only=True)
    except StoreError:
        return frozenset()
    try:
        with index.snapshot():
            ended = (_decoder.decode(row[0]) for row in index.query(_ENDED, (at, RECORDS_MOST)))
            over = {one.sha256: one.id for one in ended if one.sha256 in wanted}
            return frozenset(wanted[sha] for sha, name in over.items() if not _holds(index, name, at))
    except StoreError:
        return frozenset()
    finally:
        index.close()


def of_handoff(path: Path, handoff: Handoff, at: float) -> Handoff:
    """What sessions leave for the next, without what was remembered and holds no longer.

    Args:
        path: The index.
        handoff: Everything that was read.
        at: Seconds since the epoch.
    """
    return rules.without(handoff, outdated(path, rules.told(handoff), at))


def _has_begun(index: Index) -> bool:
    """Whether it took in anything: one that is just made anew is no memory of which all is gone."""
    return index.query("SELECT EXISTS (SELECT 1 FROM files)") == [(1,)]


def _holds(index: Index, name: str, at: float) -> bool:
    """Whether a record of the same text holds: what was so once may be so again."""
    same = "SELECT record FROM records WHERE same = (SELECT same FROM records WHERE id = ? LIMIT 1)"
    return any(_decoder.decode(row[0]).holds(at) for row in index.query(same, (name,)))


def _newest(index: Index, at: float, most: int) -> list[Record]:
    return [_decoder.decode(row[0]) for row in index.query(_NEWEST, (at, most))][::-1]


def stamps(path: Path) -> tuple[Stamp | None, Stamp | None]:
    """What tells that the index has changed since: of its file and of what is written before it."""
    return stamp_of(path), stamp_of(path.with_name(f"{path.name}-wal"))
