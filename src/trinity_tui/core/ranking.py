"""How well a record answers a search, from its words and from what was said around it.

BM25 over the words of its text, of what it is about and of its date: a word counts the more, the fewer records have it,
and saying it again adds ever less. On top of it comes a share of what its neighbours in the same session score: what is
about the port of the gateway may name the gateway only two lines before.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.memory import HALF_LIFE_SECONDS
from trinity_tui.core.words import stems

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

COLUMN_WEIGHTS = {"text": 1.0, "about": 0.6, "date": 0.3}
BEFORE_WEIGHTS = (0.5, 0.4, 0.3, 0.2)
"""What counts of a record said before, by how far before."""
AFTER_WEIGHTS = (0.15,)
"""What counts of one said after."""
SATURATION = 1.2
LENGTH_SHARE = 0.75
"""How much a long text is held against it."""
RECENT_SHARE = 0.1
RECENT_SECONDS = 90 * 86_400.0
OLDEST_SHARE = 0.2
"""However old a finding is, so much of it counts."""


class Corpus(msgspec.Struct, frozen=True):
    """What is known of all records together."""

    record_count: int
    mean_length: float
    """Of a text, in words."""
    counts: dict[str, int]
    """In how many records each stem looked for is."""

    def weight(self, stem: str) -> float:
        """What it tells when a record has this stem."""
        count = min(self.counts.get(stem, 0), self.record_count)
        return math.log(1 + (self.record_count - count + 0.5) / (count + 0.5))


class Match(msgspec.Struct, frozen=True):
    """What one record's own words have of a search."""

    parts: dict[str, float]
    """By column, what it adds to the score."""
    stems: dict[str, tuple[str, ...]]
    """By column, what was found there."""
    scores: dict[str, float]
    """By stem, what it adds to the score."""

    @property
    def score(self) -> float:
        """Of its own words."""
        return sum(self.parts.values())


def match(wanted: Sequence[str], columns: dict[str, str], corpus: Corpus) -> Match:
    """What a record has of the stems looked for.

    Args:
        wanted: Each once.
        columns: The record's words, under the names of ``COLUMN_WEIGHTS``.
        corpus: What is known of all.
    """
    found = {name: stems(text) for name, text in columns.items()}
    length = len(found["text"]) / (corpus.mean_length or 1.0)
    ground = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
    parts = dict.fromkeys(columns, 0.0)
    hits: dict[str, list[str]] = {name: [] for name in columns}
    scores: dict[str, float] = {}
    for stem in wanted:
        counts = {name: COLUMN_WEIGHTS[name] * count for name, every in found.items() if (count := every.count(stem))}
        total = sum(counts.values())
        for name, count in counts.items():
            hits[name].append(stem)
            part = corpus.weight(stem) * (SATURATION + 1) * count / (total + ground)
            parts[name] += part
            scores[stem] = scores.get(stem, 0.0) + part
    return Match(parts, {name: tuple(every) for name, every in hits.items()}, scores)


def covered(wanted: Sequence[str], found: Collection[str], corpus: Corpus) -> float:
    """How much of what is looked for was found, 0 to 1, weighed by what each word tells."""
    total = sum(corpus.weight(stem) for stem in wanted)
    return sum(corpus.weight(stem) for stem in wanted if stem in found) / total if total else 0.0


def freshness(kind: str, age_seconds: float) -> float:
    """What counts of a record of its age, 0 to 1; 1 for kinds that do not age."""
    half_life = HALF_LIFE_SECONDS.get(kind)
    if half_life is None:
        return 1.0
    return max(OLDEST_SHARE, 0.5 ** (max(0.0, age_seconds) / half_life))


def recency(age_seconds: float) -> float:
    """A little more than 1 for what was said lately: of two that say the same thing differently, the newer holds."""
    return 1 + RECENT_SHARE * 0.5 ** (max(0.0, age_seconds) / RECENT_SECONDS)
