"""What the tiers claim, set against what they say elsewhere: blockers that are none any more, decisions turned round.

From the words alone: what is found is worth a look, and says where. Only plain wordings are understood (*switched from
A to B*, *chose A over B*, *rejected A*, ``Decision: key = value``; *resolved*, *fixed*, *unblocked*), so that what is
found is mostly so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import dates
from trinity_tui.core.handoff.document import find, items, says_nothing
from trinity_tui.core.handoff.words import is_about, same_thing, stems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.core.handoff.document import Document, Entry, Handoff

CLAIM_CHARACTERS = 2_000
_RESOLVED = re.compile(
    r"(?i)\b(?:resolv\w+|fixe[sd]|fixed|solved|mended|unblocked|unstuck|cleared|lifted|works now|went away|no longer)\b"
)
_NOT_RESOLVED = re.compile(
    r"(?i)\b(?:not|never|cannot|can't|couldn't|isn't|wasn't|still|unless|until|once|partly|to be|needs? to|must be)\b"
)
_RESOLVING = stems("resolved resolves fixed fixes solved mended unblocked cleared lifted works now went away no longer")
_SECTIONS_OF_RESULTS = ("Work Accomplished", "Code Changes", "Blockers", "Test Status")
_THING = r"([^,;.:()\n]{1,60}?)"
_END = r"(?=\s*(?:[,;:.(]|\bbecause\b|\bfor\b|\bas\b|\bsince\b|\bdue\b|$))"
_FROM_TO = re.compile(rf"(?i)\b(?:switch|mov|migrat|chang)\w*\s+from\s+{_THING}\s+to\s+{_THING}{_END}")
_OVER = re.compile(
    r"(?i)\b(?:use|using|chose|choose|chosen|prefer|picked|pick|take|took|adopted|decided on|settled on|going with|"
    rf"go with)\s+{_THING}\s+(?:instead of|rather than|over|not)\s+{_THING}{_END}"
)
_TAKEN = re.compile(rf"(?i)\b(?:chose|adopted|decided on|decided to use|settled on|going with|picked)\s+{_THING}{_END}")
_TURNED_DOWN = re.compile(rf"(?i)\b(?:rejected|dropped|decided against|ruled out|abandoned)\s+{_THING}{_END}")
_JUDGED = re.compile(r"(?i)^(?:\*\*)?(?:option\s+\w+\s*:\s*)?([^(:\n]{1,60}?)(?:\*\*)?\s*[(:]\s*(rejected|chosen)\b")
_SETTLED = re.compile(r"(?i)\bdecision\s*:\s*([\w .-]{1,40}?)\s*=\s*([^\s,;()]{1,60})")
_SAID = re.compile(
    r"(?i)\b(?:switch\w*|revers\w+|revert\w*|back to|again|supersed\w+|replac\w+|no longer|undo|undid|after all|"
    r"overturn\w*|reconsider\w*|chang\w+|moved|migrated|earlier|previous\w*)\b"
)
_OF_A_CHOICE = stems("push use using option choice approach")


class Claim(msgspec.Struct, frozen=True):
    """Something that is said, and where."""

    text: str
    file: str
    line: int


class _Stance(msgspec.Struct, frozen=True):
    """What a decision says of one thing."""

    thing: frozenset[str]
    value: str
    claim: Claim


def resolved_blockers(handoff: Handoff) -> Iterator[tuple[Claim, Claim]]:
    """Blockers that are listed as open, each with the words that resolved it."""
    for document in handoff.documents:
        for blocker in _claims(document, ("Blockers",)):
            if not says_nothing(blocker.text) and not _is_resolving(blocker.text):
                for entry in _since(handoff.entries, document, stems(blocker.text)):
                    found = _resolution(entry, stems(blocker.text))
                    if found is not None:
                        yield blocker, found
                        break


def reversed_decisions(handoff: Handoff) -> Iterator[tuple[Claim, Claim]]:
    """Decisions that turn an earlier one round and do not say so, each with that one."""
    held: list[_Stance] = []
    told: set[Claim] = set()
    for stance in _stances(handoff):
        before = next((one for one in reversed(held) if _is_same(one, stance)), None)
        if before is not None and before.value != stance.value and stance.claim not in told:
            told.add(stance.claim)
            if not _SAID.search(stance.claim.text):
                yield stance.claim, before.claim
        held.append(stance)


def resolves(entry: Entry, blocker: str) -> bool:
    """Whether a session says that what blocked is no longer so."""
    return _resolution(entry, stems(blocker)) is not None


# Blockers


def _since(entries: tuple[Entry, ...], document: Document, blocker: frozenset[str]) -> Iterator[Entry]:
    """The sessions after the one that last ran into it, and not before the document was brought up to date."""
    met = (index for index, entry in enumerate(entries) if _is_met(entry, blocker))
    for entry in entries[max(met, default=-1) + 1 :]:
        is_before = (
            document.updated is not None
            and entry.moment is not None
            and dates.day(entry.moment) < dates.day(document.updated)
        )
        if not is_before:
            yield entry


def _is_met(entry: Entry, blocker: frozenset[str]) -> bool:
    listed = _claims(entry.document, ("Blockers",))
    return any(is_about(stems(one.text), blocker) for one in listed if not _is_resolving(one.text))


def _resolution(entry: Entry, blocker: frozenset[str]) -> Claim | None:
    for one in _claims(entry.document, _SECTIONS_OF_RESULTS):
        if _is_resolving(one.text) and is_about(stems(one.text) - _RESOLVING, blocker):
            return one
    return None


def _is_resolving(text: str) -> bool:
    return bool(_RESOLVED.search(text)) and not _NOT_RESOLVED.search(text)


# Decisions


def _stances(handoff: Handoff) -> Iterator[_Stance]:
    """What was decided, oldest first; what a briefing says counts from its date on."""
    told: list[tuple[float, Document, tuple[str, ...]]] = []
    latest = 0.0
    for entry in handoff.entries:
        latest = entry.moment if entry.moment is not None else latest
        told.append((latest, entry.document, ("Work Accomplished", "Recent Decisions")))
    for document in handoff.of("briefing"):
        moment = document.updated + dates.DAY_SECONDS if document.updated is not None else float("inf")
        told.append((moment, document, ("Recent Decisions",)))
    for _, document, sections in sorted(told, key=lambda one: one[0]):
        for claim in _claims(document, sections):
            yield from _stances_of(claim)


def _stances_of(claim: Claim) -> Iterator[_Stance]:
    text = claim.text.replace("`", "").replace("*", "")
    if match := _SETTLED.search(text):
        yield _Stance(stems(match[1]) | {"="}, match[2].casefold(), claim)
    elif match := _FROM_TO.search(text):
        yield from _pair(match[2], match[1], claim)
    elif match := _OVER.search(text):
        yield from _pair(match[1], match[2], claim)
    elif match := _JUDGED.search(text):
        yield from _one(match[1], "taken" if match[2].casefold() == "chosen" else "turned down", claim)
    elif match := _TURNED_DOWN.search(text):
        yield from _one(match[1], "turned down", claim)
    elif match := _TAKEN.search(text):
        yield from _one(match[1], "taken", claim)


def _pair(taken: str, turned_down: str, claim: Claim) -> Iterator[_Stance]:
    yield from _one(taken, "taken", claim)
    yield from _one(turned_down, "turned down", claim)


def _one(thing: str, value: str, claim: Claim) -> Iterator[_Stance]:
    if found := stems(thing) - _OF_A_CHOICE:
        yield _Stance(found, value, claim)


def _is_same(one: _Stance, other: _Stance) -> bool:
    if ("=" in one.thing) != ("=" in other.thing):
        return False
    return one.thing == other.thing if "=" in one.thing else same_thing(one.thing, other.thing)


def _claims(document: Document, sections: tuple[str, ...]) -> Iterator[Claim]:
    for name in sections:
        if (section := find(document, name)) is not None:
            yield from (Claim(item.text[:CLAIM_CHARACTERS], document.path, item.line) for item in items(section))
