"""What the four tiers tell an instance: read when it is about to think, and again once a document changed."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from trinity_tui.core.context import Part
    from trinity_tui.core.handoff.brief import Briefed
    from trinity_tui.harness.me import Me

RAISED = 5
"""How much more than its own weight a part of it has beside what else is told: what was left for it goes last."""
log = logging.getLogger("handoff")
Seen = tuple[int, tuple[tuple[str, int, int], ...]]
"""For which window, and of each document its place, time of change and size."""


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
        seen = (window_tokens, tuple(_mark(path) for path in files))
        if seen == self._seen:
            return None
        told = self._read(window_tokens)
        self._seen = seen
        return told

    def _read(self, window_tokens: int) -> Briefed:
        # What parses documents is loaded once there is one.
        from trinity_tui.core.handoff import brief
        from trinity_tui.handoff.find import read
        from trinity_tui.handoff.sessions import Sessions

        root = self._me.root
        handoff = read(root, tuple(Sessions(root, "").shown()))
        return brief.brief(
            handoff, brief.Reader(self._me.id, _folder(root)), brief.room_of(window_tokens), self._mark
        )  # fmt: skip


def _raised(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(msgspec.structs.replace(part, weight=part.weight + RAISED) for part in parts)


def _mark(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), stat.st_mtime_ns, stat.st_size


def _folder(root: Path) -> str:
    """Where it works, from the workspace on."""
    here = Path(os.getcwd())
    return here.relative_to(root).as_posix() if here != root and here.is_relative_to(root) else ""
