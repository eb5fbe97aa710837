"""Blocks of the session log: each a file of its own, and all of them one document that a person may edit.

::

    # Session log
    <!-- trinity:log … -->                            what is above belongs to this file alone

    ## Session: 2026-11-21 20:45 UTC - builder-1      a block, which ends with its mark
    …
    <!-- trinity:block ID SHA256 -->

    Anything.                                         no mark: written by hand, becomes a block

A mark carries the digest of its block as it was put there, so an edited block is told from an untouched one.
Taking a log apart is ``log_parts``', the order ``block_order``'s.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import code_fences

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

DIGEST_CHARACTERS = 16
"""Of a digest, in the name of a file."""
HAND = "hand-"
TITLE = "# Session log"
EXPLANATION = (
    "<!-- trinity:log Written from coordination/sessions/. A block ends with its mark: what you change above a mark is"
    " kept as a revision; what you write without one becomes a block of its own. -->"
)
BYTE_ORDER_MARK = "\ufeff"
_BLANK = f" \t\f\v{BYTE_ORDER_MARK}"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,95}\Z")
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,95})(?:\.r(\d{1,9})-[0-9a-f]{16})?\Z")
MARK = re.compile(r"<!--\s*trinity:block\b(.*)\Z")
"""A line that is a mark, also one that somebody damaged; what it says is its group."""


class Version(msgspec.Struct, frozen=True):
    """A block, or a revision of one."""

    id: str
    text: str
    """Tidied, without its mark."""
    revision: int = 0

    @property
    def digest(self) -> str:
        """Of its text; equal for texts that differ in nothing a reader sees."""
        return digest(self.text)

    @property
    def name(self) -> str:
        """Of its file: two revisions that two computers made at once have two names."""
        return f"{self.id}.r{self.revision}-{self.digest[:DIGEST_CHARACTERS]}" if self.revision else self.id


class Piece(msgspec.Struct, frozen=True):
    """What a log holds between two marks or headings."""

    text: str
    line: int
    """1-based, where its text begins."""
    id: str = ""
    """Of its mark; empty where it has none, or one that cannot be read."""
    marked: str = ""
    """The digest its mark carries; empty likewise."""


def is_id(text: str) -> bool:
    """Whether this can name a block."""
    return bool(_ID.match(text))


@lru_cache(maxsize=4096)
def digest(text: str) -> str:
    """The SHA-256 of a text, line ends, blanks at the ends of lines and blank lines round it aside."""
    lines = tidy(text).split("\n")
    return hashlib.sha256("\n".join(line.rstrip() for line in lines).encode(errors="surrogatepass")).hexdigest()


def tidy(text: str) -> str:
    """The text with plain line ends, without blank lines round it, its last fence closed."""
    lines = lines_of(text)
    while lines and not lines[-1].strip(_BLANK):
        lines.pop()
    while lines and not lines[0].strip(_BLANK):
        lines.pop(0)
    if lines:
        lines[0] = lines[0].lstrip(BYTE_ORDER_MARK)
    if run := code_fences.unclosed(lines):
        lines.append(run)
    return "\n".join(lines)


def lines_of(text: str) -> list[str]:
    """The lines of a text, whatever they end with."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def mark(version: Version) -> str:
    """The line a block ends with."""
    return f"<!-- trinity:block {version.id} {version.digest} -->"


def written(version: Version) -> str:
    """A block as it stands in its file and in the log."""
    return f"{version.text}\n\n{mark(version)}\n"


def hand_id(text: str) -> str:
    """The name of what was written by hand: the same on every computer."""
    return f"{HAND}{digest(text)[:DIGEST_CHARACTERS]}"


def read_file(content: str, name: str) -> Version | None:
    """A block's file as a block; None where it is not whole, for it ends with its mark, or its name names none.

    Args:
        content: All of the file.
        name: Its name, without ``.md``.
    """
    match = _NAME.match(name)
    lines = tidy(content).split("\n")
    if match is None or not (MARK.match(lines[-1]) and lines[-1].endswith("-->")):
        return None
    text = tidy("\n".join(lines[:-1]))
    return Version(match[1], text, int(match[2] or 0)) if text else None


def assemble(intro: str, shown: Sequence[Version]) -> str:
    """The log of these blocks, in this order."""
    head = tidy(intro) or TITLE
    return "\n".join((f"{head}\n\n{EXPLANATION}\n", *map(written, shown)))


def additions(pieces: Sequence[Piece], known: Sequence[Version]) -> list[Version]:
    """What a log holds that no file has yet: what was written by hand, revisions, blocks whose file is not here.

    A text that is known already is that block, whatever became of its mark.
    """
    latest = {version.id: version for version in shown(known)}
    texts = {version.digest for version in known}
    versions = {(version.id, version.digest) for version in known}
    added: list[Version] = []
    for piece in pieces:
        if piece.id in {version.id for version in added}:
            # Another text under the same mark, of a merge or a copy: it must not hide the first.
            piece = msgspec.structs.replace(piece, id="")
        if (new := _addition(piece, latest, texts, versions)) is not None:
            latest[new.id] = new
            texts.add(new.digest)
            versions.add((new.id, new.digest))
            added.append(new)
    return added


def shown(known: Collection[Version]) -> list[Version]:
    """Of each block its latest revision; of two made at once, every computer chooses the same."""
    latest: dict[str, Version] = {}
    for version in known:
        there = latest.get(version.id)
        if there is None or (version.revision, version.digest) > (there.revision, there.digest):
            latest[version.id] = version
    return [latest[name] for name in sorted(latest)]


def _addition(
    piece: Piece, latest: dict[str, Version], texts: Collection[str], versions: Collection[tuple[str, str]]
) -> Version | None:
    if not piece.text:
        return None
    found = digest(piece.text)
    there = latest.get(piece.id)
    if there is not None:
        is_untouched = found == piece.marked and (there.id, found) in versions
        return None if is_untouched or found == there.digest else Version(there.id, piece.text, there.revision + 1)
    if found in texts:
        return None
    if not piece.id:
        return Version(hand_id(piece.text), piece.text)
    return Version(piece.id, piece.text, 0 if found == piece.marked else 1)
