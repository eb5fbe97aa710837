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
from trinity_tui.core.words import stem_set, stems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

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
TELLING_WORDS = 4
"""A question is answered by what has so many of its most telling words; a long one has more, and nothing has all."""
KNOWN_LEAST = 0.7
"""How much an answer has of the most telling words that the memory knows at all."""
ASKED_LEAST = 0.3
"""How much an answer has of the most telling words, known or not."""


class Corpus(msgspec.Struct, frozen=True):
    """What is known of all records together."""

    record_count: int
    mean_length: float
    """Of a text, in words."""
    weights: dict[str, float]
    """What it tells when a record has it, of each stem that is looked for."""
    answer_weight: float
    """What the stems that an answer has tell together, at least."""


def corpus(wanted: Sequence[str], counts: Mapping[str, int], record_count: int, word_count: int) -> Corpus:
    """What there is to know for one search.

    Args:
        wanted: The stems looked for.
        counts: In how many records each is.
        record_count: How many there are.
        word_count: How long their texts are together.
    """
    weights: dict[str, float] = {}
    for stem in wanted:
        count = max(0, min(counts.get(stem, 0), record_count))
        weights[stem] = math.log(1 + (record_count - count + 0.5) / (count + 0.5))
    known = [weight for stem, weight in weights.items() if counts.get(stem, 0) > 0]
    bar = max(KNOWN_LEAST * _most_telling(known), ASKED_LEAST * _most_telling(weights.values()))
    return Corpus(record_count, word_count / record_count if record_count else 0.0, weights, bar)


def _most_telling(weights: Iterable[float]) -> float:
    return sum(sorted(weights, reverse=True)[:TELLING_WORDS])


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


def match(text: str, about: str, date: str, corpus: Corpus) -> Match:
    """What a record has of the stems looked for.

    Args:
        text: What it says.
        about: What it is about, in words.
        date: Its date, in words.
        corpus: What is looked for, and what it tells.
    """
    every, things, dates = stems(text), stem_set(about), stem_set(date)
    length = len(every) / (corpus.mean_length or 1.0)
    ground = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
    parts = dict.fromkeys(COLUMN_WEIGHTS, 0.0)
    hits: dict[str, list[str]] = {name: [] for name in COLUMN_WEIGHTS}
    scores: dict[str, float] = {}
    for stem, weight in corpus.weights.items():
        found = (every.count(stem), stem in things, stem in dates)
        if not any(found):
            continue
        counts = [share * count for share, count in zip(COLUMN_WEIGHTS.values(), found, strict=True)]
        scores[stem] = weight * (SATURATION + 1) * sum(counts) / (sum(counts) + ground)
        for name, count in zip(COLUMN_WEIGHTS, counts, strict=True):
            if count:
                hits[name].append(stem)
                parts[name] += scores[stem] * count / sum(counts)
    return Match(parts, {name: tuple(found) for name, found in hits.items()}, scores)


def covered(found: Collection[str], corpus: Corpus) -> float:
    """How much of what is looked for was found, 0 to 1, weighed by what each word tells."""
    total = sum(corpus.weights.values())
    return sum(weight for stem, weight in corpus.weights.items() if stem in found) / total if total else 0.0


def sureness(own: Collection[str], lent: Collection[str], corpus: Corpus) -> float:
    """How surely something answers what is asked; from 1 on, it is shown.

    Where the memory knows half of the words, and something has the other half, that is what it is about and not what is
    asked of it. So what counts is the share of the known words, and of all of them at least some. What has none itself,
    but only neighbours that do, answers nothing.

    Args:
        own: The stems it has itself.
        lent: Those that only stand around it.
        corpus: What is looked for.
    """
    if not own:
        return 0.0
    told = sum(weight for stem, weight in corpus.weights.items() if stem in own or stem in lent)
    return told / corpus.answer_weight


def freshness(kind: str, age_seconds: float) -> float:
    """What counts of a record of its age, 0 to 1; 1 for kinds that do not age."""
    half_life = HALF_LIFE_SECONDS.get(kind)
    if half_life is None:
        return 1.0
    return max(OLDEST_SHARE, 0.5 ** (max(0.0, age_seconds) / half_life))


def recency(age_seconds: float) -> float:
    """A little more than 1 for what was said lately: of two that say the same thing differently, the newer holds."""
    return 1 + RECENT_SHARE * 0.5 ** (max(0.0, age_seconds) / RECENT_SECONDS)


def meanings(nearness: Sequence[float | None]) -> list[float]:
    """Of what was found, how near each is to the question beside the others: 0 to 1.

    What is not known yet, None, counts as the others do on the average: it is neither lifted nor held back.
    """
    known = [one for one in nearness if one is not None]
    low, span = (min(known), max(known) - min(known)) if known else (0.0, 0.0)
    shares = [None if one is None or not span else (one - low) / span for one in nearness]
    told = [one for one in shares if one is not None]
    mean = sum(told) / len(told) if told else 0.0
    return [mean if one is None else one for one in shares]
