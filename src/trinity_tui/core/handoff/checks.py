"""Whether the four tiers say what a fresh instance needs: the rules on what stands there, how old, how long.

Each is a function from everything that was read to what it finds; files are none of theirs. What contradicts what is
``core.handoff.claims``'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.handoff import claims, dates, tiers
from trinity_tui.core.handoff.document import find, is_empty
from trinity_tui.core.handoff.problems import Problem
from trinity_tui.core.handoff.session import is_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trinity_tui.core.handoff.document import Document, Handoff
    from trinity_tui.core.handoff.tiers import Tier

FAILING = frozenset({"error", "warning"})
"""How grave a problem must be for a check to fail."""


def check(handoff: Handoff) -> list[Problem]:
    """Everything the rules find, by place."""
    found = (problem for rule in RULES for problem in rule(handoff))
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.rule, problem.text))


def tier_is_missing(handoff: Handoff) -> Iterator[Problem]:
    """One of the four is nowhere. That is nothing wrong where people have not begun to write them."""
    is_begun = bool(handoff.of("portfolio") or handoff.of("project"))
    for tier in tiers.TIERS:
        is_there = handoff.entries if tier == "log" else handoff.of(tier)
        if is_there:
            continue
        said = f"it says {tiers.PURPOSES[tier]}"
        if is_begun:
            yield Problem(tiers.FILES[tier], 1, "missing-tier", "error", f"is missing: {said}")
        else:
            text = f"is not there yet, and {tiers.MAKERS[tier]}: {said}"
            yield Problem(tiers.FILES[tier], 1, "missing-tier", "note", text)


def section_is_missing(handoff: Handoff) -> Iterator[Problem]:
    """A section every such document has is not there, or says nothing."""
    for document, wanted in _expected(handoff):
        section = find(document, wanted)
        if section is None:
            line = document.sections[0].line if document.sections else 1
            yield Problem(document.path, line, "missing-section", "warning", f'has no section "{wanted}"')
        elif is_empty(section):
            yield Problem(document.path, section.line, "empty-section", "warning", f'"{section.title}" says nothing')
    for document in handoff.of("portfolio"):
        if not document.projects:
            text = "lists no project, such as - **Name**: what it is (its/folder/)"
            yield Problem(document.path, 1, "missing-section", "warning", text)


def project_is_gone(handoff: Handoff) -> Iterator[Problem]:
    """A project of the portfolio is not where it says, or has no context."""
    for document in handoff.of("portfolio"):
        for project in document.projects:
            if project.exists is False:
                text = f"{project.name}: there is no folder {project.place}"
                yield Problem(document.path, project.line, "project-gone", "error", text)
            elif project.has_context is False:
                text = f"{project.name}: {project.place} has no {tiers.FILES['project']}"
                yield Problem(document.path, project.line, "project-without-context", "warning", text)


def date_is_old(handoff: Handoff) -> Iterator[Problem]:
    """A document says it was brought up to date before the newest session."""
    newest = max((entry.moment for entry in handoff.entries if entry.moment is not None), default=None)
    if newest is None:
        return
    for document in handoff.documents:
        if document.updated is not None and dates.day(document.updated) < dates.day(newest):
            days = dates.day(newest) - dates.day(document.updated)
            text = f"is of {dates.said_day(document.updated)}, {days} d before the newest session"
            severity = "warning" if document.tier == "briefing" else "note"
            yield Problem(document.path, document.updated_line, "old-date", severity, text)


def is_too_long(handoff: Handoff) -> Iterator[Problem]:
    """A document is longer than it is of use, or a briefing takes longer to read than it may."""
    for document in (*handoff.documents, *(entry.document for entry in handoff.entries)):
        words, most = len(document.text.split()), tiers.PAGES[document.tier]
        line = document.sections[0].line if document.tier == "log" and document.sections else 1
        what = "this session" if document.tier == "log" else "it"
        pages = -(-words // tiers.PAGE_WORDS)
        if pages > most:
            text = f"{what} is {pages} pages long; {most} are meant to do"
            yield Problem(document.path, line, "too-long", "warning", text)
        minutes = -(-words // tiers.MINUTE_WORDS)
        if document.tier == "briefing" and minutes > tiers.READING_MINUTES:
            text = f"it takes {minutes} minutes to read; {tiers.READING_MINUTES} are meant to do"
            yield Problem(document.path, line, "too-long-to-read", "warning", text)


def reference_is_broken(handoff: Handoff) -> Iterator[Problem]:
    """A link leads nowhere, or a file that is named is not there. Of a session, links alone: files come and go."""
    for document in (*handoff.documents, *(entry.document for entry in handoff.entries)):
        for reference in document.references:
            if reference.exists is False and (reference.kind == "link" or document.tier != "log"):
                what = "the link leads nowhere" if reference.kind == "link" else "there is no such file"
                text = f"{reference.target}: {what}"
                yield Problem(document.path, reference.line, f"broken-{reference.kind}", "warning", text)


def blocker_is_resolved(handoff: Handoff) -> Iterator[Problem]:
    """A blocker is listed as open, and a later session says it is not."""
    for blocker, resolved in claims.resolved_blockers(handoff):
        text = f'"{_short(blocker.text)}" was resolved: {resolved.file}:{resolved.line}'
        yield Problem(blocker.file, blocker.line, "resolved-blocker", "error", text)


def decision_is_reversed(handoff: Handoff) -> Iterator[Problem]:
    """A decision says the opposite of an earlier one, and not that it does."""
    for later, earlier in claims.reversed_decisions(handoff):
        text = f'"{_short(later.text)}" reverses {earlier.file}:{earlier.line} without saying so'
        yield Problem(later.file, later.line, "reversed-decision", "error", text)


RULES: tuple[Callable[[Handoff], Iterator[Problem]], ...] = (
    tier_is_missing,
    section_is_missing,
    project_is_gone,
    date_is_old,
    is_too_long,
    reference_is_broken,
    blocker_is_resolved,
    decision_is_reversed,
)


def _expected(handoff: Handoff) -> Iterator[tuple[Document, str]]:
    for document in handoff.documents:
        yield from ((document, wanted) for wanted in _sections(document.tier))
    for entry in handoff.entries:
        if is_session(entry.document):  # A note between the sessions need not have their sections.
            yield from ((entry.document, wanted) for wanted in _sections("log"))


def _sections(tier: Tier) -> tuple[str, ...]:
    return tiers.SECTIONS[tier]


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
