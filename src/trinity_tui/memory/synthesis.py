"""What many records say together: themes several instances came upon, open questions, and what failed and was solved.

Without a model it is grouping, the same for any order of the records, every statement with the records it rests on. A
model may write prose on top; ``refusal`` says why a text of its may not be kept: a sentence that rests on nothing, or
on a record there is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.memory import Record, plain
from trinity_tui.core.memory_fold import Contradiction, contradictions
from trinity_tui.core.words import STOP_WORDS, stem, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

ALIKE = 0.5
"""Two texts are of one theme when they share so much of their words (Jaccard)."""
AUTHORS_LEAST = 2
RECORDS_LEAST = 3
"""Several who say it make a theme, or one who says it so often."""
COMPARED_MOST = 40
"""With so many groups a text is compared, those that share the rarest of its words."""
SOLUTIONS = frozenset({"howto", "fact", "decision"})
_IDS = re.compile(r"\[([^\[\]]+)\]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


class Theme(msgspec.Struct, frozen=True):
    """Something that several records are about."""

    subject: str
    statement: str
    """What was said of it last."""
    record_ids: tuple[str, ...]
    authors: tuple[str, ...]


class Solution(msgspec.Struct, frozen=True):
    """What failed, and what was then found to help."""

    failure: str
    solution: str
    record_ids: tuple[str, ...]
    """Of the failure, then of what solves it."""


class Synthesis(msgspec.Struct, frozen=True):
    """What records say together."""

    themes: list[Theme]
    """Those that most instances came upon first."""
    questions: list[Contradiction]
    solutions: list[Solution]


def synthesise(records: Iterable[Record], at: float) -> Synthesis:
    """What the records that hold at a moment say together; seconds since the epoch."""
    standing = sorted((one for one in records if one.holds(at)), key=lambda one: (one.time, one.computer, one.id))
    return Synthesis(_themes(standing), contradictions(standing, at), _solutions(standing))


def refusal(prose: str, known: Collection[str]) -> str | None:
    """Why a text may not be kept as what records say together, or None.

    Args:
        prose: Each sentence names the records it rests on before its end: ``The port moved [id, id].``
        known: The ids of the records it was made of.
    """
    for sentence in filter(None, (part.strip() for part in _SENTENCE.split(prose))):
        named = [name.strip() for ids in _IDS.findall(sentence) for name in ids.split(",")]
        if not named:
            return f"a sentence names no record: {sentence[:80]!r}"
        for name in named:
            if name not in known:
                return f"there is no record {name[:80]!r}"
    return None


def _themes(records: list[Record]) -> list[Theme]:
    groups = _by_subject([one for one in records if one.subject or one.path])
    groups += _by_words([one for one in records if not one.subject and not one.path])
    themes = [_theme(group) for group in groups]
    found = [one for one in themes if len(one.authors) >= AUTHORS_LEAST or len(one.record_ids) >= RECORDS_LEAST]
    return sorted(found, key=lambda one: (-len(one.authors), -len(one.record_ids), one.subject, one.record_ids))


def _theme(group: list[Record]) -> Theme:
    newest = group[-1]
    authors = tuple(sorted({name for one in group for name in one.authors}))
    return Theme(
        newest.subject or newest.path or newest.text[:80], newest.text, tuple(one.id for one in group), authors
    )


def _by_subject(records: list[Record]) -> list[list[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[plain(record.subject or record.path)].append(record)
    return list(groups.values())


def _by_words(records: list[Record]) -> list[list[Record]]:
    """Each with the first group whose beginning it is like."""
    groups: list[list[Record]] = []
    beginnings: list[frozenset[str]] = []
    having: defaultdict[str, list[int]] = defaultdict(list)
    for record in records:
        mine = told(record)
        likely = Counter(
            number for name in sorted(mine, key=lambda name: (len(having[name]), name))[:8] for number in having[name]
        )
        alike = (
            number for number, _ in sorted(likely.most_common(COMPARED_MOST), key=lambda item: item[0])
            if alikeness(mine, beginnings[number]) >= ALIKE
        )  # fmt: skip
        number = next(alike, len(groups))
        if number == len(groups):
            groups.append([])
            beginnings.append(mine)
            for name in mine:
                having[name].append(number)
        groups[number].append(record)
    return groups


def told(record: Record) -> frozenset[str]:
    """The stems that say what a record is about."""
    return frozenset(stem(word) for word in words(record.text) if word not in STOP_WORDS)


def alikeness(one: Collection[str], other: Collection[str]) -> float:
    """How much of their words two texts share, 0 to 1 (Jaccard)."""
    mine, theirs = frozenset(one), frozenset(other)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


def _solutions(records: list[Record]) -> list[Solution]:
    """For each failure the first later record that says it solves it, or else a way that is about the same."""
    found: list[Solution] = []
    solving = [one for one in records if one.kind in SOLUTIONS]
    for failure in (one for one in records if one.kind == "failure"):
        later = [one for one in solving if one.time > failure.time]
        helping = next((one for one in later if _rests_on(one, failure)), None)
        if helping is None:
            helping = next((one for one in later if one.kind == "howto" and _is_about_the_same(one, failure)), None)
        if helping is not None:
            found.append(Solution(failure.text, helping.text, (failure.id, helping.id)))
    return found


def _rests_on(one: Record, failure: Record) -> bool:
    return not {*failure.sources}.isdisjoint(one.sources)


def _is_about_the_same(one: Record, failure: Record) -> bool:
    if one.subject and failure.subject:
        return plain(one.subject) == plain(failure.subject)
    return alikeness(told(one), told(failure)) >= ALIKE
