"""What a synthesis has to say to everybody: each thing once, under a key it keeps, and anew only where that is news.

Which of all themes are said, and what each says, is decided here; saying it and taking it back is the reflector's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core.fence import clean
from trinity_tui.core.memory import plain
from trinity_tui.core.told import counted
from trinity_tui.core.words import fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from trinity_tui.core.memory_fold import Contradiction
    from trinity_tui.memory.synthesis import Solution, Synthesis, Theme

InsightKind = Literal["theme", "question", "howto"]
SAID_MOST = 20
"""Of each kind, the first so many are said; more would help nobody."""
STAYING_MOST = 2 * SAID_MOST
"""What was said stays among so many: what is on the border is not said and taken back in turn."""
GROWTH = 1.5
"""A theme is said anew when it rests on so many times the records, or so many times fewer."""
TEXT_CHARACTERS = 300
KEY_CHARACTERS = 200
NAMES_MOST = 5


class Insight(msgspec.Struct, frozen=True):
    """Something that only several records say."""

    kind: InsightKind
    text: str
    record_ids: tuple[str, ...]
    """What it rests on; of a theme the newest last."""
    authors: tuple[str, ...] = ()
    subject: str = ""
    predicate: str = ""


class Said(msgspec.Struct, frozen=True, array_like=True):
    """An insight as it was said last."""

    text: str
    id: str
    """The message's."""
    record_ids: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def insights(synthesis: Synthesis, said: Collection[str]) -> dict[str, Insight]:
    """What is to be said, by key; a key stays while more is said of the same thing.

    Args:
        synthesis: What the records say together.
        said: The keys of what was said and not taken back.
    """
    found: dict[str, Insight] = {}
    for kind in (_themes(synthesis.themes), _questions(synthesis.questions), _ways(synthesis.solutions)):
        for number, (words, one) in enumerate(kind):
            key = f"{one.kind}:{words if len(words) <= KEY_CHARACTERS else fingerprint(words)}"
            if number < SAID_MOST or (number < STAYING_MOST and key in said):
                found[key] = one
    return found


def news(found: Mapping[str, Insight], said: Mapping[str, Said]) -> dict[str, Insight]:
    """Those that were not said yet, or that say something else by now."""
    return {key: one for key, one in found.items() if key not in said or _is_news(one, said[key])}


def _is_news(found: Insight, before: Said) -> bool:
    if found.text == before.text:
        return False
    if found.kind != "theme":
        return True
    # Each further record gives a theme another count and another newest statement; that alone is worth no message.
    now, then = len(found.record_ids), len(before.record_ids)
    has_newest = before.record_ids[-1:] != () and before.record_ids[-1] in found.record_ids
    return not has_newest or found.authors != before.authors or now >= GROWTH * then or then >= GROWTH * now


def _themes(themes: list[Theme]) -> Iterator[tuple[str, Insight]]:
    for one in themes:
        number, subject, statement = len(one.record_ids), _short(one.subject), _short(one.statement)
        count = f"{counted(number, 'record')} of {_names(one.authors)}"
        told = count if statement.startswith(subject) else f"{subject}: {count}"
        yield one.key, Insight("theme", f"{told}, the newest: {statement}", one.record_ids, one.authors, subject)


def _questions(questions: list[Contradiction]) -> Iterator[tuple[str, Insight]]:
    for one in questions:
        subject, predicate = _short(one.subject), _short(one.predicate)
        sides = "; ".join(f"{_short(claim.value)} ({_names(claim.authors)})" for claim in one.claims)
        text = _short(f"Which {predicate} of {subject} holds? {sides}")
        names = tuple(name for claim in one.claims for name in claim.record_ids)
        yield f"{plain(one.subject)}:{plain(one.predicate)}", Insight("question", text, names, (), subject, predicate)


def _ways(solutions: list[Solution]) -> Iterator[tuple[str, Insight]]:
    for one in solutions:
        text = f"Failed: {_short(one.failure)} What helped: {_short(one.solution)}"
        yield one.record_ids[0], Insight("howto", text, one.record_ids)


def _names(authors: tuple[str, ...]) -> str:
    more = len(authors) - NAMES_MOST
    return ", ".join(authors[:NAMES_MOST]) + (f" and {more} more" if more > 0 else "")


def _short(text: str) -> str:
    line = " ".join(clean(text[: 4 * TEXT_CHARACTERS]).split())
    return line if len(line) <= TEXT_CHARACTERS else f"{line[: TEXT_CHARACTERS - 1]}…"
