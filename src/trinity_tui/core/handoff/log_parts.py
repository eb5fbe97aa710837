"""Takes a session log apart, whoever wrote it and wherever: into blocks by their marks, and what has none.

A mark that fits what stands before it proves itself, also where a fence that somebody broke would hide it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

from trinity_tui.core.handoff import code_fences
from trinity_tui.core.handoff.blocks import BYTE_ORDER_MARK, EXPLANATION, MARK, Piece, digest, is_id, lines_of, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TRIED_PLACES = 64
"""Before a mark, the nearest of them: a log of nothing but headings would else be read for ever."""
_LOG = re.compile(r"<!--\s*trinity:log\b")
_HEADING = re.compile(r"##[ \t]+session\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_-]+")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Log(msgspec.Struct, frozen=True):
    """A session log, taken apart."""

    intro: str
    """What stands at its top and is no block, as it was written."""
    pieces: tuple[Piece, ...]


def parse_log(text: str) -> Log:
    """A session log as its parts, whoever wrote it."""
    lines = lines_of(text)
    first = _body(lines)
    intro = "\n".join(line for line in lines[:first] if not _LOG.match(line))
    return Log(tidy(intro), tuple(_pieces(lines[first:], first + 1)))


def _body(lines: Sequence[str]) -> int:
    """Where the blocks begin: after our explanation, else after a title."""
    for index, line in enumerate(lines):
        if _LOG.match(line):
            return index + 1
        if MARK.match(line):
            break
    written_in = next((index for index, line in enumerate(lines) if line.strip()), None)
    return (
        written_in + 1 if written_in is not None and lines[written_in].lstrip(BYTE_ORDER_MARK).startswith("# ") else 0
    )


class _Mark(msgspec.Struct, frozen=True):
    line: int
    id: str
    digest: str


def _marks(lines: Sequence[str]) -> list[_Mark]:
    found: list[_Mark] = []
    for index, line in enumerate(lines):
        if match := MARK.match(line):
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
