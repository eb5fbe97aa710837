"""The four tiers as a list: documents with their sections, who could be told of them, the sessions newest first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

import msgspec

from trinity_tui.core.handoff import tiers
from trinity_tui.core.handoff.document import BOLD_LEVEL
from trinity_tui.core.handoff.tiers import Tier
from trinity_tui.core.handoff.views import Checks, News, Overview, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from trinity_tui.core.handoff.problems import Severity
    from trinity_tui.core.handoff.views import DocumentView, MissingView, SectionView, SessionView
    from trinity_tui.tui.clock import Clock

Kind = Literal["document", "section", "session", "missing", "group", "instance"]
TITLES: dict[Tier, str] = {
    "portfolio": "Portfolio", "project": "Project", "briefing": "Briefing", "log": "Session log",
}  # fmt: skip
ORDER: tuple[Tier, ...] = ("portfolio", "project", "briefing")
"""Of those that are documents; the log comes last, for it only grows."""
TOLD_KEY = "told:"
LOG_KEY = "log:"
MISSING_KEY = "missing:"
STAMP = "%d %b %H:%M"
DAY = "%d %b"


class Item(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        key: What it is known by when the list is made anew.
        stamp: When it was, for a session.
        note: What else is said of it where there is room.
        minutes: To read it; 0 where that says nothing.
        problems: How many errors and how many warnings a check found there.
        is_open: Whether what is below it is shown; None where nothing is.
        place: What is read there.
        who: Whose briefing is shown there.
        file: What is edited there; empty where nothing is.
        line: Where in it.
    """

    key: str
    kind: Kind
    label: str
    depth: int = 0
    stamp: str = ""
    note: str = ""
    minutes: int = 0
    news: News = ""
    problems: tuple[int, int] = (0, 0)
    is_open: bool | None = None
    place: Place | None = None
    who: str = ""
    tier: Tier | None = None
    file: str = ""
    line: int = 1


class Counts:
    """How many errors and warnings there are where.

    Args:
        checks: What a check found.
    """

    def __init__(self, checks: Checks) -> None:
        self._by_session: dict[str, list[Severity]] = defaultdict(list)
        self._by_file: dict[str, list[tuple[int, Severity]]] = defaultdict(list)
        for one in checks.problems:
            if one.place.session:
                self._by_session[one.place.session].append(one.severity)
            else:
                self._by_file[one.place.file].append((one.line, one.severity))

    def of(self, file: str, first: int = 1, last: float = float("inf")) -> tuple[int, int]:
        """Those in these lines of a document."""
        return _counted(severity for line, severity in self._by_file.get(file, ()) if first <= line <= last)

    def of_session(self, session: str) -> tuple[int, int]:
        """Those in a session."""
        return _counted(self._by_session.get(session, ()))

    def of_sessions(self) -> tuple[int, int]:
        """Those in all sessions together."""
        return _counted(severity for found in self._by_session.values() for severity in found)


def _counted(found: Iterable[Severity]) -> tuple[int, int]:
    severities = list(found)
    return severities.count("error"), severities.count("warning")


def items(
    overview: Overview,
    checks: Checks,
    names: Sequence[str],
    folded: Collection[str],
    clock: Clock,
    wanted: str = "",
) -> list[Item]:
    """The rows of the list.

    Args:
        overview: All there is.
        checks: What is wrong with it.
        names: The instances, in the order of their digits.
        folded: The keys below which nothing is shown.
        clock: The person's.
        wanted: Only rows with this text; empty: all.
    """
    counts, shut = Counts(checks), () if wanted else folded
    found = [
        *_documents(overview, counts, shut, clock),
        *_told(names, shut),
        *_log(overview, counts, shut, clock),
    ]
    if not wanted:
        return found
    text = wanted.casefold()
    return [one for one in found if text in f"{one.stamp} {one.label} {one.note} {one.file}".casefold()]


def name_of(document: DocumentView) -> str:
    """What a document is called in the list."""
    folder = document.file.rpartition("/")[0] if document.tier == "project" else ""
    return f"{TITLES[document.tier]} {folder}".rstrip()


def not_there(missing: MissingView) -> str:
    """What is said of a document that is nowhere: who makes it, and what it would say."""
    return f"{tiers.MAKERS[missing.tier]}: {missing.purpose}"


def _documents(overview: Overview, counts: Counts, folded: Collection[str], clock: Clock) -> Iterator[Item]:
    for tier in ORDER:
        for document in overview.documents:
            if document.tier == tier:
                yield from _document(document, counts, folded, clock)
        for missing in overview.missing:
            if missing.tier == tier:
                yield Item(
                    f"{MISSING_KEY}{tier}", "missing", TITLES[tier], note=not_there(missing),
                    tier=tier, file=missing.file,
                )  # fmt: skip


def _document(document: DocumentView, counts: Counts, folded: Collection[str], clock: Clock) -> Iterator[Item]:
    file, sections = document.file, _sections(document)
    day = clock.at(document.updated, DAY) if document.updated is not None else ""
    is_open = None if not sections else file not in folded
    yield Item(
        file, "document", name_of(document), note=day, minutes=document.minutes,
        news=document.news, is_open=is_open, place=Place(file), tier=document.tier, file=file,
        problems=counts.of(file),
    )  # fmt: skip
    levels: list[int] = []
    for index, one in enumerate(sections if is_open else ()):
        while levels and levels[-1] >= one.level:
            levels.pop()
        levels.append(one.level)
        last = sections[index + 1].line - 1 if index + 1 < len(sections) else float("inf")
        yield Item(
            f"{file}#{one.name}", "section", one.title, len(levels), minutes=one.minutes, news=one.news,
            place=Place(file, one.name), tier=document.tier, file=file, line=one.line,
            problems=counts.of(file, one.line, last),
        )  # fmt: skip


def _sections(document: DocumentView) -> list[SectionView]:
    """Those that are worth a row: no title that says what the document's name says, no words in bold among headings."""
    found = list(document.sections)
    if found and all(one.level > found[0].level for one in found[1:]):
        found = found[1:]
    headings = [one for one in found if one.level < BOLD_LEVEL]
    return headings or found


def _told(names: Sequence[str], folded: Collection[str]) -> Iterator[Item]:
    if names:
        is_open = TOLD_KEY not in folded
        yield Item(TOLD_KEY, "group", "What a fresh one is told", is_open=is_open)
        for name in names if is_open else ():
            yield Item(f"{TOLD_KEY}{name}", "instance", name, 1, who=name)


def _log(overview: Overview, counts: Counts, folded: Collection[str], clock: Clock) -> Iterator[Item]:
    missing = next((one for one in overview.missing if one.tier == "log"), None)
    if missing is not None:
        yield Item(f"{MISSING_KEY}log", "missing", TITLES["log"], note=not_there(missing), tier="log")
        return
    if not overview.sessions:
        return
    is_open, newest, many = LOG_KEY not in folded, overview.sessions[0], len(overview.sessions)
    fresh = sum(bool(one.news) for one in overview.sessions)
    news: News = "" if not fresh else "new" if fresh == many else "changed"
    file = next((one.file for one in overview.sessions if "/" not in one.file), "")
    yield Item(
        LOG_KEY, "document", TITLES["log"], note=f"{many} session{'s' * (many > 1)}", news=news, is_open=is_open,
        place=Place(newest.file), tier="log", file=file, problems=counts.of_sessions(),
    )  # fmt: skip
    if is_open:
        yield from (_session(one, counts, clock) for one in overview.sessions)


def _session(one: SessionView, counts: Counts, clock: Clock) -> Item:
    who = one.who or ("by hand" if one.by == "hand" else "session")
    return Item(
        f"session:{one.id}", "session", who, 1, clock.at(one.moment, STAMP) if one.moment is not None else "",
        one.left or _said(one), one.minutes, one.news, place=Place(one.file, session=one.id),
        tier="log", file=one.file, line=one.line, problems=counts.of_session(one.id),
    )  # fmt: skip


def _said(one: SessionView) -> str:
    """How a session ended that left nothing; of a note its first words."""
    if not one.who:
        return one.title
    return one.title.rpartition("(")[2].removesuffix(")") if one.title.endswith(")") else ""


def index_of(found: Sequence[Item], key: str, near: int) -> int:
    """Where a row stands now.

    Args:
        found: The rows.
        key: Of the row that was chosen.
        near: Where it stood; there the person stays where nothing is left of it.
    """
    places = {item.key: index for index, item in enumerate(found)}
    if key.startswith(MISSING_KEY):
        came = (item.key for item in found if item.tier == key.removeprefix(MISSING_KEY) and item.kind == "document")
        return places.get(key, places.get(next(came, ""), near))
    above = LOG_KEY if key.startswith("session:") else TOLD_KEY if key.startswith(TOLD_KEY) else key.partition("#")[0]
    return places.get(key, places.get(above, min(near, len(found) - 1)))
