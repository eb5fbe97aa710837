"""What many records say together: themes several instances came upon, open questions, and what failed and was solved.

It is grouping, the same for any order of the records, every statement with the records it rests on. What was said of
records in this way is none of them: a synthesis rests on what was seen, not on itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.memory import Record, plain
from trinity_tui.core.memory_fold import Contradiction, contradictions
from trinity_tui.core.words import STOP_WORDS, stem, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

ALIKE = 0.5
"""Two texts are of one theme when they share so much of their words (Jaccard)."""
RECORDS_LEAST = 3
"""So many make a theme by themselves; two, where different ones say them."""
COMPARED_MOST = 40
"""With so many others a text is compared, those that share the most of its rarest words."""
RAREST_MOST = 8
SOLUTIONS = frozenset({"howto", "fact", "decision"})
SYNTHESIS = "synthesis"
"""The tag of what was said of several records."""
NO_THEMES = frozenset({"model"})
"""Tags that say how something was found and not what it is about."""


class Theme(msgspec.Struct, frozen=True):
    """Something that several records are about."""

    key: str
    """What it is known by while more is said of it."""
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
    seen = (one for one in records if one.holds(at) and SYNTHESIS not in one.tags)
    standing = sorted(seen, key=lambda one: (one.time, one.computer, one.id))
    return Synthesis(_themes(standing), contradictions(standing, at), _solutions(standing))


def _themes(records: list[Record]) -> list[Theme]:
    groups = _by_subject([one for one in records if one.subject or one.path])
    by_words = _by_words([one for one in records if not one.subject and not one.path])
    groups |= {f"record:{group[0].id}": group for group in by_words}
    themes = [_theme(key, group) for key, group in groups.items() if _is_theme(group)]
    told = {one.record_ids for one in themes}
    themes += [one for one in _of_tags(records) if one.record_ids not in told]
    return sorted(themes, key=lambda one: (-len(one.authors), -len(one.record_ids), one.subject, one.record_ids))


def _is_theme(group: list[Record]) -> bool:
    """One record that many said is none, nor are two that the same ones said."""
    return len(group) >= RECORDS_LEAST or (len(group) > 1 and {*group[0].authors}.isdisjoint(group[1].authors))


def _of_tags(records: list[Record]) -> Iterator[Theme]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        for tag in record.tags:
            groups[tag].append(record)
    for tag, group in groups.items():
        if len(group) >= RECORDS_LEAST and tag not in NO_THEMES:
            yield msgspec.structs.replace(_theme(f"tag:{tag}", group), subject=tag)


def _theme(key: str, group: list[Record]) -> Theme:
    newest = group[-1]
    authors = tuple(sorted({name for one in group for name in one.authors}))
    subject = newest.subject or newest.path or newest.text[:80]
    return Theme(key, subject, newest.text, tuple(one.id for one in group), authors)


def _by_subject(records: list[Record]) -> dict[str, list[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[f"about:{plain(record.subject or record.path)}"].append(record)
    return dict(groups)


def _by_words(records: list[Record]) -> list[list[Record]]:
    """Each with the first group whose beginning it is like."""
    groups: list[list[Record]] = []
    beginnings = _Texts()
    for record in records:
        mine = told(record)
        number = next(beginnings.alike(mine), None)
        if number is None:
            beginnings.add(mine)
            groups.append([record])
        else:
            groups[number].append(record)
    return groups


class _Texts:
    """Texts as sets of stems, to find those that are like another."""

    def __init__(self) -> None:
        self._texts: list[frozenset[str]] = []
        self._having: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, text: frozenset[str]) -> None:
        """One more; its number is how many there were before."""
        for name in text:
            self._having[name].append(len(self._texts))
        self._texts.append(text)

    def alike(self, text: frozenset[str]) -> Iterator[int]:
        """The numbers of those that are like it, in their order."""
        rarest = sorted(text, key=lambda name: (len(self._having.get(name, ())), name))[:RAREST_MOST]
        likely = Counter(number for name in rarest for number in self._having.get(name, ()))
        for number in sorted(number for number, _ in likely.most_common(COMPARED_MOST)):
            if alikeness(text, self._texts[number]) >= ALIKE:
                yield number


def told(record: Record) -> frozenset[str]:
    """The stems that say what a record is about."""
    return frozenset(stem(word) for word in words(record.text) if word not in STOP_WORDS)


def alikeness(one: Collection[str], other: Collection[str]) -> float:
    """How much of their words two texts share, 0 to 1 (Jaccard)."""
    mine, theirs = frozenset(one), frozenset(other)
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


def _solutions(records: list[Record]) -> list[Solution]:
    """For each failure the first later record that says it solves it, or else a way that is about the same."""
    ways = _Ways(one for one in records if one.kind in SOLUTIONS)
    found = ((one, ways.helping(one)) for one in records if one.kind == "failure")
    return [Solution(one.text, helping.text, (one.id, helping.id)) for one, helping in found if helping is not None]


class _Ways:
    """What may solve a failure.

    Args:
        solving: In the order of their time.
    """

    def __init__(self, solving: Iterable[Record]) -> None:
        self._by_source: defaultdict[str, list[Record]] = defaultdict(list)
        self._by_subject: defaultdict[str, list[Record]] = defaultdict(list)
        self._howtos: list[Record] = []
        self._texts = _Texts()
        for one in solving:
            for source in one.sources:
                self._by_source[source].append(one)
            if one.kind == "howto":
                self._by_subject[plain(one.subject)].append(one)
                self._howtos.append(one)
                self._texts.add(told(one))

    def helping(self, failure: Record) -> Record | None:
        """What solves it."""
        return _after(failure, [one for source in failure.sources for one in self._by_source.get(source, ())]) or (
            _after(failure, self._about(failure))
        )

    def _about(self, failure: Record) -> list[Record]:
        """The ways about the same: by subject where both have one, else by their words."""
        alike = [self._howtos[number] for number in self._texts.alike(told(failure))]
        if not failure.subject:
            return alike
        return self._by_subject.get(plain(failure.subject), []) + [one for one in alike if not one.subject]


def _after(failure: Record, found: Iterable[Record]) -> Record | None:
    later = (one for one in found if one.time > failure.time)
    return min(later, key=lambda one: (one.time, one.computer, one.id), default=None)
