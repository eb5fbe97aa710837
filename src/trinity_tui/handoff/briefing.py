"""Renews ``SESSION_BRIEFING.md``; whoever edits it at the same moment wins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trinity_tui.core.errors import StoreError
from trinity_tui.core.handoff import briefing
from trinity_tui.handoff.find import path_of
from trinity_tui.store import displacing
from trinity_tui.store.stamp import stamp_of

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.handoff.briefing import News
    from trinity_tui.store.stamp import Stamp

TRIES = 5
KEPT = "SESSION_BRIEFING.saved.md"
"""What somebody saved when we died in between, beside the briefing for them to look at."""


class BriefingFile:
    """The briefing of one workspace.

    Args:
        root: The workspace.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own: Stamp | None = None

    @property
    def path(self) -> Path:
        """The document, under the name it has."""
        return path_of(self._root, "briefing")

    def is_own(self, path: Path) -> bool:
        """Whether it is as we wrote it."""
        return path == self.path and self._own is not None and self._own == stamp_of(path)

    def renew(self, news: News, now: float) -> str:
        """Have it say what there is to say; why it does not, as a sentence, or nothing.

        Args:
            news: What there is to say.
            now: In seconds since the epoch.

        Raises:
            StoreError: It could not be read or written; what a person wrote is there.
        """
        path = self.path
        if path.is_symlink():
            raise StoreError(f"{path.name} is a link to another place; it is left alone")
        said = self._recover(news, now)
        for _ in range(TRIES):
            there = displacing.settled(path, self._own)
            renewed = briefing.renew((there or b"").decode(errors="surrogateescape"), news, now)
            wanted = renewed.text.encode(errors="surrogateescape")
            if renewed.problem or wanted == there:
                return said or renewed.problem
            self._own = displacing.put(path, wanted, there)
            displaced = displacing.waiting(path).read_bytes() if displacing.waiting(path).exists() else there
            if displaced == (wanted if there is None else there):
                displacing.forget(path)
                return said
            displacing.put_back(path, wanted)
        return said or f"{path.name} is not renewed: it is being edited; it is tried again later"

    def _recover(self, news: News, now: float) -> str:
        """What a death left: it is of no more use where it differs from the briefing in nothing but our part."""
        path, aside = self.path, displacing.waiting(self.path)
        if not aside.exists():
            return ""
        texts = [
            briefing.renew(one.read_bytes().decode(errors="surrogateescape"), news, now).text if one.exists() else ""
            for one in (path, aside)
        ]
        if not texts[0] or briefing.same(*texts):
            displacing.forget(path)
            return ""
        os.replace(aside, self._root / KEPT)
        return f"what was saved in {path.name} while it was being renewed is in {KEPT}"
