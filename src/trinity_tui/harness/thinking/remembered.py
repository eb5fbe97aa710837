"""What the shared memory has for a turn, read from the index its coordinator keeps; and what became of it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError
from trinity_tui.core.message import format_time
from trinity_tui.core.words import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trinity_tui.core.paths import InstancePlaces, Workspace
    from trinity_tui.memory.search import Hit
    from trinity_tui.memory.uses import How

SHOWN_MOST = 12
"""So many records on what is asked are shown unasked; `recall` finds more."""
NEWEST_MOST = 5
"""So many of the newest are shown beside them, whatever they are about."""
SHOWN_LEAST = 0.1
RECALLED_LEAST = 0.5
"""How surely a record must answer what is looked for; from 1 on, a person is shown it."""
SAME_MOST = 5
SAME_LEAST = 0.9
"""To find a record of the same text, so many with so much of it are looked at."""
TURNS_KEPT = 50
"""Of so many turns it is known what they were shown."""
log = logging.getLogger("memory")


class Remembered:
    """The memory, as an instance reads it.

    Args:
        workspace: Whose memory.
        places: The instance's own files, where its uses are noted.
    """

    def __init__(self, workspace: Workspace, places: InstancePlaces) -> None:
        self._path = workspace.memory_index
        self._uses = places.memory_use
        self._seen: dict[str, dict[str, None]] = {}
        """By turn, the records it was shown or found."""

    async def shown(self, turn: str, text: str) -> Sequence[Hit]:
        """What is known about a text now, and what was found last; noted as shown. Nothing where there is no index.

        Args:
            turn: The id of the message that is answered.
            text: What it is about.
        """
        try:
            hits = list(await asyncio.to_thread(_shown, self._path, text))
        except StoreError as error:
            log.info("nothing is shown of the memory: %s", error)
            return ()
        self._note(turn, "shown", [hit.record.id for hit in hits])
        return hits

    async def recalled(self, turn: str, text: str, most: int) -> Sequence[Hit]:
        """What the brain of a turn looked for; noted as that.

        Raises:
            StoreError: There is no index to be asked now.
        """
        hits = await asyncio.to_thread(_found, self._path, text, most, RECALLED_LEAST)
        self._note(turn, "recalled", [hit.record.id for hit in hits])
        return hits

    async def has(self, author: str, text: str) -> bool:
        """Whether somebody said exactly this, and it holds."""
        try:
            hits = await asyncio.to_thread(_found, self._path, text, SAME_MOST, SAME_LEAST, author)
        except StoreError:
            return False
        return any(hit.record.sha256 == fingerprint(text) for hit in hits)

    def said(self, turn: str, text: str) -> None:
        """Note which of the records it was shown a turn named in its answer."""
        from trinity_tui.memory.uses import cited

        named = cited(text, self._seen.pop(turn, {}))
        self._note(turn, "cited", named)

    def _note(self, turn: str, how: How, names: Sequence[str]) -> None:
        from trinity_tui.memory.uses import Use, journal

        seen = self._seen.setdefault(turn, {})
        fresh = tuple(name for name in names if name not in seen) if how == "shown" else tuple(names)
        seen.update(dict.fromkeys(names))
        while len(self._seen) > TURNS_KEPT:
            del self._seen[next(iter(self._seen))]
        if not fresh:
            return
        try:
            journal(self._uses).append(Use(format_time(time.time()), turn, how, fresh))
        except StoreError as error:
            log.warning("%s", error.sentence())


def _shown(path: Path, text: str) -> Sequence[Hit]:
    hits = _found(path, text, SHOWN_MOST, SHOWN_LEAST)
    names = {hit.record.id for hit in hits}
    return [*hits, *(hit for hit in _found(path, "", NEWEST_MOST, 0.0) if hit.record.id not in names)]


def _found(path: Path, text: str, most: int, least: float, author: str = "") -> Sequence[Hit]:
    # Only whoever thinks with a model loads what reads the index.
    from trinity_tui.memory.index import Index
    from trinity_tui.memory.search import Query, search

    index = Index.open(path, read_only=True)
    try:
        return search(index, Query(text=text, now=time.time(), limit=most, sure_least=least, author=author))
    finally:
        index.close()


def line_of(hit: Hit) -> str:
    """A record in one line, as a brain is shown it."""
    record = hit.record
    said = f"{', '.join(record.authors)} on {format_time(record.last)[:10]}"
    return f"[{record.id}] {record.kind} of {said}: {record.text}"
