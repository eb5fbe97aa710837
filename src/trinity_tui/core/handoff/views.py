"""The four tiers as a person is shown them: what there is, a page of it, what is wrong, what an instance is told."""

from __future__ import annotations

from typing import Literal

import msgspec

from trinity_tui.core.handoff.problems import Severity
from trinity_tui.core.handoff.tiers import Tier

News = Literal["", "new", "changed"]
"""Since the person looked; ``new``: they never saw it."""
Author = Literal["trinity", "hand", "edited"]
"""Who wrote a block: the coordinator, somebody, or both one after the other."""


class Place(msgspec.Struct, frozen=True):
    """What can be read: a document, a section of it, or a session."""

    file: str = ""
    section: str = ""
    """Its name as ``changes.spans`` gives it; empty: all of the document."""
    session: str = ""
    """The id of a block of the log; empty: of the log, the newest."""


class SectionView(msgspec.Struct, frozen=True):
    """A section in the list."""

    name: str
    title: str
    level: int
    line: int
    minutes: int
    """To read it, with what stands below it."""
    news: News = ""
    """Of its own text."""


class DocumentView(msgspec.Struct, frozen=True):
    """A document in the list."""

    file: str
    tier: Tier
    minutes: int
    updated: float | None = None
    """The day it says it is of."""
    news: News = ""
    sections: tuple[SectionView, ...] = ()


class SessionView(msgspec.Struct, frozen=True):
    """A block of the session log in the list."""

    id: str
    file: str
    line: int
    last_line: int
    title: str
    """Its heading, or the first words of a note."""
    who: str = ""
    moment: float | None = None
    by: Author = "trinity"
    minutes: int = 1
    news: News = ""
    left: str = ""
    """The first of what it left for the next instance."""


class MissingView(msgspec.Struct, frozen=True):
    """A tier that is nowhere."""

    tier: Tier
    file: str
    purpose: str


class Overview(msgspec.Struct, frozen=True):
    """All there is."""

    documents: tuple[DocumentView, ...] = ()
    sessions: tuple[SessionView, ...] = ()
    """Newest first."""
    missing: tuple[MissingView, ...] = ()
    looked_at: float = 0.0
    """When the person last looked at anything of it, in seconds since the epoch; 0: never."""


class Passage(msgspec.Struct, frozen=True):
    """A part of a file, whole lines of it."""

    place: Place
    first_line: int
    """1-based, in the file."""
    text: str
    digest: str
    """Of all that is at the place; what the person saw is told by it."""
    news: News = ""
    changed: tuple[int, ...] = ()
    """Lines of the file that are new or were changed since the person looked; none where all of it is new to them."""
    gone: int = 0
    """How many lines there are no more."""
    own: tuple[tuple[int, int], ...] = ()
    """First and last lines of what Trinity keeps."""
    left_out_bytes: int = 0
    """How much of it is not here."""


class Page(msgspec.Struct, frozen=True):
    """What stands at a place."""

    place: Place
    passages: tuple[Passage, ...] = ()
    more: int = 0
    """How many older sessions there are."""


class ProblemView(msgspec.Struct, frozen=True):
    """What a check found."""

    place: Place
    line: int
    rule: str
    severity: Severity
    text: str


class Checks(msgspec.Struct, frozen=True):
    """What a check found, the gravest first."""

    problems: tuple[ProblemView, ...] = ()
    more: int = 0
    """How many were left out of the list."""


class ToldPart(msgspec.Struct, frozen=True):
    """A part of a briefing, as a model sees it."""

    name: str
    text: str
    tokens: int
    is_stable: bool


class Told(msgspec.Struct, frozen=True):
    """What an instance that starts now is told."""

    instance: str
    brain: str
    window_tokens: int
    """Of its model; 0 where it is not known, and a small one is taken."""
    limit_tokens: int
    stable: tuple[ToldPart, ...] = ()
    fresh: tuple[ToldPart, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[ToldPart, ...]:
        """In the order in which they are said."""
        return (*self.stable, *self.fresh)

    @property
    def tokens(self) -> int:
        """Of all of it."""
        return sum(part.tokens for part in self.parts)
