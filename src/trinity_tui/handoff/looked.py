"""What somebody saw of the four tiers when they last looked, so that what changed since can be marked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.handoff import changes, pages
from trinity_tui.core.handoff.overview import SESSIONS, whole
from trinity_tui.store import document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trinity_tui.core.handoff.document import Handoff
    from trinity_tui.core.handoff.views import Place


class Seen(msgspec.Struct):
    """Of each document the marks of its sections; under ``SESSIONS`` those of the sessions."""

    at: float = 0.0
    """When they looked, in seconds since the epoch; 0: never."""
    marks: dict[str, dict[str, str]] = msgspec.field(default_factory=dict[str, dict[str, str]])


class Looked:
    """What the person of one workspace saw.

    Args:
        path: Where that is kept: on this machine alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def seen(self) -> Seen:
        """What they saw; nothing where that is not known."""
        try:
            return document.read(self._path, Seen) or Seen()
        except StoreError:
            return Seen()  # They look once more at what they saw: no harm.

    def look(self, handoff: Handoff, now: float) -> None:
        """They have seen all of this.

        Raises:
            StoreError: It could not be kept.
        """
        marks = {one.path: changes.marks(one) for one in handoff.documents}
        sessions = {entry.id: changes.mark(whole(entry).lines) for entry in handoff.entries}
        self._keep(handoff, Seen(now, {**self.seen().marks, **marks, SESSIONS: sessions}))

    def saw(self, handoff: Handoff, places: Iterable[tuple[Place, str]], now: float) -> int:
        """They have seen these places; how many of them read as they were shown.

        Args:
            handoff: How everything reads now.
            places: Each with the digest of what was shown of it.
            now: In seconds since the epoch.

        Raises:
            StoreError: It could not be kept.
        """
        seen = self.seen()
        shown = [marks for place, digest in places if (marks := pages.saw(handoff, place, digest))]
        for marks in shown:
            for name, sections in marks.items():
                seen.marks.setdefault(name, {}).update(sections)
        if shown:
            self._keep(handoff, Seen(now, seen.marks))
        return len(shown)

    def _keep(self, handoff: Handoff, seen: Seen) -> None:
        # Of sessions that are history, and of sections that are gone, nothing has to be known.
        there = {one.path: {span.name for span in changes.spans(one)} for one in handoff.documents}
        there[SESSIONS] = {entry.id for entry in handoff.entries}
        marks = {
            name: {part: mark for part, mark in parts.items() if name not in there or part in there[name]}
            for name, parts in seen.marks.items()
        }
        document.write(self._path, Seen(seen.at, marks), durable=False)
