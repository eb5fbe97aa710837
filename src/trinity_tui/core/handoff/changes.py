"""What changed in a document since somebody looked, section by section and line by line: from marks of what they saw.

A mark is the digests of a section's own lines, one after the other; blank lines count for nothing. It tells which
lines are new without keeping what anybody wrote.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trinity_tui.core.handoff.document import Document

HEAD = ""
"""The name of what stands above the first heading."""
DIGEST_CHARACTERS = 8


class Span(msgspec.Struct, frozen=True):
    """The own text of a section, without the sections below it."""

    name: str
    """Its heading; one that is there twice is counted."""
    first_line: int
    """1-based, in the file."""
    lines: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True):
    """How a text differs from what was seen of it."""

    lines: tuple[int, ...] = ()
    """Those that are new or were changed; 1-based, in the file."""
    gone: int = 0
    """How many there are no more."""


def spans(document: Document) -> list[Span]:
    """A document as its sections' own texts, what stands above the first heading before them."""
    lines = document.text.split("\n")
    offset = document.first_line
    bounds = [0, *(section.line - offset for section in document.sections), len(lines)]
    found: dict[str, Span] = {}
    for index, title in enumerate((HEAD, *(section.title for section in document.sections))):
        name = _name(title, found)
        found[name] = Span(name, bounds[index] + offset, tuple(lines[bounds[index] : bounds[index + 1]]))
    return list(found.values())


def marks(document: Document) -> dict[str, str]:
    """What was seen of a document: of each section, by its name, a mark of its own text."""
    return {span.name: mark(span.lines) for span in spans(document)}


def mark(lines: Sequence[str]) -> str:
    """The mark of a text."""
    return "".join(_digest(line) for line in lines if line.strip())


def changed(seen: Mapping[str, str], document: Document) -> list[str]:
    """The headings of what is new or was changed, in the order of the document; what is gone is not among them."""
    return [name for name, now in marks(document).items() if seen.get(name, "") != now]


def difference(seen: str, span: Span) -> Difference:
    """Which lines of a text are others than were seen; one that was only moved is none."""
    waiting = Counter(seen[at : at + DIGEST_CHARACTERS] for at in range(0, len(seen), DIGEST_CHARACTERS))
    new: list[int] = []
    for number, line in enumerate(span.lines, span.first_line):
        if line.strip():
            digest = _digest(line)
            if waiting[digest]:
                waiting[digest] -= 1
            else:
                new.append(number)
    return Difference(tuple(new), max(0, waiting.total() - len(new)))


def _name(title: str, taken: Mapping[str, object]) -> str:
    name, number = title, 1
    while name in taken:
        number += 1
        name = f"{title} ({number})"
    return name


@lru_cache(maxsize=8192)
def _digest(line: str) -> str:
    content = line.rstrip().encode(errors="surrogatepass")
    return hashlib.blake2b(content, digest_size=DIGEST_CHARACTERS // 2).hexdigest()
