"""What a model writes about records: only sentences that name what they rest on, and nothing they were not given.

::

    The port moved to 8002 [id, id]. It was 8001 before. [id]

Ids stand in brackets, before the end of the sentence or right behind it. A sentence that names none, or one that its
writer was not given, is refused; what is left stands as it was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SENTENCES_MOST = 40
"""What comes after so many is refused."""
SHOWN_CHARACTERS = 80
_IDS = re.compile(r"\[([^\[\]]*)\]")
_END = re.compile(r"[.!?][\"')]*(?:\s*\[[^\[\]]*\])*(?=\s|\Z)|\n+")


class Refused(msgspec.Struct, frozen=True):
    """A sentence that is not kept."""

    sentence: str
    why: str


class Sifted(msgspec.Struct, frozen=True):
    """A text, sentence by sentence."""

    kept: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """The ids that what is kept names, each once."""
    refused: tuple[Refused, ...] = ()


def sift(prose: str, known: Collection[str]) -> Sifted:
    """Tell what may be kept of a text from what may not.

    Args:
        prose: What was written.
        known: The ids of the records it was written of.
    """
    kept: list[str] = []
    names: dict[str, None] = {}
    refused: list[Refused] = []
    for number, sentence in enumerate(_sentences(prose)):
        named = named_in(sentence)
        why = _why(named, known) if number < SENTENCES_MOST else f"there are more than {SENTENCES_MOST} sentences"
        if why:
            refused.append(Refused(sentence, why))
        else:
            kept.append(sentence)
            names |= dict.fromkeys(named)
    return Sifted(tuple(kept), tuple(names), tuple(refused))


def first_sentence(text: str) -> str:
    """What a text says first, without its full stop; empty where it says nothing."""
    return next(_sentences(text), "").rstrip(".")


def named_in(sentence: str) -> list[str]:
    """What stands in brackets in a sentence."""
    return [name for inside in _IDS.findall(sentence) for part in inside.split(",") if (name := part.strip())]


def _why(named: list[str], known: Collection[str]) -> str:
    if not named:
        return "it names no record"
    unknown = next((name for name in named if name not in known), None)
    return "" if unknown is None else f"it was given no record {unknown[:SHOWN_CHARACTERS]!r}"


def _sentences(prose: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(prose):
        yield from _whole(prose[start : end.end()])
        start = end.end()
    yield from _whole(prose[start:])


def _whole(text: str) -> Iterator[str]:
    if line := " ".join(text.split()):
        yield line
