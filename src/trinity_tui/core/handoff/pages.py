"""What stands at a place of the four tiers, as a page to read: cut to a length, with what changed and whose it is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import changes
from trinity_tui.core.handoff.briefing import own_lines
from trinity_tui.core.handoff.overview import SESSIONS, author, news_of, whole
from trinity_tui.core.handoff.tiers import FILES
from trinity_tui.core.handoff.views import Page, Passage, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from trinity_tui.core.handoff.changes import Span
    from trinity_tui.core.handoff.document import Document, Entry, Handoff
    from trinity_tui.core.handoff.overview import Marks

PAGE_BYTES = 64 * 1024
"""Of a document, a section or a session."""
LOG_BYTES = 24 * 1024
"""Of the newest sessions, read one after the other."""
DIGEST_CHARACTERS = 16
SESSION_BYTES = 12 * 1024
"""Of one session where several are read one after the other."""


def page(handoff: Handoff, place: Place, seen: Marks, revised: Collection[str] = ()) -> Page | None:
    """What stands at a place; None where there is no such place.

    Args:
        handoff: Everything that was read.
        place: Which part of it.
        seen: What the person saw.
        revised: The blocks that somebody changed after they were written.
    """
    if place.session:
        found = next((entry for entry in handoff.entries if entry.id == place.session), None)
        return Page(place, (_session(found, seen, found.id in revised, PAGE_BYTES),)) if found is not None else None
    document = next((one for one in handoff.documents if one.path == place.file), None)
    if document is not None:
        passage = _passage(document, place, seen)
        return Page(place, (passage,)) if passage is not None else None
    return _log(handoff, place, seen, revised) if handoff.entries and _is_log(handoff, place) else None


def saw(handoff: Handoff, place: Place, digest: str) -> dict[str, dict[str, str]]:
    """The marks of what somebody saw; none where the place reads otherwise by now, for that they did not see.

    Args:
        handoff: Everything that was read.
        place: What they saw: a document, a section, one session.
        digest: Of the passage they were shown.
    """
    if place.session:
        spans = [whole(entry) for entry in handoff.entries if entry.id == place.session]
        name = SESSIONS
    else:
        spans = [one for document in handoff.documents if document.path == place.file for one in _of(document, place)]
        name = place.file
    if not spans or _digest(spans) != digest:
        return {}
    return {name: {span.name: changes.mark(span.lines) for span in spans}}


def _is_log(handoff: Handoff, place: Place) -> bool:
    """Whether the session log is meant, wherever its blocks were read from."""
    logs = {entry.document.path for entry in handoff.entries}
    return not place.section and (place.file in logs or place.file.casefold() == FILES["log"].casefold())


def _log(handoff: Handoff, place: Place, seen: Marks, revised: Collection[str]) -> Page:
    """The newest sessions, newest first."""
    found: list[Passage] = []
    room = LOG_BYTES
    for entry in reversed(handoff.entries):
        passage = _session(entry, seen, entry.id in revised, SESSION_BYTES)
        room -= len(passage.text.encode(errors="replace"))
        if found and room < 0:
            break
        found.append(passage)
    return Page(place, tuple(found), len(handoff.entries) - len(found))


def _session(entry: Entry, seen: Marks, is_revised: bool, limit_bytes: int) -> Passage:
    place = Place(entry.document.path, session=entry.id)
    found = _read(place, [whole(entry)], [seen.get(SESSIONS, {}).get(entry.id)], limit_bytes)
    lines = entry.document.text.count("\n") + 1
    own = () if author(entry, is_revised) == "hand" else ((found.first_line, found.first_line + lines - 1),)
    return _owned(found, own)


def _passage(document: Document, place: Place, seen: Marks) -> Passage | None:
    spans, known = _of(document, place), seen.get(document.path)
    if not spans:
        return None
    found = _read(place, spans, [known.get(span.name) if known is not None else None for span in spans], PAGE_BYTES)
    if known is not None:
        # Of a section that came, its heading is marked: all of it is new.
        came = [span.first_line for span in spans if span.name not in known and any(span.lines)]
        found = msgspec.structs.replace(found, changed=tuple(sorted((*found.changed, *came))))
    own = own_lines(document.text) if document.tier == "briefing" else None
    return _owned(found, (own,) if own is not None else ())


def _of(document: Document, place: Place) -> Sequence[Span]:
    """The own texts that make up a place: those of a section and of the ones below it."""
    spans = changes.spans(document)
    if not place.section:
        return spans
    at = next((index for index, span in enumerate(spans) if index and span.name == place.section), 0)
    if not at:
        return ()
    level = document.sections[at - 1].level
    below = (index for index in range(at + 1, len(spans)) if document.sections[index - 1].level <= level)
    return spans[at : next(below, len(spans))]


def _read(place: Place, spans: Sequence[Span], seen: Sequence[str | None], limit_bytes: int) -> Passage:
    differences = [
        changes.difference(mark or "", span) for span, mark in zip(spans, seen, strict=True) if mark is not None
    ]
    news = {news_of(mark, span) for span, mark in zip(spans, seen, strict=True)} - {""}
    text = _text(spans)
    shown = _cut(text, limit_bytes)
    return Passage(
        place, spans[0].first_line, shown, _digest(spans), "changed" if "changed" in news else "new" if news else "",
        tuple(line for one in differences for line in one.lines), sum(one.gone for one in differences),
        left_out_bytes=len(text.encode(errors="replace")) - len(shown.encode(errors="replace")),
    )  # fmt: skip


def _owned(passage: Passage, own: Sequence[tuple[int, int]]) -> Passage:
    last = passage.first_line + passage.text.count("\n")
    inside = ((max(first, passage.first_line), min(end, last)) for first, end in own)
    return msgspec.structs.replace(passage, own=tuple(pair for pair in inside if pair[0] <= pair[1]))


def _cut(text: str, limit_bytes: int) -> str:
    """The whole lines of a text that fit; of a first line that does not, its beginning."""
    content = text.encode(errors="replace")
    if len(content) <= limit_bytes:
        return text
    head = content[:limit_bytes].decode(errors="ignore")
    return head.rpartition("\n")[0] or head


def _digest(spans: Sequence[Span]) -> str:
    return hashlib.sha256(_text(spans).encode(errors="surrogatepass")).hexdigest()[:DIGEST_CHARACTERS]


def _text(spans: Sequence[Span]) -> str:
    return "\n".join(line for span in spans for line in span.lines)
