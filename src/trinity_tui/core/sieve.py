"""What is looked for in the log's lines: a cheap look at bytes first, the record itself only where that says it may be.

Words are text and nothing else: never a pattern. A line passes where its bytes hold every part of every word in plain
ASCII, so the cheap look does not say no to what the dear one would say yes to; but for the sign of the unit kelvin,
whose small form is a plain k.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from trinity_tui.core import record
from trinity_tui.core.message import Message
from trinity_tui.core.record import DamagedLine, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trinity_tui.core.record import Position

WORDS_MOST = 8
WORD_CHARACTERS = 100
_PLAIN = re.compile(rb"[ !#-\[\]-~]+")
"""What stands in a line of JSON as it stands in the text: neither quote, backslash nor anything that is not ASCII."""


class Sieve(Protocol):
    """Finds lines."""

    def passes(self, lines: bytes) -> bool:
        """Whether a line among these bytes may fit; quick, and to be relied on where it says no."""
        ...

    def fits(self, message: Message) -> bool:
        """Whether a message whose line passed is one that is looked for."""
        ...


def sift(lines: Iterable[tuple[Position, bytes]], sieve: Sieve) -> Iterator[Record]:
    """The records that fit, in the order of their lines; what is damaged fits nothing."""
    for position, text in lines:
        if sieve.passes(text):
            try:
                item = Record(position, record.decode(text))
            except DamagedLine:
                continue
            if sieve.fits(item.message):
                yield item


class Words(msgspec.Struct, frozen=True):
    """Messages in which every word occurs, in what they say, their type, who says it, or to whom.

    Attributes:
        words: As typed, in small letters.
        parts: The pieces of them that can be looked for in bytes.
    """

    words: tuple[str, ...]
    parts: tuple[bytes, ...]

    def passes(self, lines: bytes) -> bool:
        """Whether every part occurs, whatever the size of its letters."""
        if not self.parts:
            return True
        small = lines.lower()
        return all(part in small for part in self.parts)

    def fits(self, message: Message) -> bool:
        """Whether every word occurs."""
        # Apart: what goes over from one into the next stands nowhere in the line.
        said = "\n".join((message.from_, message.to, message.type, message.content)).lower()
        return all(word in said for word in self.words)


def words_of(texts: Iterable[str]) -> Words:
    """A sieve of words.

    Args:
        texts: The words, or groups of words that stand beside each other; more and longer ones are cut.
    """
    words = tuple(text[:WORD_CHARACTERS].lower() for text in texts if text.strip())[:WORDS_MOST]
    parts = {part for word in words for part in _PLAIN.findall(word.encode("utf-8", "replace"))}
    # The longest first: what is rare says no soonest.
    return Words(words, tuple(sorted(parts, key=len, reverse=True)))


class All(msgspec.Struct, frozen=True):
    """What several sieves let through."""

    sieves: tuple[Sieve, ...]

    def passes(self, lines: bytes) -> bool:
        """Whether all of them may find something."""
        return all(sieve.passes(lines) for sieve in self.sieves)

    def fits(self, message: Message) -> bool:
        """Whether all of them agree."""
        return all(sieve.fits(message) for sieve in self.sieves)


class Traits(msgspec.Struct, frozen=True):
    """Messages of a certain sort.

    Attributes:
        needles: Of these a line of them holds at least one; none: any line may be one.
        is_one: Whether a message is.
    """

    needles: tuple[bytes, ...]
    is_one: Callable[[Message], bool]

    def passes(self, lines: bytes) -> bool:
        """Whether one of the needles occurs."""
        return not self.needles or any(needle in lines for needle in self.needles)

    def fits(self, message: Message) -> bool:
        """Whether it is one."""
        return self.is_one(message)
