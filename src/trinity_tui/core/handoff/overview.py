"""All there is of the four tiers as a list a person chooses from, with what is new to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trinity_tui.core.handoff import changes, tiers
from trinity_tui.core.handoff.blocks import HAND
from trinity_tui.core.handoff.document import find, items, says_nothing
from trinity_tui.core.handoff.session import TITLE_CHARACTERS, who_of
from trinity_tui.core.handoff.views import (
    Author,
    Checks,
    DocumentView,
    MissingView,
    News,
    Overview,
    Place,
    ProblemView,
    SectionView,
    SessionView,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from trinity_tui.core.handoff.changes import Span
    from trinity_tui.core.handoff.document import Document, Entry, Handoff
    from trinity_tui.core.handoff.problems import Problem

    Marks = Mapping[str, Mapping[str, str]]
    """What was seen: by document, of each section; by ``SESSIONS``, of each session."""

SESSIONS = "sessions"
"""Under this name it is kept which sessions were seen, and how they read then."""
LEFT_CHARACTERS = 200
PROBLEMS_MOST = 500
SECTIONS_MOST = 400
"""Of one document in the list."""
_GRAVITY = ("error", "warning", "note")


def overview(handoff: Handoff, seen: Marks, looked_at: float = 0.0, revised: Collection[str] = ()) -> Overview:
    """All there is, to choose from.

    Args:
        handoff: Everything that was read.
        seen: What the person saw.
        looked_at: When that was, in seconds since the epoch.
        revised: The blocks that somebody changed after they were written.
    """
    known = seen.get(SESSIONS, {})
    return Overview(
        tuple(_document(document, seen.get(document.path)) for document in handoff.documents),
        tuple(_session(entry, known.get(entry.id), entry.id in revised) for entry in reversed(handoff.entries)),
        tuple(_missing(handoff)),
        looked_at,
    )


def checks_view(problems: Sequence[Problem], handoff: Handoff) -> Checks:
    """What a check found, each with the place a person is taken to."""
    shown = sorted(problems, key=lambda one: (_GRAVITY.index(one.severity), one.file, one.line))
    return Checks(
        tuple(
            ProblemView(
                Place(one.file, session=_session_at(handoff, one)), one.line, one.rule, one.severity, one.text
            )
            for one in shown[:PROBLEMS_MOST]
        ),
        max(0, len(problems) - PROBLEMS_MOST),
    )  # fmt: skip


def news_of(seen: str | None, span: Span) -> News:
    """Whether a text is new to somebody who saw this of it."""
    if not seen:
        return "new" if seen is None and changes.mark(span.lines) else ""
    return "" if seen == changes.mark(span.lines) else "changed"


def whole(entry: Entry) -> Span:
    """A session as one text."""
    document = entry.document
    return changes.Span(entry.id, document.first_line, tuple(document.text.split("\n")))


def author(entry: Entry, is_revised: bool) -> Author:
    """Who wrote a block."""
    if entry.id.startswith(HAND):
        return "hand"
    return "edited" if is_revised else "trinity"


def minutes(text: str) -> int:
    """How long reading a text takes, at least one."""
    return max(1, -(-len(text.split()) // tiers.MINUTE_WORDS))


def _document(document: Document, seen: Mapping[str, str] | None) -> DocumentView:
    sections = tuple(_sections(document, seen))
    is_changed = seen is not None and bool(changes.changed(seen, document))
    news: News = "new" if seen is None else "changed" if is_changed else ""
    return DocumentView(document.path, document.tier, minutes(document.text), document.updated, news, sections)


def _sections(document: Document, seen: Mapping[str, str] | None) -> Iterator[SectionView]:
    own = changes.spans(document)[1:]
    for section, span in list(zip(document.sections, own, strict=True))[:SECTIONS_MOST]:
        # In a document nobody saw, all is new: that is said once.
        news: News = "" if seen is None else news_of(seen.get(span.name), span)
        title = section.title[:TITLE_CHARACTERS]
        yield SectionView(span.name, title, section.level, section.line, minutes(section.text), news)


def _session(entry: Entry, seen: str | None, is_revised: bool) -> SessionView:
    document, span = entry.document, whole(entry)
    return SessionView(
        entry.id, document.path, document.first_line, document.first_line + len(span.lines) - 1,
        _title(document), who_of(document), entry.moment, author(entry, is_revised), minutes(document.text),
        news_of(seen, span), _left(document),
    )  # fmt: skip


def _title(document: Document) -> str:
    if document.sections:
        return document.sections[0].title[:TITLE_CHARACTERS]
    return next((line.strip() for line in document.text.split("\n") if line.strip()), "")[:TITLE_CHARACTERS]


def _left(document: Document) -> str:
    section = find(document, "For Next Instance")
    said = (item.text for item in items(section)) if section is not None else ()
    return next((text for text in said if not says_nothing(text)), "")[:LEFT_CHARACTERS]


def _missing(handoff: Handoff) -> Iterator[MissingView]:
    for tier in tiers.TIERS:
        if not (handoff.entries if tier == "log" else handoff.of(tier)):
            yield MissingView(tier, tiers.FILES[tier], tiers.PURPOSES[tier])


def _session_at(handoff: Handoff, problem: Problem) -> str:
    """The session a line belongs to; empty where it is of another document."""
    for entry in handoff.entries:
        document = entry.document
        if document.path == problem.file and 0 <= problem.line - document.first_line < document.text.count("\n") + 1:
            return entry.id
    return ""
