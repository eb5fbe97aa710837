"""What a fresh instance is told of the four tiers, within so many tokens: what changes least first.

::

    stable   the portfolio · its project · other projects          a provider can keep it from one start to the next
    fresh    older sessions · the briefing · what its predecessor left

What goes first where there is no room is decided by worth, not by place: what the predecessor left *for the next
instance* is kept longest, then its blockers, the briefing, the rest of its session, the project, the portfolio, what
other sessions left. What was left out is said.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core import fence as fences
from trinity_tui.core.context import BYTES_A_TOKEN, LEAST_TOKENS, OUTPUT_TOKENS, UNKNOWN_WINDOW_TOKENS, Part, tokens
from trinity_tui.core.handoff.session import is_for, is_session, who_of
from trinity_tui.core.handoff.tiers import rank_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trinity_tui.core.handoff.document import Document, Entry, Handoff

SHARE = 4
"""A briefing takes this part of what a window leaves for all that is said."""
FENCE_TOKENS = 40
"""What the marks round one document take at the most, its path included."""
CUT_TOKENS = 200
"""A section that does not fit is cut where this much of it can still be shown, else left out."""
SESSIONS_MOST = 50
"""Older ones are not even looked at."""
NEXT, BLOCKERS, BRIEFING, PREDECESSOR, PROJECT, PORTFOLIO, LEFT, OTHER_PROJECT, OLDER = range(9)


class Reader(msgspec.Struct, frozen=True):
    """Whom it is for."""

    id: str
    folder: str = ""
    """Where it works, from the workspace on; empty: at its top."""


class Briefed(msgspec.Struct, frozen=True):
    """What it is told."""

    stable: tuple[Part, ...] = ()
    fresh: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it, as a model sees it."""
        return "\n\n".join(part.text for part in (*self.stable, *self.fresh))


class _Chunk(msgspec.Struct, frozen=True):
    """A section of a document, without those below it."""

    worth: int
    age: int
    """How many sessions came after it."""
    place: int
    source: str
    """Which document or session it is of."""
    title: str
    text: str


class _Source(msgspec.Struct, frozen=True):
    name: str
    head: str
    path: str
    is_stable: bool


def room_of(window_tokens: int) -> int:
    """How many tokens a briefing may have for a model with such a window; 0 where it is not known."""
    window = window_tokens or UNKNOWN_WINDOW_TOKENS
    return (window - window // 8 - min(OUTPUT_TOKENS, window // 4)) // SHARE


def predecessor(entries: Sequence[Entry], reader: Reader) -> Entry | None:
    """The session it goes on from: the last of its own or handed over to it, else the last there is."""
    sessions = [entry for entry in entries if is_session(entry.document)]
    own = [entry for entry in sessions if is_for(entry.document, reader.id)]
    return (own or sessions or [None])[-1]


def brief(handoff: Handoff, reader: Reader, limit_tokens: int, fence: str = "") -> Briefed:
    """What a fresh instance is told.

    Args:
        handoff: All there is.
        reader: Whom it is for.
        limit_tokens: How much of it there may be.
        fence: What encloses each document, for all of it is others' text; empty: nothing does.
    """
    sources: dict[str, _Source] = {}
    chunks = list(_chunks(handoff, reader, sources))
    room = limit_tokens
    kept: dict[str, list[_Chunk]] = defaultdict(list)
    missed: dict[str, list[str]] = defaultdict(list)
    for chunk in sorted(chunks, key=lambda one: (one.worth, one.age, one.place)):
        source = sources[chunk.source]
        entry = 0 if source.name in kept else tokens(source.head) + 1 + FENCE_TOKENS * bool(fence)
        shown, needs = _fitting(chunk, room - entry)
        if shown is not chunk:
            missed[source.name].append(chunk.title)
        if shown is not None:
            kept[source.name].append(shown)
            room -= entry + needs
        if shown is not chunk and (shown is not None or chunk.worth == NEXT):
            room = 0  # What is worth less is not shown where this was cut.
    parts = [_part(source, kept[name], fence) for name, source in sources.items() if name in kept]
    stable = tuple(part for part in parts if sources[part.name].is_stable)
    fresh = tuple(part for part in parts if not sources[part.name].is_stable)
    return Briefed(stable, fresh, tuple(_left_out(sources, kept, missed)))


def _fitting(chunk: _Chunk, room: int) -> tuple[_Chunk | None, int]:
    """The chunk, or what of it fits; and how many tokens that takes."""
    needs = tokens(chunk.text) + 1
    if needs <= room:
        return chunk, needs
    if room < (LEAST_TOKENS if chunk.worth == NEXT else CUT_TOKENS):
        return None, 0
    return msgspec.structs.replace(chunk, text=fences.cut(chunk.text, (room - 1) * BYTES_A_TOKEN)), room


def _part(source: _Source, chunks: list[_Chunk], fence: str) -> Part:
    text = "\n\n".join(chunk.text for chunk in sorted(chunks, key=lambda one: one.place))
    if fence:
        text = fences.fenced(text, source.path, "document", fence, limit_bytes=len(text.encode(errors="replace")))
    return Part(source.name, f"{source.head}\n{text}", -min(chunk.worth for chunk in chunks))


def _left_out(
    sources: dict[str, _Source], kept: dict[str, list[_Chunk]], missed: dict[str, list[str]]
) -> Iterator[str]:
    sessions = 0
    for name, titles in missed.items():
        if name in kept:
            yield f"{name}: {', '.join(title or 'what stands first' for title in titles)}"
        elif sources[name].path == name:
            yield f"{name}: all of it"
        else:
            sessions += 1
    if sessions:
        yield f"{sessions} older sessions" if sessions > 1 else "an older session"


# What there is


def _chunks(handoff: Handoff, reader: Reader, sources: dict[str, _Source]) -> Iterator[_Chunk]:
    """All there is to be told; the sources come in the order in which they are shown."""
    for document in handoff.of("portfolio"):
        yield from _of_document(document, PORTFOLIO, sources)
    projects = sorted(handoff.of("project"), key=lambda one: (not _is_own(one, reader), one.path))
    for document in projects:
        yield from _of_document(document, PROJECT if _is_own(document, reader) else OTHER_PROJECT, sources)
    before = predecessor(handoff.entries, reader)
    recent = handoff.entries[-SESSIONS_MOST:]
    for index, entry in enumerate(recent):
        if entry is not before:
            yield from _of_session(entry, len(recent) - index, sources)
    for document in handoff.of("briefing"):
        yield from _of_document(document, BRIEFING, sources)
    if before is not None:
        yield from _of_predecessor(before, reader, sources)


def _is_own(document: Document, reader: Reader) -> bool:
    """Whether a project's context is that of where an instance works, or of a folder round it."""
    folder = document.path.rpartition("/")[0]
    return not folder or f"{reader.folder}/".startswith(f"{folder}/")


def _of_document(document: Document, worth: int, sources: dict[str, _Source]) -> Iterator[_Chunk]:
    is_stable = document.tier in ("portfolio", "project")
    sources[document.path] = _Source(document.path, f"{document.path}:", document.path, is_stable)
    above: list[str] = []
    for place, (title, text) in enumerate(_split(document)):
        above.append(text)
        if "\n" in text:  # A heading alone goes with what it stands above.
            yield _Chunk(worth, 0, place, document.path, title, "\n\n".join(above))
            above = []
    if above:
        yield _Chunk(worth, 0, len(document.text), document.path, "", "\n\n".join(above))


def _of_session(entry: Entry, age: int, sources: dict[str, _Source]) -> Iterator[_Chunk]:
    name = f"session {entry.id}"
    sources[name] = _Source(name, "An earlier session:", entry.document.path, is_stable=False)
    for place, (title, text) in enumerate(_split(entry.document)):
        is_left = not place or rank_of(title, "For Next Instance") or rank_of(title, "Blockers")
        yield _Chunk(LEFT if is_left else OLDER, age, place, name, title, text)


def _of_predecessor(entry: Entry, reader: Reader, sources: dict[str, _Source]) -> Iterator[_Chunk]:
    is_own = who_of(entry.document) == reader.id
    head = "What your last session left for you:" if is_own else "What the last session left:"
    name = f"session {entry.id}"
    sources[name] = _Source(name, head, entry.document.path, is_stable=False)
    for place, (title, text) in enumerate(_split(entry.document)):
        worth = PREDECESSOR
        if rank_of(title, "For Next Instance") > 1:
            worth = NEXT
        elif rank_of(title, "Blockers") > 1:
            worth = BLOCKERS
        yield _Chunk(worth, 0, place, name, title, text)


def _split(document: Document) -> list[tuple[str, str]]:
    """A document's sections one after the other, each without those below it; the blank ones are left out."""
    lines = document.text.split("\n")
    first = document.first_line
    starts = [(section.line - first, section.title) for section in document.sections]
    bounds = [(0, ""), *starts, (len(lines), "")]
    found = [
        (title, fences.clean("\n".join(lines[start:end])).strip())
        for (start, title), (end, _) in zip(bounds, bounds[1:], strict=False)
    ]
    return [(title, text) for title, text in found if text]
