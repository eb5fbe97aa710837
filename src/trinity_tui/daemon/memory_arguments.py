"""The arguments of what faces can ask the memory for."""

from __future__ import annotations

from typing import Annotated

import msgspec

from trinity_tui.core.memory import TEXT_CHARACTERS, Kind
from trinity_tui.daemon.arguments import Args

TEXT_MOST = 300
Name = Annotated[str, msgspec.Meta(max_length=TEXT_MOST)]
"""Longer ones are cut in a message; here they are refused."""
Lines = Annotated[list[str], msgspec.Meta(max_length=1_000)]


class Search(Args, frozen=True):
    """What is looked for in the memory. Times are seconds since the epoch."""

    text: str = ""
    """In any words; without any, the newest records are found."""
    kinds: str = ""
    """Separated by commas; any where empty."""
    author: str = ""
    tags: str = ""
    """Separated by commas: it must have all of them."""
    as_of: float | None = None
    """What held then instead of now."""
    newer_than: float | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    offset: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    """So many of the best are passed over: the pages before."""
    is_begun: bool = False
    """Whether it is being typed: its last word may be only begun."""


class Named(Args, frozen=True):
    """Records that are known by id."""

    ids: str
    """Separated by commas."""


class Shown(Args, frozen=True):
    """One record in full."""

    id: str
    messages: bool = True
    """Whether the messages it rests on come along whole; the log may have to be read for them."""


class Looked(Args, frozen=True):
    """The person looked."""

    at: float = 0.0
    """At what was remembered then, in seconds since the epoch; 0: now."""


class Remember(Args, frozen=True):
    """Say something to be remembered, for the person."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_CHARACTERS)]
    kind: Kind = "fact"
    subject: Name = ""
    predicate: Name = ""
    value: Name = ""
    tags: list[Name] = []
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    valid_from: Name = ""
    """RFC 3339; when it is said where empty."""
    expires: Name = ""
    supersedes: list[Name] = []
    sources: list[Name] = []


class Word(Args, frozen=True):
    """The person's word on a record."""

    id: str
    text: Name = ""
    """Why."""


class Import(Args, frozen=True):
    """Lines from elsewhere, some at a time."""

    lines: Lines
    first: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Which line of the file the first of them is."""
    now: float = 0.0
    """When the file is taken in, in seconds since the epoch: the same for all of its parts."""


class News(Args, frozen=True):
    """What came to be known."""

    since: float | None = None
    """Seconds since the epoch; None: since the person last looked."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100


class Standing(Args, frozen=True):
    """Everything that is open now."""
