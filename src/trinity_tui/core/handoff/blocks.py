"""Blocks of the session log: each a file of its own, and all of them one document that a person may edit.

::

    # Session log
    <!-- trinity:log … -->                            what is above belongs to this file alone

    ## Session: 2026-11-21 20:45 UTC - builder-1      a block, which ends with its mark
    …
    <!-- trinity:block ID SHA256 -->

    Anything.                                         no mark: written by hand, becomes a block

A mark carries the digest of its block as it was put there, so an edited block is told from an untouched one. A mark
that fits what stands before it proves itself, also where a fence that somebody broke would hide it.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import code_fences, dates

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

DIGEST_CHARACTERS = 16
"""Of a digest, in the name of a file."""
HAND = "hand-"
STEP_SECONDS = 0.001
"""Between two that somebody wrote one after the other."""
TRIED_PLACES = 64
"""Before a mark, the nearest of them: a log of nothing but headings would else be read for ever."""
TITLE = "# Session log"
EXPLANATION = (
    "<!-- trinity:log Written from coordination/sessions/. A block ends with its mark: what you change above a mark is"
    " kept as a revision; what you write without one becomes a block of its own. -->"
)
_BYTE_ORDER_MARK = "\ufeff"
_BLANK = f" \t\f\v{_BYTE_ORDER_MARK}"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,95}\Z")
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,95})(?:\.r(\d{1,9})-[0-9a-f]{16})?\Z")
_MARK = re.compile(r"<!--\s*trinity:block\b(.*)\Z")
_LOG = re.compile(r"<!--\s*trinity:log\b")
_HEADING = re.compile(r"##[ \t]+session\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


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


class Log(msgspec.Struct, frozen=True):
    """A session log, taken apart."""

    intro: str
    """What stands at its top and is no block, as it was written."""
    pieces: tuple[Piece, ...]


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
    lines = _lines(text)
    while lines and not lines[-1].strip(_BLANK):
        lines.pop()
    while lines and not lines[0].strip(_BLANK):
        lines.pop(0)
    if lines:
        lines[0] = lines[0].lstrip(_BYTE_ORDER_MARK)
    if run := code_fences.unclosed(lines):
        lines.append(run)
    return "\n".join(lines)


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
    if match is None or not (_MARK.match(lines[-1]) and lines[-1].endswith("-->")):
        return None
    text = tidy("\n".join(lines[:-1]))
    return Version(match[1], text, int(match[2] or 0)) if text else None


def ordered(versions: Sequence[Version], found: Mapping[str, float]) -> list[Version]:
    """Blocks in the order of a journal: by the date in their heading, and where somebody had put them.

    Args:
        versions: Those that are shown.
        found: The moments of ``places``, by id.
    """

    def moment(version: Version) -> float:
        dated, place = _dated(version.text), found.get(version.id)
        if place is not None and (dated is None or dates.day(dated) == dates.day(place)):
            return place
        return dated if dated is not None else float("inf")

    return sorted(versions, key=lambda version: (moment(version), version.id))


def places(
    pieces: Sequence[Piece], known: Sequence[Version], found: Mapping[str, float], now: float
) -> dict[str, float]:
    """Moments for what was written by hand, such that it stays where it stands between what has one.

    Args:
        pieces: The log.
        known: Every block there is, those that were just added included.
        found: The moments that are known already.
        now: For a log in which nothing has a date.
    """
    new: dict[str, float] = {}
    waiting: list[str] = []
    before: float | None = None
    for name, text in _named(pieces, known):
        moment = found.get(name, _dated(text))
        if moment is not None and name not in found and name.startswith(HAND):
            # To the day, mostly: among those of one day their order is the log's.
            if before is not None and moment <= before and dates.day(moment) == dates.day(before):
                moment = before + STEP_SECONDS
            new[name] = moment
        elif moment is None and before is None:
            waiting.append(name)
        elif moment is None and before is not None:
            moment = new[name] = before + STEP_SECONDS
        if moment is not None and before is None:
            new |= {one: moment - STEP_SECONDS * (len(waiting) - index) for index, one in enumerate(waiting)}
        before = moment if moment is not None else before
    if before is None:
        new |= {one: now + STEP_SECONDS * index for index, one in enumerate(waiting)}
    return new


def _named(pieces: Sequence[Piece], known: Sequence[Version]) -> Iterator[tuple[str, str]]:
    """The ids of the blocks a log shows, each once, and what they say."""
    names, texts = {version.id for version in known}, {version.digest: version.id for version in known}
    seen: set[str] = set()
    for piece in pieces:
        name = piece.id if piece.id in names else texts.get(digest(piece.text), "")
        if name and name not in seen:
            seen.add(name)
            yield name, piece.text


def _dated(text: str) -> float | None:
    return dates.find(text.partition("\n")[0])


def assemble(intro: str, shown: Sequence[Version]) -> str:
    """The log of these blocks, in this order."""
    head = tidy(intro) or TITLE
    return "\n".join((f"{head}\n\n{EXPLANATION}\n", *map(written, shown)))


def parse_log(text: str) -> Log:
    """A session log as its parts, whoever wrote it."""
    lines = _lines(text)
    first = _body(lines)
    intro = "\n".join(line for line in lines[:first] if not _LOG.match(line))
    return Log(tidy(intro), tuple(_pieces(lines[first:], first + 1)))


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


# Taking apart


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _body(lines: Sequence[str]) -> int:
    """Where the blocks begin: after our explanation, else after a title."""
    for index, line in enumerate(lines):
        if _LOG.match(line):
            return index + 1
        if _MARK.match(line):
            break
    written_in = next((index for index, line in enumerate(lines) if line.strip()), None)
    return (
        written_in + 1 if written_in is not None and lines[written_in].lstrip(_BYTE_ORDER_MARK).startswith("# ") else 0
    )


class _Mark(msgspec.Struct, frozen=True):
    line: int
    id: str
    digest: str


def _marks(lines: Sequence[str]) -> list[_Mark]:
    found: list[_Mark] = []
    for index, line in enumerate(lines):
        if match := _MARK.match(line):
            words = _WORD.findall(match[1].replace("-->", ""))
            name = words[0] if words and is_id(words[0]) else ""
            proof = next((word for word in words[1:] if _DIGEST.match(word)), "")
            found.append(_Mark(index, name, proof))
    return found


def _pieces(lines: list[str], number: int) -> Iterator[Piece]:
    position = 0
    for start, one in _proven(lines):
        yield from _unproven(lines[position:start], number + position)
        yield _piece(lines[start : one.line], number + start, one)
        position = one.line + 1
    yield from _unproven(lines[position:], number + position)


def _proven(lines: list[str]) -> list[tuple[int, _Mark]]:
    """The marks that fit what stands before them, each with the line where its block begins."""
    marks = [one for one in _marks(lines) if one.id and one.digest]
    places = _places(lines)
    fenced = code_fences.inside(lines)
    found = list(_prove(lines, [one for one in marks if not fenced[one.line]], places, 0))
    # A block that stands elsewhere is only quoted in a fence; one that does not is hidden by a broken fence.
    names = {one.id for _, one in found}
    hidden = [one for one in marks if fenced[one.line] and one.id not in names]
    gaps = zip([0, *(one.line + 1 for _, one in found)], [*(start for start, _ in found), len(lines)], strict=True)
    for first, last in gaps:
        found += _prove(lines, [one for one in hidden if first <= one.line < last], places, first)
    return sorted(found, key=lambda pair: pair[0])


def _places(lines: list[str]) -> list[int]:
    """Where a block may begin: at a heading, or after a mark."""
    headings = (index for index, line in enumerate(lines) if _HEADING.match(line))
    return sorted({0, *headings, *(one.line + 1 for one in _marks(lines))})


def _prove(lines: list[str], marks: Sequence[_Mark], places: Sequence[int], least: int) -> Iterator[tuple[int, _Mark]]:
    for one in marks:
        starts = places[bisect_left(places, least) : bisect_left(places, one.line)]
        for start in (*starts[: -TRIED_PLACES - 1 : -1], least):
            if digest("\n".join(lines[start : one.line])) == one.digest:
                yield start, one
                least = one.line + 1
                break


def _unproven(lines: list[str], number: int) -> Iterator[Piece]:
    """What stands between proven blocks; a fence counts where it begins and ends in here."""
    fenced = code_fences.inside(lines)
    # Our explanation is nobody's text, wherever it was moved to.
    lines = ["" if line == EXPLANATION and not fenced[index] else line for index, line in enumerate(lines)]
    marks = {one.line: one for one in _marks(lines) if not fenced[one.line]}
    start, waiting = 0, list[tuple[int, int]]()
    for index, line in enumerate(lines):
        if index in marks:
            yield from _marked(lines, number, [*waiting, (start, index)], marks[index])
            start, waiting = index + 1, []
        elif _HEADING.match(line) and not fenced[index]:
            waiting.append((start, index))
            start = index
    for first, last in (*waiting, (start, len(lines))):
        yield from _written_in(_piece(lines[first:last], number + first))


def _marked(lines: list[str], number: int, spans: list[tuple[int, int]], one: _Mark) -> Iterator[Piece]:
    """Of what stands before a mark, its block is what fits it, else what is next to it; the rest was put there."""
    fitting = [span for span in spans if digest("\n".join(lines[span[0] : span[1]])) == one.digest]
    own = fitting[-1] if fitting else spans[-1]
    for first, last in spans:
        piece = _piece(lines[first:last], number + first, one if (first, last) == own else None)
        yield from _written_in(piece)


def _written_in(piece: Piece) -> Iterator[Piece]:
    if piece.text:
        yield piece


def _piece(lines: Sequence[str], number: int, one: _Mark | None = None) -> Piece:
    blank = next((index for index, line in enumerate(lines) if line.strip()), 0)
    return Piece(tidy("\n".join(lines)), number + blank, one.id if one else "", one.digest if one else "")
