"""What the four tiers tell an instance: read when it is about to think, and again once a document changed."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.store.stamp import Stamp, stamp_of

if TYPE_CHECKING:
    from trinity_tui.core.context import Part
    from trinity_tui.core.handoff.brief import Briefed
    from trinity_tui.core.handoff.document import Handoff
    from trinity_tui.harness.me import Me

RAISED = 5
"""How much more than its own weight a part of it has beside what else is told: what was left for it goes last."""
log = logging.getLogger("handoff")
Documents = tuple[tuple[str, Stamp | None], ...]
"""Each document's place, and what tells that it has changed."""
Seen = tuple[int, Documents, frozenset[str]]
"""For which window, of which documents, and what of them was no longer so."""


class Handed:
    """What one instance is told.

    Args:
        me: Which.
        mark: What encloses the texts of others.

    Attributes:
        stable: What is the same from turn to turn.
        fresh: What changes with each session.
        left_out: What there was no room for.
    """

    def __init__(self, me: Me, mark: str) -> None:
        self._me = me
        self._mark = mark
        self._seen: Seen | None = None
        self._documents: Documents = ()
        self._handoff: Handoff | None = None
        self._over: frozenset[str] = frozenset()
        self._asked: object = None
        """What the index was when it was asked what is no longer so."""
        self.stable: tuple[Part, ...] = ()
        self.fresh: tuple[Part, ...] = ()
        self.left_out: tuple[str, ...] = ()

    async def look(self, window_tokens: int) -> None:
        """Be as new as the documents are.

        Args:
            window_tokens: The model's window; 0 where it is not known.
        """
        try:
            told = await asyncio.to_thread(self._look, window_tokens)
        except OSError as error:
            log.warning("what sessions left is not read: %s", error)
            return
        if told is not None:
            self.stable, self.fresh = _raised(told.stable), _raised(told.fresh)
            self.left_out = tuple(f"of what was left for it: {text}" for text in told.left_out)

    def _look(self, window_tokens: int) -> Briefed | None:
        """What it is told now; None where that is what it was told before."""
        from trinity_tui.handoff.find import places
        from trinity_tui.handoff.sessions import folder_of

        files = [path for _, path in places(self._me.root)]
        folder = folder_of(self._me.root)
        if folder.is_dir():
            files += sorted(folder.glob("*.md"))
        if not files and self._seen is None:
            return None
        documents = tuple((str(path), stamp_of(path)) for path in files)
        if documents != self._documents or self._handoff is None:
            self._documents, self._handoff, self._asked = documents, self._read(), None
        over = self._outdated(self._handoff)
        if (seen := (window_tokens, documents, over)) == self._seen:
            return None
        self._seen = seen
        return self._told(self._handoff, window_tokens, over)

    def _read(self) -> Handoff:
        # What parses documents is loaded once there is one.
        from trinity_tui.handoff.find import read
        from trinity_tui.handoff.sessions import Sessions

        return read(self._me.root, tuple(Sessions(self._me.root, "").shown()))

    def _outdated(self, handoff: Handoff) -> frozenset[str]:
        """What the sessions tell that is no longer remembered."""
        from trinity_tui.core.handoff import outdated
        from trinity_tui.memory import standing

        path = self._me.workspace.memory_index
        if (asked := standing.stamps(path)) != self._asked:
            self._over, self._asked = standing.outdated(path, outdated.told(handoff), time.time()), asked
        return self._over

    def _told(self, handoff: Handoff, window_tokens: int, over: frozenset[str]) -> Briefed:
        from trinity_tui.core.handoff import brief, outdated

        reader = brief.Reader(self._me.id, _folder(self._me.root))
        return brief.brief(outdated.without(handoff, over), reader, brief.room_of(window_tokens), self._mark)


def _raised(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(msgspec.structs.replace(part, weight=part.weight + RAISED) for part in parts)


def _folder(root: Path) -> str:
    """Where it works, from the workspace on."""
    here = Path(os.getcwd())
    return here.relative_to(root).as_posix() if here != root and here.is_relative_to(root) else ""
