"""What is remembered of a file between two surveys, so an unchanged one is not parsed again.

Everything here can be stored as JSON. The rules over the whole workspace work on facts alone, never on trees.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from trinity_tui.brains.builtin.defect import Defect, one_line
from trinity_tui.brains.builtin.files import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trinity_tui.brains.builtin.source import Source

FACTS_VERSION = 1
"""Rises with every change of a rule or of these shapes: older stamps are parsed again."""

LIMIT_MENTIONS = 3_000
LIMIT_MARKERS = 50
_MARKER_WORDS = "T[O]DO|FI[X]ME|X{3}|H[A]CK"  # spelled so that a search for such notes does not find this line
_CODE_MARKER = re.compile(rf"(?:#|//|/\*|<!--|--|;)\s*({_MARKER_WORDS})\b[:(\s]?.*")
_PROSE_MARKER = re.compile(rf"^\W*({_MARKER_WORDS})[:(].*")
_PROSE_SUFFIXES = (".md", ".rst", ".txt", ".adoc")
_MENTION = re.compile(r"[A-Za-z_][\w./-]*")


class ImportFact(Struct, frozen=True):
    """One import statement."""

    line: int
    module: str
    """As written, without leading dots."""
    names: tuple[str, ...]
    """What is taken out of the module; empty for `import module`."""
    level: int
    """Leading dots."""
    is_eager: bool
    """Whether it runs when the module is imported."""


class Definition(Struct, frozen=True):
    """A class or function and where it begins."""

    symbol: str
    line: int
    kind: Literal["class", "function"]


class Marker(Struct, frozen=True):
    """A note left in the text that something is still to be done."""

    line: int
    text: str
    written: float | None = None
    """When its author wrote it, seconds since the epoch; None until it was asked for."""


class FileFacts(Struct, frozen=True):
    """All that a survey keeps of one file."""

    kind: Kind
    line_count: int = 0
    defects: tuple[Defect, ...] = ()
    imports: tuple[ImportFact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    mentions: tuple[str, ...] = ()
    """Dotted names and paths inside a test's strings."""
    markers: tuple[Marker, ...] = ()
    error: tuple[int, str] | None = None
    """Line and reason where Python refuses the file."""


class Stamp(Struct, frozen=True):
    """A file's state when it was looked at, and what was seen."""

    mtime_ns: int
    size: int
    facts: FileFacts
    version: int = FACTS_VERSION


def gather(source: Source, defects: tuple[Defect, ...]) -> FileFacts:
    """The facts of a parsed file; its defects are found by the rules."""
    return FileFacts(
        kind=source.kind,
        line_count=len(source.lines) - source.text.endswith("\n"),
        defects=defects,
        imports=tuple(sorted(_import_facts(source), key=lambda fact: (fact.line, fact.module, fact.names))),
        definitions=_definitions(source),
        mentions=_mentions(source) if source.kind == "test" else (),
        markers=_markers(source) if source.kind != "material" else (),
        error=source.error if source.kind != "material" else None,
    )


def _import_facts(source: Source) -> Iterator[ImportFact]:
    for node, place in source.outline.imports:
        if isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield ImportFact(node.lineno, node.module or "", names, node.level, place.is_eager)
        else:
            yield from (ImportFact(node.lineno, alias.name, (), 0, place.is_eager) for alias in node.names)


def _definitions(source: Source) -> tuple[Definition, ...]:
    found = [
        Definition(symbol, node.lineno, "class" if isinstance(node, ast.ClassDef) else "function")
        for node, symbol in source.outline.scopes
        if not isinstance(node, ast.Module)
    ]
    return tuple(sorted(found, key=lambda definition: (definition.line, definition.symbol)))


def _mentions(source: Source) -> tuple[str, ...]:
    words = {word for text in source.outline.strings for word in _MENTION.findall(text[:4096]) if len(word) < 128}
    return tuple(sorted(words)[:LIMIT_MENTIONS])


def _markers(source: Source) -> tuple[Marker, ...]:
    pattern = _PROSE_MARKER if source.path.endswith(_PROSE_SUFFIXES) else _CODE_MARKER
    found = [(number, pattern.search(line)) for number, line in enumerate(source.lines, 1) if len(line) < 2000]
    hits = {number: match for number, match in found if match}
    if hits and source.path.endswith(".py"):
        comments = _comments(source.text)
        hits = {n: match for n, line in comments.items() if n in hits and (match := pattern.match(line))}
    markers = (Marker(n, one_line(match[0][match.start(1) - match.start() :], 80)) for n, match in hits.items())
    return tuple(markers)[:LIMIT_MARKERS]


def _comments(text: str) -> dict[int, str]:
    """Comments by line; a marker inside a string is no note."""
    comments: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                comments[token.start[0]] = token.string
    except (tokenize.TokenError, SyntaxError):
        return comments  # up to the place where the file breaks
    return comments
