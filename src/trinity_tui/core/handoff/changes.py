"""What changed in a document since somebody looked, section by section: from the marks of what they saw."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trinity_tui.core.handoff.document import Document

HEAD = ""
"""The name of what stands above the first heading."""


def marks(document: Document) -> dict[str, str]:
    """What was seen of a document: of each section, by its heading, a mark of its own text."""
    found: dict[str, str] = {}
    lines = document.text.split("\n")
    offset = document.first_line - 1
    starts = [section.line - offset for section in document.sections]
    first = min(starts, default=len(lines) + 1)
    found[HEAD] = _mark(lines[: first - 1])
    for index, section in enumerate(document.sections):
        end = starts[index + 1] if index + 1 < len(starts) else len(lines) + 1
        found[_name(section.title, found)] = _mark(lines[starts[index] - 1 : end - 1])
    return found


def changed(seen: Mapping[str, str], document: Document) -> list[str]:
    """The headings of what is new or was changed, in the order of the document; what is gone is not among them."""
    return [name for name, mark in marks(document).items() if seen.get(name) != mark]


def _name(title: str, taken: Mapping[str, str]) -> str:
    """Headings that are there twice are counted."""
    name, number = title, 1
    while name in taken:
        number += 1
        name = f"{title} ({number})"
    return name


def _mark(lines: list[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines).strip()
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
