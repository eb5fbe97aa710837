"""What somebody saw of the four tiers when they last looked, so that what changed since can be marked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.errors import StoreError
from trinity_tui.core.handoff import blocks, changes
from trinity_tui.store import document

if TYPE_CHECKING:
    from pathlib import Path

    from trinity_tui.core.handoff.document import Handoff

LOG = "sessions"
"""Under this name it is kept which sessions were seen, and how they read then."""


class Seen(msgspec.Struct):
    """Of each document the marks of its sections."""

    at: float = 0.0
    """When they looked, in seconds since the epoch; 0: never."""
    marks: dict[str, dict[str, str]] = msgspec.field(default_factory=dict[str, dict[str, str]])


class Changed(msgspec.Struct, frozen=True):
    """What is new in a document."""

    file: str
    sections: tuple[str, ...]
    """Their headings; an empty one is what stands above the first."""


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

    def changed(self, handoff: Handoff) -> list[Changed]:
        """What they have not seen yet, document by document; a session is its id."""
        marks = self.seen().marks
        found = [Changed(one.path, tuple(changes.changed(marks.get(one.path, {}), one))) for one in handoff.documents]
        sessions = marks.get(LOG, {})
        new = [name for name, mark in _sessions(handoff).items() if sessions.get(name) != mark]
        return [one for one in (*found, Changed(LOG, tuple(new))) if one.sections]

    def look(self, handoff: Handoff, now: float) -> None:
        """They have seen all of this.

        Raises:
            StoreError: It could not be kept.
        """
        marks = {one.path: changes.marks(one) for one in handoff.documents}
        document.write(self._path, Seen(now, {**marks, LOG: _sessions(handoff)}), durable=False)


def _sessions(handoff: Handoff) -> dict[str, str]:
    return {entry.id: blocks.digest(entry.document.text) for entry in handoff.entries}
