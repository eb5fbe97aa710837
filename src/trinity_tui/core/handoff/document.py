"""A document of people, as the rules see it: sections under headings, what it refers to, when it was last brought up.

What makes text into this is the room's above (``handoff.documents``); here is only what can be asked of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import code_fences
from trinity_tui.core.handoff.tiers import Tier, rank_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BOLD_LEVEL = 7
"""Of a line in bold that stands where a heading would; it ends at the next such line, and at any heading."""
LINE_CHARACTERS = 300
"""Of a line that could say that nothing is said: what it holds is others', and patterns are slow on what is endless."""
_ITEM = re.compile(r"([ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+(.*)\Z")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NONE = re.compile(r"(?i)\W*(?:none|nothing|n/?a)\b\W*(?:at present|right now|now|known)?\W*(?:\(.*\)\W*)?\Z")
_PLACEHOLDER = re.compile(
    r"(?i)[\s\-*_.…?\[\](){}]*(?:todo|tbd|tba|fixme|fill in|to be written)?[\s\-*_.…?:\[\](){}]*\Z"
)


class Section(msgspec.Struct, frozen=True):
    """What stands under one heading, the sections below it included."""

    title: str
    level: int
    line: int
    """1-based, of the heading."""
    text: str
    """As it was written, without the heading."""
    body_line: int = 0
    """1-based, of the first line of the text."""


class Item(msgspec.Struct, frozen=True):
    """An entry of a list, or a paragraph where there is no list."""

    text: str
    line: int


class Reference(msgspec.Struct, frozen=True):
    """Something a document points to."""

    target: str
    line: int
    kind: str
    """``link`` or ``file`` (a path named in passing)."""
    exists: bool | None = None
    """Whether it is there; None where that cannot be told from here."""


class Project(msgspec.Struct, frozen=True):
    """A project a portfolio lists."""

    name: str
    line: int
    place: str = ""
    """Its folder as it was written; empty where none is."""
    exists: bool | None = None
    """Whether the folder is there; None where that cannot be told from here."""
    has_context: bool | None = None
    """Whether its PROJECT_CONTEXT.md is there; likewise."""


class Document(msgspec.Struct, frozen=True):
    """One of the documents, read."""

    path: str
    """From the workspace on, as a person would write it."""
    tier: Tier
    text: str
    first_line: int = 1
    """The line of the file the text begins at."""
    sections: tuple[Section, ...] = ()
    references: tuple[Reference, ...] = ()
    projects: tuple[Project, ...] = ()
    updated: float | None = None
    """The day it says it was brought up to date, in seconds since the epoch."""
    updated_line: int = 1


class Entry(msgspec.Struct, frozen=True):
    """One block of the session log, with the place a person finds it at."""

    id: str
    document: Document
    """Its lines are those of the file it was read from."""
    moment: float | None = None


class Handoff(msgspec.Struct, frozen=True):
    """All there is of the four tiers."""

    documents: tuple[Document, ...] = ()
    entries: tuple[Entry, ...] = ()
    """Oldest first."""

    def of(self, tier: Tier) -> tuple[Document, ...]:
        """The documents of one tier."""
        return tuple(document for document in self.documents if document.tier == tier)


def find(document: Document, wanted: str) -> Section | None:
    """The section that is meant by a name, however its heading puts it; the first of the best."""
    ranked = [(rank_of(section.title, wanted), section) for section in document.sections]
    best = max((rank for rank, _ in ranked), default=0)
    return next((section for rank, section in ranked if rank == best), None) if best else None


def is_empty(section: Section) -> bool:
    """Whether nothing is said in it: blank, a comment, a mark that something is to come."""
    lines = _COMMENT.sub("", section.text).split("\n")
    return all(_PLACEHOLDER.match(line[:LINE_CHARACTERS]) or line.lstrip().startswith("#") for line in lines)


def items(section: Section) -> list[Item]:
    """What it says, entry by entry: each with its lines; what stands in code fences is passed over."""
    found: list[Item] = []
    lines = section.text.split("\n")
    for first, last in _spans(lines):
        text = " ".join(line.strip() for line in lines[first:last])
        match = _ITEM.match(lines[first])
        if match:
            text = " ".join((match[2], *(line.strip() for line in lines[first + 1 : last])))
        if text := _COMMENT.sub("", text).strip():
            found.append(Item(text, section.body_line + first))
    return found


def _spans(lines: list[str]) -> Iterator[tuple[int, int]]:
    fenced = code_fences.inside(lines)
    start: int | None = None
    for index, line in enumerate([*lines, ""]):
        ends = index == len(lines) or not line.strip() or fenced[index] or line.startswith("#")
        if start is not None and (ends or _ITEM.match(line)):
            yield start, index
            start = None
        if not ends and start is None:
            start = index


def says_nothing(text: str) -> bool:
    """Whether an entry says that there is none: *none*, *n/a*, *-*."""
    return not text.strip(" .-*_") or bool(_NONE.match(text[:LINE_CHARACTERS]))
