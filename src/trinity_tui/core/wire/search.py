"""What a search finds, as a face is told: one shape for everything that can be found, and how far was looked."""

from __future__ import annotations

import msgspec

from trinity_tui.core.seeking import Group

AROUND_CHARACTERS = 60
"""So much of a text stands before the first place where a word was found."""
TEXT_CHARACTERS = 240


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found."""

    group: Group
    text: str
    """Cut round the first place that has a word."""
    what: str
    """The id by which it is known where it is at home: of the message or the record; ``file:line``; ``who:run:offset``
    of what was printed."""
    who: str = ""
    to: str = ""
    kind: str = ""
    at: float | None = None
    """Seconds since the epoch; None where nobody knows."""
    position: int | None = None
    """Of a message in the log."""
    source: str = ""
    """Where it stands, for a person: a file with its line, or whose record it is."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What one question came to."""

    hits: list[Hit]
    """The newest first; of the memory the best first."""
    looked_at: float | None = None
    """Back to when was looked, where something older is left."""
    older: int | None = None
    """Where a question for older ones begins; None where everything was looked through."""


def excerpt(text: str, words: list[str]) -> str:
    """A text in one line, cut so that the first place where a word occurs is in it."""
    line = " ".join(text.split())
    small = line.lower()
    places = [place for word in words if (place := small.find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - AROUND_CHARACTERS)
    if len(line) <= TEXT_CHARACTERS:
        return line
    start = min(start, len(line) - TEXT_CHARACTERS)
    cut = line[start : start + TEXT_CHARACTERS]
    return ("…" if start else "") + cut + ("…" if start + TEXT_CHARACTERS < len(line) else "")
