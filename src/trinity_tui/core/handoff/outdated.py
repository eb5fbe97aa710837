"""What sessions tell that was remembered, and is no longer so: whoever comes next is not told it again.

The log of the sessions stays as it is; it says what was so then. Only the briefing of a fresh instance leaves it out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff.session import is_session
from trinity_tui.core.words import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from trinity_tui.core.handoff.document import Document, Handoff

NO_LONGER = "(what was remembered here is no longer so)"
_TOLD = re.compile(r"^(- (?:Found|Decided|Does not work|Open question): )(.+)$", re.MULTILINE)


def told(handoff: Handoff) -> frozenset[str]:
    """What the sessions say that may be remembered."""
    return frozenset(match[2] for document in _sessions(handoff) for match in _TOLD.finditer(document.text))


def without(handoff: Handoff, over: Collection[str]) -> Handoff:
    """The same, without what holds no longer; every other line stays where it is."""
    if not over:
        return handoff
    gone = frozenset(normalised(text) for text in over)

    def left(match: re.Match[str]) -> str:
        return f"{match[1]}{NO_LONGER}" if normalised(match[2]) in gone else match[0]

    def looked_through(document: Document) -> Document:
        sections = tuple(
            msgspec.structs.replace(section, text=_TOLD.sub(left, section.text)) for section in document.sections
        )
        return msgspec.structs.replace(document, text=_TOLD.sub(left, document.text), sections=sections)

    entries = tuple(
        msgspec.structs.replace(entry, document=looked_through(entry.document)) if is_session(entry.document) else entry
        for entry in handoff.entries
    )
    return msgspec.structs.replace(handoff, entries=entries)


def _sessions(handoff: Handoff) -> Iterator[Document]:
    return (entry.document for entry in handoff.entries if is_session(entry.document))
