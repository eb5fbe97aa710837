"""Code fences, line by line, as CommonMark has them; but what is never closed is taken for no fence.

A person who deletes one line of a fence would else hide all that follows it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPENING = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)\Z")


def opening(line: str) -> str:
    """The run of characters a fence begins with in this line; empty where none does."""
    if "```" not in line and "~~~" not in line:
        return ""  # Nearly every line; a plain look is much faster than a pattern.
    found = _OPENING.match(line)
    if found is None or (found[1][0] == "`" and "`" in found[2]):
        return ""
    return found[1]


def closes(line: str, run: str) -> bool:
    """Whether the line ends the fence that began with this run."""
    found = _OPENING.match(line)
    return found is not None and found[1].startswith(run) and not found[2].strip()


def inside(lines: Sequence[str]) -> list[bool]:
    """Of each line, whether it is of a fence, its first and last line included."""
    marks = [False] * len(lines)
    index = 0
    closers = _closers(lines)
    while index < len(lines):
        run = opening(lines[index])
        end = _end(lines, closers, index, run) if run else None
        if end is None:
            index += 1
            continue
        marks[index : end + 1] = [True] * (end + 1 - index)
        index = end + 1
    return marks


def unclosed(lines: Sequence[str]) -> str:
    """The run of the fence that is still open after the last line; empty where none is."""
    run = ""
    for line in lines:
        if not run:
            run = opening(line)
        elif closes(line, run):
            run = ""
    return run


def _closers(lines: Sequence[str]) -> dict[str, list[int]]:
    """By character, the lines that could close a fence; so that many openings cost no search of everything each."""
    found: dict[str, list[int]] = {"`": [], "~": []}
    for index, line in enumerate(lines):
        if (run := opening(line)) and closes(line, run):
            found[run[0]].append(index)
    return found


def _end(lines: Sequence[str], closers: dict[str, list[int]], first: int, run: str) -> int | None:
    places = closers[run[0]]
    after = bisect_right(places, first)
    return next((places[n] for n in range(after, len(places)) if closes(lines[places[n]], run)), None)
