"""What several findings say together: patterns with the findings they rest on, and statements that cannot both hold.

Plain grouping, the same for any order of the findings; judging and publishing belong to the reflector.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from trinity_tui.brains.builtin.defect import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PatternKind = Literal["hot-and-weak", "hotspot", "rule-in-folder", "confirmed"]

MIN_IN_FOLDER = 3
"""Findings of one rule in one folder that make a habit."""
MIN_RULES_IN_FILE = 3
"""Different rules one file breaks before it counts as a hotspot."""
_HOT_RULE = "hot-file"
_WEAKNESSES = {
    "untested-module": "no test looks at it",
    "complex-function": "it branches too much",
    "long-function": "its functions are too long",
}


class FindingRef(Struct, frozen=True):
    """A finding as far as synthesis needs it."""

    id: str
    """Time-ordered: of one author's statements the greatest id is the latest."""
    author: str
    rule: str
    path: str
    line: int
    symbol: str
    text: str
    subject: str = ""
    """What a statement is about, e.g. `refresh()`; empty where the finding states no value."""
    predicate: str = ""
    """What is said of it, e.g. `timeout`."""
    value: str = ""
    """What it is said to be, e.g. `30 s`."""


class Pattern(Struct, frozen=True):
    """Something that shows only in several findings."""

    kind: PatternKind
    subject: str
    """The file, folder or place it is about."""
    text: str
    finding_ids: tuple[str, ...]
    """The findings it rests on, sorted."""
    authors: tuple[str, ...]


class Claim(Struct, frozen=True):
    """One value stated for a subject, and who states it."""

    value: str
    finding_ids: tuple[str, ...]
    authors: tuple[str, ...]


class Contradiction(Struct, frozen=True):
    """Two or more values for the same thing; a question for everyone, not a verdict."""

    subject: str
    predicate: str
    claims: tuple[Claim, ...]
    text: str

    @property
    def finding_ids(self) -> tuple[str, ...]:
        """All findings that take part, sorted."""
        return tuple(sorted(finding_id for claim in self.claims for finding_id in claim.finding_ids))


def group(findings: Iterable[FindingRef]) -> list[Pattern]:
    """Patterns in the findings, the weightiest kind first; every pattern names the findings it rests on."""
    unique = sorted({finding.id: finding for finding in sorted(findings, key=_order)}.values(), key=_order)
    return [
        *_hot_and_weak(unique),
        *_hotspots(unique),
        *_habits(unique),
        *_confirmed(unique),
    ]


def contradictions(findings: Iterable[FindingRef]) -> list[Contradiction]:
    """Same subject and predicate, different values. Who says something new replaces what they said before."""
    latest: dict[tuple[str, str, str], FindingRef] = {}
    for finding in sorted(findings, key=_order):
        if finding.subject and finding.predicate and finding.value:
            latest[(_plain(finding.subject), _plain(finding.predicate), finding.author)] = finding
    stated: dict[tuple[str, str], list[FindingRef]] = defaultdict(list)
    for (subject, predicate, _), finding in latest.items():
        stated[(subject, predicate)].append(finding)
    claims = {about: _claims(group) for about, group in stated.items()}
    return [_contradiction(*about, claims[about]) for about in sorted(claims) if len(claims[about]) > 1]


def _order(finding: FindingRef) -> tuple[str, ...]:
    return (finding.id, finding.author, finding.rule, finding.path, finding.symbol, finding.text, finding.value)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _claims(findings: list[FindingRef]) -> tuple[Claim, ...]:
    by_value = _by(findings, lambda finding: _plain(finding.value))
    return tuple(Claim(one_line(same[0].value), _ids(same), _authors(same)) for _, same in by_value)


def _contradiction(subject: str, predicate: str, claims: tuple[Claim, ...]) -> Contradiction:
    sides = "; ".join(f"{claim.value} ({', '.join(claim.authors)})" for claim in claims)
    return Contradiction(subject, predicate, claims, one_line(f"{subject}, {predicate}: {sides}. Which holds?", 400))


def _hot_and_weak(findings: list[FindingRef]) -> list[Pattern]:
    """A file that changes most and has a weakness that makes changing it risky."""
    patterns: list[Pattern] = []
    for path, here in _by(findings, lambda finding: finding.path):
        weak = [finding for finding in here if finding.rule in _WEAKNESSES]
        hot = [finding for finding in here if finding.rule == _HOT_RULE]
        if hot and weak:
            reasons = " and ".join(_WEAKNESSES[rule] for rule in sorted({finding.rule for finding in weak}))
            patterns.append(
                _pattern(
                    "hot-and-weak", path, f"{path} is among the files that change most, and {reasons}.", hot + weak
                )
            )
    return patterns


def _hotspots(findings: list[FindingRef]) -> list[Pattern]:
    patterns: list[Pattern] = []
    for path, here in _by(findings, lambda finding: finding.path):
        rules = sorted({finding.rule for finding in here})
        if path and len(rules) >= MIN_RULES_IN_FILE:
            text = f"{path} breaks {len(rules)} different rules: {', '.join(rules)}."
            patterns.append(_pattern("hotspot", path, text, here))
    return patterns


def _habits(findings: list[FindingRef]) -> list[Pattern]:
    patterns: list[Pattern] = []
    for key, here in _by(findings, lambda finding: f"{finding.rule}\0{finding.path.rpartition('/')[0]}"):
        rule, _, folder = key.partition("\0")
        places = {(finding.path, finding.symbol) for finding in here}
        if rule and rule != _HOT_RULE and len(places) >= MIN_IN_FOLDER:
            subject = folder or "the top folder"
            patterns.append(
                _pattern("rule-in-folder", subject, f"{rule} occurs {len(places)} times in {subject}.", here)
            )
    return patterns


def _confirmed(findings: list[FindingRef]) -> list[Pattern]:
    """The same thing seen by several, each on their own."""
    patterns: list[Pattern] = []
    for key, here in _by(findings, lambda finding: f"{finding.rule}:{finding.path}:{finding.symbol}"):
        authors = _authors(here)
        if len(authors) > 1 and here[0].rule:
            text = f"{len(authors)} instances found the same {here[0].rule} in {here[0].path}: {', '.join(authors)}."
            patterns.append(_pattern("confirmed", key, text, here))
    return patterns


def _by(findings: list[FindingRef], key: Callable[[FindingRef], str]) -> list[tuple[str, list[FindingRef]]]:
    groups: dict[str, list[FindingRef]] = defaultdict(list)
    for finding in findings:
        groups[key(finding)].append(finding)
    return sorted(groups.items())


def _pattern(kind: PatternKind, subject: str, text: str, findings: list[FindingRef]) -> Pattern:
    return Pattern(kind, one_line(subject, 400), one_line(text, 400), _ids(findings), _authors(findings))


def _ids(findings: list[FindingRef]) -> tuple[str, ...]:
    return tuple(sorted(finding.id for finding in findings))


def _authors(findings: list[FindingRef]) -> tuple[str, ...]:
    return tuple(sorted({finding.author for finding in findings}))
